//! A person with a browser: they sign in at auth-service and nowhere else, and say there what a partner may do.

use std::collections::BTreeMap;

use quickstart::cli::Service;
use reqwest::Method;
use serde_json::json;
use third_party_app::html::{Form, Page};
use third_party_app::http::{Answer, Body, Request};
use third_party_app::oauth::{Ask, Pending, Tokens};
use third_party_app::random::unguessable;
use url::Url;

use super::operator::text;
use super::{Ours, Partner};
use crate::Failure;
use crate::told::answered;

/// More pages and redirects than any way back has.
const HOPS: usize = 8;

/// A person, and the browser that they use.
pub struct Person<'o> {
    ours: &'o Ours,
    pub user_id: String,
    pub email: String,
    pub password: String,
    cookies: BTreeMap<String, String>,
}

impl Ours {
    /// A customer, who has ordered a book by way of a shop.
    pub async fn customer(&self) -> Result<Person<'_>, Failure> {
        let (email, password) = (format!("{}@example.com", unguessable()?), unguessable()?);
        let body = json!({"email": email, "password": password, "name": "Ada", "roles": ["customer"]});
        let created = self.manage(Method::POST, "/users", Some(body)).await?;
        answered(&created, 201)?;
        let user_id = text(&created, "user_id")?;
        let mut person = Person { ours: self, user_id, email, password, cookies: BTreeMap::new() };
        let scope = "orders:write accounts:write";
        let shop = self.register("Shop", scope).await?;
        let tokens = person.allow(&shop, scope).await?;
        shop.order_a_book(tokens.access_token.expose()).await?;
        Ok(person)
    }
}

impl Person<'_> {
    /// Is sent to auth-service by a partner, signs in if they have not, allows what is asked for, and comes back with a
    /// code, which the partner exchanges (RFC 6749 section 4.1).
    pub async fn allow(&mut self, partner: &Partner<'_>, scope: &str) -> Result<Tokens, Failure> {
        let (client, pending) = (&partner.client, Pending::begin(&partner.client)?);
        let resource = self.ours.house.url(Service::Orders);
        let mut at = pending.url(&self.ours.provider, client, Ask { scope, resource, prompt: None });
        for _ in 0..HOPS {
            if at.origin() == client.redirect_uri.origin() {
                return partner.exchange(&pending, &pending.read_redirect(at.query().unwrap_or_default())?).await;
            }
            let answer = self.send(Request::get(at)).await?;
            at = match answer.location() {
                Some(to) => to,
                None => self.answer(&answer).await?,
            };
        }
        Err(Failure::NotAsTold("the browser comes back to the partner".to_owned()))
    }

    /// Fills in what a page asks.
    async fn answer(&mut self, answer: &Answer) -> Result<Url, Failure> {
        let page = page(answer)?;
        if let Some(form) = page.form("/consent") {
            return self.submit(form, &[("decision", "allow")]).await;
        }
        let (email, password) = (self.email.clone(), self.password.clone());
        self.submit(form(&page, "/sign-in")?, &[("email", &email), ("password", &password)]).await
    }

    /// Withdraws what this partner was allowed, on the page of the account.
    pub async fn withdraw(&mut self, partner: &Partner<'_>) -> Result<String, Failure> {
        let page = page(&self.send(Request::get(self.ours.url(Service::Auth, "/account")?)).await?)?;
        // What the buttons say, from top to bottom.
        let mut named = page.text.split("Withdraw what ").skip(1);
        let position = named.position(|rest| rest.starts_with(&partner.name));
        let mut forms = page.forms.iter().filter(|form| form.action.path() == "/account/withdraw");
        let form = position.and_then(|position| forms.nth(position));
        let form = form.ok_or_else(|| Failure::NotAsTold(format!("a button for {}", partner.name)))?;
        let to = self.submit(form, &[]).await?;
        Ok(to.path().to_owned())
    }

    /// Signs out, on the page that asks whether to.
    pub async fn sign_out(&mut self) -> Result<(), Failure> {
        let page = page(&self.send(Request::get(self.ours.url(Service::Auth, "/sign-out")?)).await?)?;
        self.submit(form(&page, "/sign-out")?, &[]).await.map(drop)
    }

    async fn submit(&mut self, form: &Form, filled: &[(&str, &str)]) -> Result<Url, Failure> {
        let answer = self.send(submission(form, filled)).await?;
        answered(&answer, 303)?;
        answer.location().ok_or_else(|| Failure::NotAsTold("a redirect to somewhere".to_owned()))
    }

    async fn send(&mut self, mut request: Request) -> Result<Answer, Failure> {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        request.cookies = Some(pairs.collect::<Vec<_>>().join("; "));
        let answer = self.ours.send(&request).await?;
        let lines = answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        for pair in lines.filter_map(|line| line.split(';').next()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }
}

impl Ours {
    /// Somebody tries a password on the sign-in page, for this person.
    pub async fn try_password(&self, person: &Person<'_>, password: &str) -> Result<Answer, Failure> {
        let (user_id, email) = (person.user_id.clone(), person.email.clone());
        let cookies = BTreeMap::new();
        let mut stranger = Person { ours: self, user_id, email, password: password.to_owned(), cookies };
        let page = page(&stranger.send(Request::get(self.url(Service::Auth, "/sign-in")?)).await?)?;
        let filled = [("email", person.email.as_str()), ("password", password)];
        stranger.send(submission(form(&page, "/sign-in")?, &filled)).await
    }
}

fn page(answer: &Answer) -> Result<Page, Failure> {
    answered(answer, 200)?;
    Page::read(answer).ok_or_else(|| Failure::NotAsTold(format!("a page at {}", answer.url.path())))
}

fn form<'p>(page: &'p Page, path: &str) -> Result<&'p Form, Failure> {
    page.form(path).ok_or_else(|| Failure::NotAsTold(format!("a form at {} that posts to {path}", page.url.path())))
}

/// As a browser sends it from a page of the same site that sends no referrer.
fn submission(form: &Form, filled: &[(&str, &str)]) -> Request {
    let mut request = Request::post(form.action.clone());
    request.headers.extend([("Origin", "null".to_owned()), ("Sec-Fetch-Site", "same-origin".to_owned())]);
    request.body = Body::Fields(form.submission(filled));
    request
}
