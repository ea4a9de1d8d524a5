//! A service as a client of the token endpoint: what it sends, and what becomes of each answer.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm::ES256;
use serde_json::json;
use shared_claims::claims::ClientAssertion;
use shared_claims::exchange::{ExchangeError, TokenExchange};
use shared_claims::ids::{Audience, ClientId, Issuer as IssuerName};
use shared_claims::scope::{Scope, ScopeSet};
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::Verifier;
use support::issuer::{Answer, Issuer, free_address};
use support::{ISSUER, agreement, now};

const SUBJECT_TOKEN: &str = "aaaaaaaaaa.bbbbbbbbbb.cccccccccc";

/// orders-service, with the key that `Mint` holds.
struct Service {
    mint: Mint,
    clock: TestClock,
    exchange: TokenExchange,
}

impl Service {
    fn at(token_endpoint: &str) -> Self {
        let clock = TestClock::new();
        let mint = Mint::new("orders-service", clock.clone());
        let redirects = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().redirect(redirects).timeout(Duration::from_secs(1)).no_proxy().build();
        let exchange = TokenExchange::new(
            client.unwrap(),
            token_endpoint.parse().unwrap(),
            ClientId::new("orders-service").unwrap(),
            IssuerName::new(ISSUER).unwrap(),
            mint.key(),
            clock.clock(),
        );
        Self { mint, clock, exchange }
    }

    async fn exchange(&self) -> Result<String, ExchangeError> {
        let resource = Audience::new("https://admin.example.com").unwrap();
        let scope: ScopeSet = [Scope::FulfilmentAccept].into_iter().collect();
        self.exchange.exchange(SUBJECT_TOKEN, &resource, &scope, "req-1").await
    }
}

fn good_answer() -> Answer {
    Answer::json(json!({"access_token": "new.access.token", "token_type": "Bearer"}).to_string())
}

/// The form of the last request, and its head.
fn form_of(issuer: &Issuer) -> (String, BTreeMap<String, String>) {
    let request = issuer.last_request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let fields = form.len();
    let form: BTreeMap<_, _> = form.into_iter().collect();
    assert_eq!(form.len(), fields, "no field stands twice");
    (head.to_owned(), form)
}

/// RFC 8693 section 2.1, RFC 7523 section 2.2.
#[tokio::test]
async fn an_exchange_sends_what_the_rfcs_ask_for_and_nothing_else() {
    let issuer = Issuer::new(good_answer()).await;
    let service = Service::at(&issuer.url());
    assert_eq!(service.exchange().await.unwrap(), "new.access.token");
    let (head, mut form) = form_of(&issuer);
    assert!(head.starts_with("POST "), "{head}");
    assert!(head.contains("x-request-id: req-1") && !head.contains("authorization"), "{head}");
    assert!(!head.contains(SUBJECT_TOKEN), "no token in a URL or header");
    let assertion = form.remove("client_assertion").unwrap();
    let expected = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", SUBJECT_TOKEN),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("resource", "https://admin.example.com"),
        ("scope", "fulfilment:accept"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());

    let agreed = agreement("orders-service", ISSUER, "client-authentication+jwt", &[ES256]);
    let verifier = Verifier::<ClientAssertion>::new(agreed, Arc::new(service.mint.clone()), service.clock.clock());
    let verified = now(verifier.verify(assertion.as_bytes())).unwrap();
    let registered = &verified.registered;
    assert_eq!(registered.subject.as_str(), "orders-service");
    assert_eq!(registered.expires_at.since(registered.issued_at), Duration::from_secs(60));
}

#[tokio::test]
async fn each_assertion_is_a_new_one() {
    let issuer = Issuer::new(good_answer()).await;
    let service = Service::at(&issuer.url());
    let mut assertions = std::collections::BTreeSet::new();
    for _ in 0..5 {
        service.exchange().await.unwrap();
        let assertion = form_of(&issuer).1.remove("client_assertion").unwrap();
        let claims = support::parts::unb64(&support::parts::parts(&assertion)[1]);
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assertions.insert(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_eq!(assertions.len(), 5);
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code() {
    let issuer = Issuer::new(good_answer()).await;
    let service = Service::at(&issuer.url());
    for (status, code) in [
        ("400 Bad Request", "invalid_request"),
        ("400 Bad Request", "invalid_scope"),
        ("401 Unauthorized", "invalid_client"),
        ("403 Forbidden", "access_denied"),
    ] {
        let body = json!({"error": code, "error_description": "not told"}).to_string();
        issuer.answers(Answer::Http(status, "application/json", body.into_bytes()));
        let refused = service.exchange().await.unwrap_err();
        assert!(matches!(&refused, ExchangeError::Refused { error } if error == code), "{refused}");
    }
}

#[tokio::test]
async fn whatever_is_no_answer_may_be_tried_again_and_shows_no_token() {
    let issuer = Issuer::new(good_answer()).await;
    let thief = Issuer::new(good_answer()).await;
    let service = Service::at(&issuer.url());
    let json = "application/json";
    let huge = format!("{{\"access_token\":\"{}\"}}", "x".repeat(8 << 20));
    for (name, answer) in [
        ("500", Answer::Http("500 Internal Server Error", json, b"{}".to_vec())),
        ("503", Answer::Http("503 Service Unavailable", json, b"{\"error\":\"temporarily_unavailable\"}".to_vec())),
        ("429", Answer::Http("429 Too Many Requests", json, b"{\"error\":\"slow_down\"}".to_vec())),
        ("204", Answer::Http("204 No Content", json, Vec::new())),
        ("a redirect", Answer::Redirect(thief.url())),
        ("HTML", Answer::Http("200 OK", "text/html", b"<html></html>".to_vec())),
        ("no token", Answer::json("{}")),
        ("a token of another type", Answer::json(r#"{"access_token":7}"#)),
        ("400 without a code", Answer::Http("400 Bad Request", json, b"{}".to_vec())),
        ("400 in HTML", Answer::Http("400 Bad Request", "text/html", b"<html></html>".to_vec())),
        ("8 MB", Answer::json(huge)),
        ("no end", Answer::Endless),
        ("no HTTP", Answer::Raw(b"SSH-2.0-x\r\n".to_vec())),
        ("nothing", Answer::Raw(Vec::new())),
        ("silence", Answer::Hang),
    ] {
        issuer.answers(answer);
        let error = service.exchange().await.unwrap_err();
        assert!(matches!(error, ExchangeError::Unavailable(_)), "{name}: {error}");
        assert!(!format!("{error} {error:?}").contains("aaaaaaaaaa"), "{name}: {error}");
    }
    assert_eq!(thief.requests(), 0, "credentials follow no redirect");
    let away = Service::at(&format!("http://{}/oauth/token", free_address().await));
    assert!(matches!(away.exchange().await, Err(ExchangeError::Unavailable(_))));
}
