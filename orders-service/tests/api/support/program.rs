//! The program: when it should not start, and what it logs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// Longest time for a start that fails. Whoever does start is killed after it.
const LIMIT: Duration = Duration::from_secs(20);

/// What the program logs while it is sent `requests`, each on a connection of its own, which it answers and closes.
pub fn log_of(requests: &[&[u8]]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_orders-service"));
    program.args(["serve", "--port=0", "--management-port=0"]).env_clear().current_dir(folder.path());
    let mut child = program.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let port: u16 = loop {
        let from = said.len();
        assert!(log.read_line(&mut said).unwrap() > 0, "it does not start: {said}");
        if let Some((_, port)) = said[from..].split_once("listens on 127.0.0.1:") {
            break port.trim().parse().unwrap();
        }
    };
    for request in requests {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        // It may hang up before it has read all of it.
        let _ = stream.write_all(request).and_then(|()| stream.shutdown(Shutdown::Write));
        let _ = stream.read_to_end(&mut Vec::new());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    log.read_to_string(&mut said).unwrap();
    said
}

/// What the program says on standard error when it ends instead of serving.
pub async fn refused_start(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_orders-service"));
    program.arg("serve").args(arguments).args(["--port=0", "--management-port=0"]);
    program.env_clear().envs(variables.iter().copied()).current_dir(folder.path());
    program.stdin(Stdio::null()).kill_on_drop(true);
    let ended = tokio::time::timeout(LIMIT, program.output()).await;
    let output = ended.unwrap_or_else(|_| panic!("it serves with {arguments:?} {variables:?}")).unwrap();
    assert!(!output.status.success(), "{arguments:?} {variables:?}: {}", output.status);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was made: {arguments:?} {variables:?}");
    String::from_utf8(output.stderr).unwrap()
}
