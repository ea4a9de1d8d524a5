//! A person's browser: it keeps cookies, follows redirects when told to, and sends the forms that it finds on pages.

use std::cell::RefCell;
use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder};

use super::html::{Form, Html};
use super::{Answer, TestApp};

pub struct Browser<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl TestApp {
    /// A browser that has never been here.
    pub fn browser(&self) -> Browser<'_> {
        Browser { app: self, cookies: RefCell::default() }
    }

    /// A browser in which this person has signed in.
    pub async fn browser_of(&self, email: &str, password: &str) -> Browser<'_> {
        let browser = self.browser();
        browser.sign_in(email, password).await.expect_redirect("/account");
        browser
    }
}

impl Browser<'_> {
    /// The cookie that names it, if it has one.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.borrow();
        assert!(cookies.len() <= 1, "{cookies:?}");
        cookies.first_key_value().map(|(name, value)| format!("{name}={value}"))
    }

    /// Gives it a cookie, as somebody might who sat at it before.
    pub fn plant(&self, cookie: &str) {
        let (name, value) = cookie.split_once('=').unwrap();
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Loads an address of ours.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.app.request(Method::GET, path)).await
    }

    /// A page, which is there.
    pub async fn open(&self, path: &str) -> Html {
        self.get(path).await.expect(200).html()
    }

    /// Sends a form as browsers do from a page with `Referrer-Policy: no-referrer`.
    pub async fn submit(&self, form: &Form) -> Answer {
        let headers = [("origin", "null"), ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")];
        self.submit_with(form, &headers).await
    }

    /// Sends a form with these headers.
    pub async fn submit_with(&self, form: &Form, headers: &[(&str, &str)]) -> Answer {
        let request = self.app.request(Method::POST, &form.action).form(&form.fields);
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Sends any request with the cookies that it has, and keeps those that it gets.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = match self.cookie() {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let answer = Answer::of(request).await;
        for line in answer.headers.get_all("set-cookie") {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Follows redirects as long as they lead to us.
    pub async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            match answer.header("location").filter(|location| location.starts_with('/')) {
                Some(location) => answer = self.get(location).await,
                None => return answer,
            }
        }
        panic!("redirected for ever: {answer:?}");
    }

    /// Fills the form at `/sign-in` in, without a request that waits.
    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.sign_in_at("/sign-in", email, password).await
    }

    /// Fills the form on this page in.
    pub async fn sign_in_at(&self, path: &str, email: &str, password: &str) -> Answer {
        let form = self.open(path).await.form("/sign-in");
        self.submit(&form.with("email", email).with("password", password)).await
    }
}
