//! Where the credentials are looked for, and where not.

use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;
use shared_claims::extract::Reason;
use std::sync::atomic::Ordering;

use crate::app::{METADATA, Server};

const SEND: &str = "Send an access token: Authorization: Bearer <token>.";

/// RFC 6750 section 3.1: without credentials nothing was wrong with them, so there is no `error`.
fn bare() -> String {
    format!("Bearer realm=\"orders-service\", resource_metadata=\"{METADATA}\"")
}

#[actix_web::test]
async fn without_credentials_the_challenge_is_bare() {
    let server = Server::new();
    let answer = server.answer(TestRequest::get().uri("/orders")).await;
    answer.assert_refusal("none", 401, &bare(), "Unauthorized", SEND);
    assert!(!answer.challenge.unwrap().contains("error"));
    let seen = server.observed.lock().unwrap().clone();
    assert_eq!(seen, [("/orders".to_owned(), "no_credentials", Reason::NoCredentials, None)]);
}

#[actix_web::test]
async fn another_scheme_or_an_empty_token_is_no_credential_and_is_not_looked_at() {
    let server = Server::new();
    let token = server.setting.good();
    for value in [
        String::new(),
        " ".to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer    ".to_owned(),
        "bearer".to_owned(),
        "Basic Y2xpXzE6c2VjcmV0".to_owned(),
        format!("Basic {token}"),
        format!("DPoP {token}"),
        format!("Token {token}"),
        format!("JWT {token}"),
        format!("Bearer:{token}"),
        format!("Bearer={token}"),
        format!("Bearer{token}"),
        format!("Bearer\t{token}"),
        format!("\"Bearer\" {token}"),
        format!("Negotiate, Bearer {token}"),
        format!("Basic Y2xpXzE6c2VjcmV0, Bearer {token}"),
        token.clone(),
        format!("Béarer {token}"),
    ] {
        let answer = server.with_authorization(&value).await;
        answer.assert_refusal(&value, 401, &bare(), "Unauthorized", SEND);
        answer.assert_no_echo(&value, &token);
    }
    assert_eq!(server.verified.load(Ordering::SeqCst), 0);
}

/// RFC 9110 section 11.1.
#[actix_web::test]
async fn the_scheme_is_compared_without_case() {
    let server = Server::new();
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let answer = server.with_authorization(format!("{scheme} {}", server.setting.good())).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "cli_1 cli_1"), "{scheme}");
    }
    let answer = server.with_authorization(format!("Bearer   {}  ", server.setting.good())).await;
    assert_eq!(answer.status, 200, "blanks around the token are no part of it");
}

#[actix_web::test]
async fn two_authorization_headers_are_a_bad_request_whatever_is_in_them() {
    let server = Server::new();
    let good = format!("Bearer {}", server.setting.good());
    let challenge =
        format!("{}, error=\"invalid_request\", error_description=\"Send exactly one Authorization header.\"", bare());
    for (one, other) in
        [(&good, &good), (&good, &"Basic eDp5".to_owned()), (&"Basic eDp5".to_owned(), &good), (&String::new(), &good)]
    {
        let twice = TestRequest::get().uri("/orders");
        let twice =
            twice.append_header(("authorization", one.as_str())).append_header(("authorization", other.as_str()));
        let answer = server.answer(twice).await;
        answer.assert_refusal(one, 400, &challenge, "Bad Request", "Send exactly one Authorization header.");
        answer.assert_no_echo(one, &good);
    }
    assert_eq!(server.verified.load(Ordering::SeqCst), 0);
    let seen = server.observed.lock().unwrap().clone();
    assert!(seen.iter().all(|(_, class, reason, _)| (*class, *reason) == ("two_credentials", Reason::TwoCredentials)));
}

/// RFC 9700 section 4.3.2; the documents' "or as a parameter" is refused.
#[actix_web::test]
async fn a_token_anywhere_else_is_not_looked_at() {
    let server = Server::new();
    let token = server.setting.good();
    let form = "application/x-www-form-urlencoded";
    let get = |uri: &str| TestRequest::get().uri(uri);
    for (name, request) in [
        ("query", get(&format!("/orders?access_token={token}"))),
        ("query, other name", get(&format!("/orders?token={token}"))),
        ("query, header", get(&format!("/orders?Authorization=Bearer%20{token}"))),
        ("cookie", get("/orders").insert_header(("cookie", format!("access_token={token}; Authorization={token}")))),
        ("form", get("/orders").insert_header(("content-type", form)).set_payload(format!("access_token={token}"))),
        ("X-Authorization", get("/orders").insert_header(("x-authorization", format!("Bearer {token}")))),
        ("X-Access-Token", get("/orders").insert_header(("x-access-token", token.clone()))),
        ("Proxy-Authorization", get("/orders").insert_header(("proxy-authorization", format!("Bearer {token}")))),
        ("Forwarded", get("/orders").insert_header(("x-forwarded-authorization", format!("Bearer {token}")))),
    ] {
        let answer = server.answer(request).await;
        answer.assert_refusal(name, 401, &bare(), "Unauthorized", SEND);
        answer.assert_no_echo(name, &token);
    }
    assert_eq!(server.verified.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn a_token_in_the_query_beside_one_in_the_header_changes_nothing() {
    let server = Server::new();
    let (good, other) = (server.setting.good(), server.setting.draft().signed_by_a_stranger().build());
    let answer = server.get(&format!("/orders?access_token={other}"), format!("Bearer {good}")).await;
    assert_eq!(answer.status, 200);
    let answer = server.get(&format!("/orders?access_token={good}"), format!("Bearer {other}")).await;
    assert_eq!(answer.status, 401);
}

#[actix_web::test]
async fn bytes_that_are_no_token_are_a_malformed_one() {
    let server = Server::new();
    let good = server.setting.good();
    let [head, tail] = [&good.as_bytes()[..9], &good.as_bytes()[9..]];
    for (name, bytes) in [
        ("beyond ASCII", [head, b"\xff\xfe", tail].concat()),
        ("UTF-8", [head, "é🔑".as_bytes(), tail].concat()),
        ("a blank", [head, b" ", tail].concat()),
        ("a tab", [head, b"\t", tail].concat()),
        ("a quote", [b"\"", good.as_bytes(), b"\""].concat()),
        ("a comma", [good.as_bytes(), b",", good.as_bytes()].concat()),
        ("a parameter", [good.as_bytes(), b", realm=\"x\""].concat()),
    ] {
        assert!(HeaderValue::from_bytes(&bytes).is_ok(), "{name} comes through HTTP");
        let answer = server.with_authorization([b"Bearer ", bytes.as_slice()].concat()).await;
        assert_eq!(answer.status, 401, "{name}");
        assert!(answer.challenge.as_ref().unwrap().contains("error=\"invalid_token\""), "{name}");
        answer.assert_no_echo(name, &good);
    }
}
