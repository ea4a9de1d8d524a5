//! The other services, as far as this one knows them: clients that sign assertions, and the keys that they publish.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use shared_claims::testing::{Draft, Mint, TestClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::ISSUER;

pub struct Peers {
    port: u16,
    orders: Mint,
    admin: Mint,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Peers {
    /// Publishes the keys for as long as the test runs.
    pub async fn start(clock: &TestClock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let [orders, admin] = [(); 2].map(|()| Mint::new(ISSUER, clock.clone()));
        let (asked, known) = (Arc::default(), [orders.clone(), admin.clone()]);
        let log = Arc::clone(&asked);
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let [orders, admin] = known.clone();
                actix_web::rt::spawn(serve(stream, orders, admin, Arc::clone(&log)));
            }
        });
        Self { port, orders, admin, asked }
    }

    /// Where `client` publishes its keys.
    pub fn location(&self, client: &str) -> String {
        format!("http://127.0.0.1:{}/{client}", self.port)
    }

    /// The keys of `client`.
    pub fn mint(&self, client: &str) -> &Mint {
        if client == "orders-service" { &self.orders } else { &self.admin }
    }

    /// An assertion that would be accepted.
    pub fn assertion(&self, client: &str) -> Draft {
        unique(self.mint(client).assertion(ISSUER, client))
    }

    /// Waits until the keys were fetched so many times, for at most 5 s: a service that has just started does that.
    pub async fn were_asked(&self, times: usize) {
        for _ in 0..5_000 {
            if self.asked().len() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("the keys are not fetched");
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A mint counts from 1, and so does each of the mints that sign for the same client.
pub fn unique(assertion: Draft) -> Draft {
    assertion.claim("jti", json!(service_kit::ids::new_id("jti")))
}

async fn serve(mut stream: TcpStream, orders: Mint, admin: Mint, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body) = match path.as_str() {
        "/orders-service" => ("200 OK", orders.jwks_json()),
        "/admin-service" => ("200 OK", admin.jwks_json()),
        _ => ("404 Not Found", String::new()),
    };
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let _ = stream.write_all(answer.as_bytes()).await;
    asked.lock().unwrap().push(path);
}
