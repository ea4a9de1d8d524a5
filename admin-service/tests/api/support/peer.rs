//! A service made by hand: it answers what a test says, or does not answer at all, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use url::form_urlencoded;

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// An answer with a JSON body.
    Json(u16, Value),
    /// An answer with any body: status, content type, body.
    Body(u16, &'static str, String),
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// This, once it is allowed to.
    When(Arc<Notify>, Box<Reply>),
    /// No answer, ever.
    Hang,
    /// The end of the connection.
    Close,
}

/// What it was asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    pub fn form(&self) -> HashMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

type Answering = Box<dyn Fn(&Request) -> Reply + Send>;

/// A service on a port of its own. Cheap to clone.
#[derive(Clone)]
pub struct Peer {
    pub url: String,
    seen: Arc<Mutex<Vec<Request>>>,
    answering: Arc<Mutex<Answering>>,
}

impl Peer {
    pub async fn start(answering: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answering: Answering = Box::new(answering);
        let peer = Self { url, seen: Arc::default(), answering: Arc::new(Mutex::new(answering)) };
        let serving = peer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream).await });
            }
        });
        peer
    }

    /// From now on it answers this.
    pub fn answers(&self, answering: impl Fn(&Request) -> Reply + Send + 'static) {
        *self.answering.lock().unwrap() = Box::new(answering);
    }

    /// From now on it answers everything with this.
    pub fn always(&self, reply: Reply) {
        self.answers(move |_| reply.clone());
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request so far.
    pub fn only_request(&self) -> Request {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen[0].clone()
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let request = read(&mut stream).await?;
        let reply = (self.answering.lock().unwrap())(&request);
        self.seen.lock().unwrap().push(request);
        let reply = match reply {
            Reply::When(allowed, reply) => {
                allowed.notified().await;
                *reply
            }
            reply => reply,
        };
        let bytes = match reply {
            Reply::Json(status, body) => answer(status, "application/json", &body.to_string()),
            Reply::Body(status, content_type, body) => answer(status, content_type, &body),
            Reply::Bytes(bytes) => bytes,
            Reply::Close | Reply::When(..) => return None,
            Reply::Hang => {
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest).await;
                return None;
            }
        };
        stream.write_all(&bytes).await.ok()?;
        stream.shutdown().await.ok()
    }
}

fn answer(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} x\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head + 4..].to_vec()).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Some(Request { method, path: path.to_owned(), query, headers, body })
}
