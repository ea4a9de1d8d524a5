//! A TCP proxy in front of the database, to take it away and bring it back.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line {
    Up,
    /// New connections are closed at once, and those that were open too.
    Cut,
    /// New connections are taken and never answered; those that were open are closed.
    Silent,
}

pub struct Proxy {
    pub port: u16,
    state: Arc<Mutex<(Line, Vec<TcpStream>)>>,
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

    /// Changes the line and ends all open connections.
    pub fn set(&self, line: Line) {
        let mut state = self.state.lock().unwrap();
        state.0 = line;
        for stream in state.1.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(client: &TcpStream, target: &str, shared: &Mutex<(Line, Vec<TcpStream>)>) {
    let mut state = shared.lock().unwrap();
    match state.0 {
        Line::Cut => {}
        Line::Silent => state.1.push(client.try_clone().unwrap()),
        Line::Up => {
            let Ok(server) = TcpStream::connect(target) else { return };
            pump(client, &server);
            pump(&server, client);
            state.1.extend([client.try_clone().unwrap(), server]);
        }
    }
}

fn pump(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
