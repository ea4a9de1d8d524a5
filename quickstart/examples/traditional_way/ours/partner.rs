//! A partner's program: registered under a name, with a credential of its own.

use std::io::Write as _;

use quickstart::cli::Service;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::NamedTempFile;
use third_party_app::http::{Answer, Auth, Body, Request};
use third_party_app::oauth::{Client, Code, Pending, TokenEndpoint, Tokens};

use super::Ours;
use super::operator::text;
use crate::Failure;
use crate::told::answered;

/// What a partner must keep, to be able to go on when its access token is over.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    pub client_id: String,
    pub client_secret: String,
    /// For one person; none if the partner was allowed to act only while they are there.
    pub refresh_token: Option<String>,
}

/// A partner's program, with what it keeps in a file that nobody else may read.
pub struct Partner<'o> {
    ours: &'o Ours,
    pub name: String,
    pub client: Client,
    file: NamedTempFile,
}

impl Ours {
    /// The operator registers a partner.
    pub async fn register(&self, name: &str, scope: &str) -> Result<Partner<'_>, Failure> {
        let redirect_uri = self.redirect_uri()?;
        let body = json!({"client_name": name, "scope": scope, "redirect_uris": [redirect_uri]});
        let answer = self.manage(Method::POST, "/partners", Some(body)).await?;
        answered(&answer, 201)?;
        let client = Client {
            issuer: self.provider.issuer.clone(),
            client_id: text(&answer, "client_id")?,
            client_secret: text(&answer, "client_secret")?.into(),
            redirect_uri,
        };
        let file = tempfile::Builder::new().prefix(name).tempfile_in(self.house.directory())?;
        let partner = Partner { ours: self, name: name.to_owned(), client, file };
        partner.keep(None)?;
        Ok(partner)
    }

    /// Asks for a new access token with what a partner keeps, whoever has it.
    pub async fn refresh(&self, kept: &Kept) -> Result<Answer, Failure> {
        let token = kept.refresh_token.clone().unwrap_or_default();
        self.ask_for_token(kept, vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", token)]).await
    }

    /// A token request by a client that authenticates by its secret.
    pub async fn ask_for_token(&self, kept: &Kept, form: Vec<(&'static str, String)>) -> Result<Answer, Failure> {
        let mut request = Request::post(self.provider.token_endpoint.clone());
        let client_secret = kept.client_secret.as_str().into();
        request.auth = Auth::Basic { client_id: kept.client_id.clone(), client_secret };
        request.body = Body::Form(form);
        self.send(&request).await
    }

    /// Reads orders with an access token.
    pub async fn orders(&self, access_token: &str) -> Result<Answer, Failure> {
        self.send(&Request::get(self.url(Service::Orders, "/orders")?).bearer(access_token)).await
    }

    /// Opens an account with an access token, which is no reading.
    pub async fn open_account(&self, access_token: &str) -> Result<Answer, Failure> {
        let body = json!({"external_id": "ada", "display_name": "Ada"});
        self.send(&Request::post(self.url(Service::Orders, "/accounts")?).bearer(access_token).json(body)).await
    }

    /// Something of another service with an access token.
    pub async fn with_token(&self, method: Method, at: Service, path: &str, token: &str) -> Result<Answer, Failure> {
        self.send(&Request::new(method, self.url(at, path)?).bearer(token).json(json!({}))).await
    }
}

impl Partner<'_> {
    /// What is in the file, byte by byte.
    pub fn file(&self) -> Result<String, Failure> {
        Ok(std::fs::read_to_string(self.file.path())?)
    }

    /// The same, read.
    pub fn kept(&self) -> Result<Kept, Failure> {
        Ok(serde_json::from_str(&self.file()?)?)
    }

    fn keep(&self, refresh_token: Option<String>) -> Result<(), Failure> {
        let (client_id, client_secret) = (self.client.client_id.clone(), self.client.client_secret.expose().to_owned());
        let kept = serde_json::to_string(&Kept { client_id, client_secret, refresh_token })?;
        let mut file = self.file.reopen()?;
        file.set_len(0)?;
        Ok(file.write_all(kept.as_bytes())?)
    }

    /// Exchanges a code, and keeps the refresh token, if there is one.
    pub async fn exchange(&self, pending: &Pending, code: &Code) -> Result<Tokens, Failure> {
        let endpoint = TokenEndpoint::new(&self.ours.provider, &self.client);
        self.keep_what_came(&self.ours.send(&endpoint.exchange(pending, code)).await?)
    }

    /// A new access token, with what is in the file.
    pub async fn refresh(&self) -> Result<Tokens, Failure> {
        self.keep_what_came(&self.ours.refresh(&self.kept()?).await?)
    }

    /// From now on it has another secret.
    pub fn take_secret(&mut self, client_secret: &str) -> Result<(), Failure> {
        self.client.client_secret = client_secret.into();
        self.keep(None)
    }

    fn keep_what_came(&self, answer: &Answer) -> Result<Tokens, Failure> {
        let tokens = Tokens::read(answer)?;
        self.keep(tokens.refresh_token.as_ref().map(|token| token.expose().to_owned()))?;
        Ok(tokens)
    }

    /// Orders a book in a new account of whoever the token is for.
    pub(super) async fn order_a_book(&self, access_token: &str) -> Result<(), Failure> {
        let account = self.ours.open_account(access_token).await?;
        answered(&account, 201)?;
        let body = json!({
            "account_id": text(&account, "account_id")?,
            "description": "a book",
            "amount": {"minor_units": 1250, "currency": "EUR"},
        });
        let request = Request::post(self.ours.url(Service::Orders, "/orders")?).bearer(access_token).json(body);
        answered(&self.ours.send(&request).await?, 201).map(drop)
    }
}
