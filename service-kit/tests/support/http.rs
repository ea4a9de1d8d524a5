//! HTTP by hand, so that tests see exactly what is on the wire.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// Sends `head` (request line and headers, without the empty line) and `body`, and reads until the server closes.
pub fn send(port: u16, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let request = format!("{head}\r\nHost: localhost\r\nConnection: close\r\n{length}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    // A server that has seen enough may close before it has all.
    let _ = stream.write_all(body);
    read(&mut stream)
}

pub fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

pub fn get(port: u16, path: &str) -> Answer {
    send(port, &format!("GET {path} HTTP/1.1"), b"")
}

pub fn post_json(port: u16, path: &str, json: &[u8]) -> Answer {
    send(port, &format!("POST {path} HTTP/1.1\r\nContent-Type: application/json"), json)
}
