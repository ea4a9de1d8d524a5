//! The other side of `/legacy`: whoever calls it.

use std::io::Write as _;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use third_party_app::http::{Answer, Request};

use super::Legacy;
use crate::Failure;

/// Who calls, with a session or without.
pub struct Visitor<'l> {
    legacy: &'l Legacy,
    cookie: Option<String>,
}

impl<'l> Visitor<'l> {
    pub(super) fn new(legacy: &'l Legacy) -> Self {
        Self { legacy, cookie: None }
    }

    /// Logs in, and keeps the session.
    pub async fn log_in(&mut self, user: &str, password: &str) -> Result<Answer, Failure> {
        let answer = self.post("login", json!({"user": user, "password": password})).await?;
        if let Some(cookie) = answer.header("set-cookie").and_then(|line| line.split(';').next()) {
            self.cookie = Some(cookie.to_owned());
        }
        Ok(answer)
    }

    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Answer, Failure> {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Answer, Failure> {
        self.send(Method::PUT, path, Some(body)).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, Failure> {
        let mut request = Request::new(method, self.legacy.base.join(path)?);
        request.cookies.clone_from(&self.cookie);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Ok(self.legacy.http.send(&request).await?)
    }
}

/// What a partner must keep, to be able to log in again when its session is over.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    pub user: String,
    pub password: String,
}

/// A partner's program, with what it keeps in a file that nobody else may read.
pub struct Partner<'l> {
    pub visitor: Visitor<'l>,
    file: NamedTempFile,
}

impl<'l> Partner<'l> {
    pub(super) fn told(legacy: &'l Legacy, name: &str, user: &str, password: &str) -> Result<Self, Failure> {
        let mut file = tempfile::Builder::new().prefix(name).tempfile_in(legacy.directory.path())?;
        let kept = Kept { user: user.to_owned(), password: password.to_owned() };
        file.write_all(serde_json::to_string(&kept)?.as_bytes())?;
        Ok(Self { visitor: legacy.visitor(), file })
    }

    /// What is in the file, byte by byte.
    pub fn file(&self) -> Result<String, Failure> {
        Ok(std::fs::read_to_string(self.file.path())?)
    }

    /// Logs in with what is in the file.
    pub async fn log_in(&mut self) -> Result<Answer, Failure> {
        let kept: Kept = serde_json::from_str(&self.file()?)?;
        self.visitor.log_in(&kept.user, &kept.password).await
    }
}
