//! A TCP proxy in front of the database, to take it away and bring it back.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line {
    Up,
    /// New connections are closed at once, and those that were open too.
    Cut,
    /// New connections are taken and never answered; those that were open are closed.
    Silent,
    /// Every answer takes [`SLOWLY`] longer; connections that are open stay so.
    Slow,
}

/// No call takes too long by itself. Three of them do.
const SLOWLY: Duration = Duration::from_millis(700);

/// How the line is, and the connections on it.
type Shared = Arc<Mutex<(Line, Vec<TcpStream>)>>;

pub struct Proxy {
    pub port: u16,
    state: Shared,
}

impl Proxy {
    pub fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new((Line::Up, Vec::new())));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                accept(&client, &target, &shared);
            }
        });
        Self { port, state }
    }

    /// Changes the line and ends all open connections, but for a line that is slow.
    pub fn set(&self, line: Line) {
        let mut state = self.state.lock().unwrap();
        state.0 = line;
        if line == Line::Slow {
            return;
        }
        for stream in state.1.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(client: &TcpStream, target: &str, shared: &Shared) {
    let mut state = shared.lock().unwrap();
    match state.0 {
        Line::Cut => {}
        Line::Silent => state.1.push(client.try_clone().unwrap()),
        Line::Up | Line::Slow => {
            let Ok(server) = TcpStream::connect(target) else { return };
            pump(client, &server, None);
            pump(&server, client, Some(Arc::clone(shared)));
            state.1.extend([client.try_clone().unwrap(), server]);
        }
    }
}

fn pump(from: &TcpStream, to: &TcpStream, delayed: Option<Shared>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if delayed.as_ref().is_some_and(|shared| shared.lock().unwrap().0 == Line::Slow) {
                thread::sleep(SLOWLY);
            }
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
