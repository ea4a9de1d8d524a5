//! An authorization request that can be changed one parameter at a time, what comes back of it, and what a client does
//! with that.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded::{Serializer, parse};

use super::browser::Browser;
use super::flow::{REDIRECT_URI, VERIFIER};
use super::{Answer, ISSUER, Partner, TestApp};

/// Of every person in the tests of the flows.
pub const PASSWORD: &str = "correct horse";

/// `S256` of RFC 7636 section 4.2.
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// The parameters of an authorization request. As it is made, it is good.
#[derive(Debug, Clone)]
pub struct Ask(Vec<(String, String)>);

impl Ask {
    pub fn of(client_id: &str, scope: &str) -> Self {
        let challenge = challenge_of(VERIFIER);
        let usual = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", scope),
            ("state", "state-1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        Self(usual.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    /// With this value and no other.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With this value too, whatever is there.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    pub fn path(&self) -> String {
        format!("/oauth/authorize?{}", self.query())
    }

    pub fn parameters(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

impl Answer {
    /// The parameters with which the browser goes back to this address.
    #[track_caller]
    pub fn back_at(&self, redirect_uri: &str) -> BTreeMap<String, String> {
        let location = self.expect(303).header("location").unwrap();
        let added = location.strip_prefix(redirect_uri).unwrap_or_else(|| panic!("not to {redirect_uri}: {self:?}"));
        assert!(added.starts_with(if redirect_uri.contains('?') { '&' } else { '?' }), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"), "{self:?}");
        let pairs = parse(&added.as_bytes()[1..]).into_owned().collect::<Vec<_>>();
        let back = pairs.iter().cloned().collect::<BTreeMap<_, _>>();
        assert_eq!(pairs.len(), back.len(), "repeated: {self:?}");
        assert_eq!(back["iss"], ISSUER, "RFC 9207: {self:?}");
        back
    }

    /// The error of RFC 6749 section 4.1.2.1, with `state` and `iss`, and nothing else.
    #[track_caller]
    pub fn expect_back(&self, error: &str) -> &Self {
        let back = self.back_at(REDIRECT_URI);
        assert_eq!(back.get("error").map(String::as_str), Some(error), "{self:?}");
        assert_eq!(back.keys().collect::<Vec<_>>(), ["error", "error_description", "iss", "state"], "{self:?}");
        assert_eq!(back["state"], "state-1", "{self:?}");
        assert!(self.text.is_empty(), "{self:?}");
        self
    }

    /// Back with a code, with `state` and `iss`, and nothing else.
    #[track_caller]
    pub fn code_at(&self, redirect_uri: &str) -> String {
        let back = self.back_at(redirect_uri);
        assert_eq!(back.keys().collect::<Vec<_>>(), ["code", "iss", "state"], "{self:?}");
        back["code"].clone()
    }

    #[track_caller]
    pub fn code(&self) -> String {
        self.code_at(REDIRECT_URI)
    }

    pub fn refresh_token(&self) -> String {
        self.expect(200).text_of("refresh_token")
    }

    /// It leads to a page of ours; gives the request that it takes along.
    #[track_caller]
    pub fn sealed_for(&self, page: &str) -> String {
        let location = self.expect(303).header("location").unwrap();
        let query = location.strip_prefix(page).and_then(|rest| rest.strip_prefix("?request="));
        query.unwrap_or_else(|| panic!("not to {page}: {self:?}")).to_owned()
    }
}

impl Browser<'_> {
    /// Goes where the client sends it, and on as long as nobody is asked.
    pub async fn arrive(&self, ask: &Ask) -> Answer {
        self.follow(self.get(&ask.path()).await).await
    }

    /// Where the browser goes when the person has decided.
    pub async fn decide(&self, ask: &Ask, decision: &str) -> Answer {
        let form = self.arrive(ask).await.expect(200).html().form("/consent").with("decision", decision);
        self.submit(&form).await
    }

    /// The code that the client gets; the person allows it, if that is asked.
    pub async fn code_for(&self, ask: &Ask) -> String {
        let answer = self.arrive(ask).await;
        if answer.status == 303 { answer.code() } else { self.decide(ask, "allow").await.code() }
    }
}

impl TestApp {
    /// A customer with a browser in which they have signed in.
    pub async fn customer(&self, email: &str) -> Browser<'_> {
        self.create_user(email, PASSWORD, &["customer"]).await;
        self.browser_of(email, PASSWORD).await
    }

    /// Registers with these members beside the usual ones. A public client has no secret.
    pub async fn register_with(&self, scope: &str, more: &Value) -> Partner {
        let mut body = json!({"client_name": "Acme", "scope": scope, "redirect_uris": [REDIRECT_URI]});
        let members = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        let answer = self.register(&body).await;
        let secret = answer.expect(201).json()["client_secret"].as_str().unwrap_or_default().to_owned();
        Partner { client_id: answer.text_of("client_id"), secret }
    }

    /// A form of this client, which says who it is as it is registered: by its secret, or as a public client.
    pub async fn form_of(&self, partner: &Partner, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path);
        let Partner { client_id, secret } = partner;
        if secret.is_empty() {
            return Answer::of(request.form(&[form, &[("client_id", client_id.as_str())]].concat())).await;
        }
        Answer::of(request.form(form).basic_auth(client_id, Some(secret))).await
    }

    /// Redeems a code; `more` replaces what is usual.
    pub async fn redeem_code(&self, partner: &Partner, code: &str, more: &[(&str, &str)]) -> Answer {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.form_of(partner, "/oauth/token", &replaced(&usual, more)).await
    }

    pub async fn refresh_with(&self, partner: &Partner, refresh_token: &str, more: &[(&str, &str)]) -> Answer {
        let usual = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.form_of(partner, "/oauth/token", &replaced(&usual, more)).await
    }

    /// Everything that the client gets when this person allows it this.
    pub async fn granted(&self, browser: &Browser<'_>, partner: &Partner, scope: &str) -> Answer {
        let code = browser.code_for(&Ask::of(&partner.client_id, scope)).await;
        self.redeem_code(partner, &code, &[]).await.expect(200).clone()
    }

    /// The authorization request, pushed.
    pub async fn push(&self, partner: &Partner, ask: &Ask) -> Answer {
        self.form_of(partner, "/oauth/par", &ask.clone().without("client_id").parameters()).await
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        Answer::of(self.request(Method::GET, "/oauth/userinfo").bearer_auth(token)).await
    }
}

fn replaced<'a>(usual: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more).copied().collect()
}
