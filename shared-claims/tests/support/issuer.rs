//! An issuer that answers on a real socket, well or badly.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use shared_claims::keys::{RemoteKeys, RemotePolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How the issuer answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status line's end, a content type, a body.
    Http(&'static str, &'static str, Vec<u8>),
    /// 302 to there.
    Redirect(String),
    /// What is no HTTP, or is cut.
    Raw(Vec<u8>),
    /// A body without an end.
    Endless,
    /// Nothing at all, while the connection stays open.
    Hang,
    /// The other answer, after this long.
    Late(Duration, Box<Answer>),
}

impl Answer {
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::Http("200 OK", "application/json", body.into())
    }

    pub fn late(self, after: Duration) -> Self {
        Self::Late(after, Box::new(self))
    }
}

pub struct Issuer {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<AtomicUsize>,
    last: Arc<Mutex<String>>,
    task: JoinHandle<()>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Issuer {
    /// On any free port.
    pub async fn new(answer: Answer) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), answer).await
    }

    pub async fn at(address: SocketAddr, answer: Answer) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (answer, requests) = (Arc::new(Mutex::new(answer)), Arc::new(AtomicUsize::new(0)));
        let last = Arc::new(Mutex::new(String::new()));
        let (answers, count, seen) = (Arc::clone(&answer), Arc::clone(&requests), Arc::clone(&last));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let answer = answers.lock().unwrap().clone();
                tokio::spawn(serve(stream, answer, Arc::clone(&seen)));
            }
        });
        Self { address, answer, requests, last, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}/.well-known/jwks.json", self.address)
    }

    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// How often it was asked.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The request that came last, head and body.
    pub fn last_request(&self) -> String {
        self.last.lock().unwrap().clone()
    }

    /// Its keys, fetched under `policy`.
    pub fn keys(&self, policy: RemotePolicy) -> RemoteKeys {
        RemoteKeys::start(self.url().parse().unwrap(), policy).unwrap()
    }

    /// Waits until an answer given from now on has certainly been dealt with: the next request but one has come.
    pub async fn has_answered(&self) {
        let before = self.requests();
        until("two more requests", || self.requests() >= before + 2).await;
    }
}

/// A port on which nobody listens.
pub async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Waits for something that must come, in small steps, and not for ever.
pub async fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Head and body of one request.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => request.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .to_ascii_lowercase()
            .split_once("content-length: ")
            .map(|(_, rest)| rest.split("\r\n").next().and_then(|length| length.parse().ok()).unwrap_or(0));
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

async fn serve(mut stream: TcpStream, mut answer: Answer, seen: Arc<Mutex<String>>) {
    let Some(request) = read(&mut stream).await else { return };
    *seen.lock().unwrap() = request;
    while let Answer::Late(after, inner) = answer {
        tokio::time::sleep(after).await;
        answer = *inner;
    }
    let bytes = match answer {
        Answer::Http(status, content_type, body) => {
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            [head.into_bytes(), body].concat()
        }
        Answer::Redirect(location) => {
            format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .into_bytes()
        }
        Answer::Raw(bytes) => bytes,
        Answer::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"keys\":[").await;
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
            return;
        }
        Answer::Hang | Answer::Late(..) => {
            std::future::pending::<()>().await;
            return;
        }
    };
    // The other side may have hung up on a body that it finds too long.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}
