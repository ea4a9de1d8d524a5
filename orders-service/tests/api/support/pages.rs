//! Pages in a browser, and what their browser sends.

use reqwest::{Method, RequestBuilder};

use super::{Answer, TestApp};

pub const PAGE: &str = "https://app.example.com";
/// What a browser asks for before a page may send a token and a JSON body.
const HEADERS: &str = "authorization,content-type,idempotency-key";

pub async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

/// The request that a browser sends by itself before it lets a page of `origin` do the other one (no token, no body).
pub async fn preflight(app: &TestApp, origin: &str, method: &str, path: &str) -> Answer {
    let request = app.request(Method::OPTIONS, path).header("origin", origin);
    send(request.header("access-control-request-method", method).header("access-control-request-headers", HEADERS))
        .await
}

/// The headers that are there for browsers alone.
pub fn permissions(answer: &Answer) -> Vec<String> {
    let names = answer.headers.keys().map(|name| name.as_str().to_owned());
    names.filter(|name| name.starts_with("access-control-") || name == "vary").collect()
}

/// The names of a list in a header.
pub fn names(answer: &Answer, header: &str) -> Vec<String> {
    let mut names: Vec<_> = answer.header(header).split(", ").map(str::to_owned).collect();
    names.sort();
    names
}

pub fn path(pattern: &str) -> String {
    let id = "0191b2c4-0000-7000-8000-000000000000";
    pattern.replace("{account_id}", &format!("acc_{id}")).replace("{order_id}", &format!("ord_{id}"))
}
