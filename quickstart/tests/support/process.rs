//! quickstart as a process of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::until;

const QUICKSTART: &str = env!("CARGO_BIN_EXE_quickstart");

/// Longest file that a process with little disk may write, in blocks of 512 bytes: some hundred small transactions. The
/// system's signal for it is ignored, so that the write fails as it does on a full disk.
const LITTLE_DISK: &str = "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"";

/// A running quickstart. It is killed when this is dropped.
pub struct Process {
    child: Child,
    output: PathBuf,
    log: PathBuf,
}

impl Process {
    /// Starts it in `home`, with nothing of the test's environment. What it says is added to files there.
    pub fn start(home: &Path, name: &str, arguments: &[String]) -> Self {
        Self::spawn(Command::new(QUICKSTART), home, name, arguments)
    }

    /// As [`start`](Self::start), where the disk is soon full.
    pub fn start_with_little_disk(home: &Path, name: &str, arguments: &[String]) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", LITTLE_DISK, QUICKSTART]);
        Self::spawn(shell, home, name, arguments)
    }

    fn spawn(mut command: Command, home: &Path, name: &str, arguments: &[String]) -> Self {
        let (output, log) = (home.join(format!("{name}.out")), home.join(format!("{name}.log")));
        let appended = |path: &Path| File::options().create(true).append(true).open(path).unwrap();
        let child = command
            .args(arguments)
            .current_dir(home)
            .env_clear()
            .env("TMPDIR", home)
            .stdin(Stdio::null())
            .stdout(appended(&output))
            .stderr(appended(&log))
            .spawn()
            .unwrap();
        Self { child, output, log }
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// SIGSTOP: its connections stay, and nothing answers. SIGCONT, if it shall not hang any more.
    pub fn hang(&self, hangs: bool) {
        self.signal(if hangs { "-STOP" } else { "-CONT" });
    }

    fn signal(&self, signal: &str) {
        // The shell's own: a small machine has no program of that name.
        let mut kill = Command::new("/bin/sh");
        kill.args(["-c", "kill \"$0\" \"$1\"", signal, &self.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for its end; gives the exit code.
    pub async fn exit_code(&mut self, limit: Duration) -> i32 {
        let ended = async || self.ended().ok_or_else(|| "still running".to_owned());
        let status = until(limit, "the end of the process", ended).await;
        status.code().unwrap_or_else(|| panic!("it was ended by a signal: {status}"))
    }

    /// What it wrote to standard output so far.
    pub fn output(&self) -> String {
        fs::read_to_string(&self.output).unwrap()
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
