//! A PostgreSQL server of a test's own, which can be stopped.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::Ports;

/// Where Debian and Ubuntu install its programs, a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// As root it is run as this user, because it refuses to run as root.
const USER: &str = "postgres";

/// A server; it is stopped and removed when this is dropped.
pub struct Postgres {
    programs: PathBuf,
    ports: Ports,
    home: TempDir,
}

impl Postgres {
    /// A server that runs, or `None` where PostgreSQL is not installed.
    pub fn start_new() -> Option<Self> {
        let programs = newest()?;
        let home = TempDir::with_prefix("jwt-reference-postgres-").unwrap();
        if is_root() {
            assert!(Command::new("chown").arg(USER).arg(home.path()).status().unwrap().success());
        }
        let server = Self { programs, ports: Ports::take(), home };
        server.run("initdb", &["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        server.start();
        Some(server)
    }

    /// For the one who makes databases.
    pub fn admin_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.ports.spare())
    }

    /// Starts it, and waits until it answers.
    pub fn start(&self) {
        let port = self.ports.spare();
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off");
        let log = self.home.path().join("log").display().to_string();
        self.run("pg_ctl", &["start", "--wait", "--options", &options, "--log", &log]);
    }

    /// Stops it at once, as a crash does: connections are cut, and it recovers at its next start.
    pub fn stop(&self) {
        self.run("pg_ctl", &["stop", "--mode=immediate"]);
    }

    /// Lets it hang: connections stay, and nothing answers. `false` lets it go on.
    pub fn hang(&self, hangs: bool) {
        let pid_file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let postmaster = pid_file.lines().next().unwrap();
        let signal = if hangs { "-STOP" } else { "-CONT" };
        let mut of_server = vec![postmaster.to_owned()];
        of_server.extend(children(postmaster));
        assert!(Command::new("kill").arg(signal).args(of_server).status().unwrap().success());
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = Command::new(if is_root() { Path::new("runuser") } else { &program });
        if is_root() {
            command.args(["-u", USER, "--"]).arg(&program);
        }
        command.arg("--pgdata").arg(self.data()).args(arguments).current_dir(self.home.path());
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{program:?} {arguments:?}: {status}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.hang(false);
            self.stop();
        }
    }
}

fn newest() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).ok()?.flatten();
    let programs = versions.map(|version| version.path().join("bin"));
    programs.filter(|programs| programs.join("initdb").exists()).max()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The processes that this one started, by `/proc`: the fourth field of `stat` is the parent.
fn children(parent: &str) -> Vec<String> {
    let ids = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let is_child = |id: &String| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let after_name = stat.rsplit_once(')').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        after_name.split_whitespace().nth(1) == Some(parent)
    };
    ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).filter(is_child).collect()
}
