//! What a token gets: the caller learns which check failed and no more.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::test::TestRequest;
use serde_json::json;
use shared_claims::extract::Reason;
use shared_claims::verify::ClaimFault::{Expired, NotAgreed};
use shared_claims::verify::FormRefusal::{NotThreeParts, TooLong};
use shared_claims::verify::SignatureRefusal::{AlgorithmNotAllowed, Mismatch};
use shared_claims::verify::{MAX_TOKEN_BYTES, Refusal};

use crate::app::{METADATA, Server};
use crate::support::table::{claim, form, sig};

const FORM: &str = "The access token is not well-formed.";
const SIGNATURE: &str = "The signature of the access token does not match.";
const CLAIMS: &str = "The claims of the access token are not as agreed; it may have expired. Get a new one.";

fn invalid(detail: &str) -> String {
    format!(
        "Bearer realm=\"orders-service\", resource_metadata=\"{METADATA}\", error=\"invalid_token\", error_description=\"{detail}\""
    )
}

#[actix_web::test]
async fn a_bad_token_is_401_invalid_token_and_the_reason_goes_to_the_log_only() {
    let server = Server::new();
    let draft = || server.setting.draft();
    let rows: Vec<(&str, String, &str, Refusal)> = vec![
        ("no token", "not-a-token".to_owned(), FORM, form(NotThreeParts)),
        ("above 8 KiB", "A".repeat(MAX_TOKEN_BYTES + 1), FORM, form(TooLong)),
        ("HS256", draft().hmac_sha256(b"secret").build(), SIGNATURE, sig(AlgorithmNotAllowed)),
        ("none", draft().header("alg", json!("none")).build(), SIGNATURE, sig(AlgorithmNotAllowed)),
        ("a stranger's", draft().signed_by_a_stranger().build(), SIGNATURE, sig(Mismatch)),
        ("expired", draft().claim("exp", json!(server.setting.seconds() - 5)).build(), CLAIMS, claim("exp", Expired)),
        (
            "foreign issuer",
            draft().claim("iss", json!("https://thief.example.net")).build(),
            CLAIMS,
            claim("iss", NotAgreed),
        ),
        (
            "foreign audience",
            draft().claim("aud", json!("https://admin.example.com")).build(),
            CLAIMS,
            claim("aud", NotAgreed),
        ),
        ("an ID token", draft().header("typ", json!("JWT")).build(), CLAIMS, claim("typ", NotAgreed)),
        ("a receipt", server.setting.mint.receipt("cli_1").build(), CLAIMS, claim("typ", NotAgreed)),
    ];
    for (name, token, detail, refusal) in rows {
        let answer = server.with_token(&token).await;
        answer.assert_refusal(name, 401, &invalid(detail), "Unauthorized", detail);
        answer.assert_no_echo(name, &token);
        for inner in ["thief", "admin.example.com", "HS256", "ES256", "at+jwt"] {
            assert!(!answer.body.contains(inner) && !answer.headers.contains(inner), "{name} tells {inner}");
        }
        let observed = server.observed.lock().unwrap().pop();
        assert_eq!(observed, Some(("/orders".to_owned(), refusal.class(), Reason::Token(refusal), None)), "{name}");
    }
    assert!(server.observed.lock().unwrap().is_empty(), "each refusal is told once");
}

#[actix_web::test]
async fn a_token_that_is_put_into_the_request_in_pieces_comes_back_nowhere() {
    let server = Server::new();
    for token in ["<script>alert(1)</script>.aaaaaaaaa.bbbbbbbbb", "\",x=\"yyyyyyyyy.zzzzzzzzz.wwwwwwwww"] {
        let answer = server.with_token(token).await;
        answer.assert_refusal(token, 401, &invalid(FORM), "Unauthorized", FORM);
        answer.assert_no_echo(token, token);
    }
}

/// Keys that were never there are our trouble and not the caller's.
#[actix_web::test]
async fn while_keys_are_not_known_the_answer_is_503_with_a_time_to_try_again() {
    let server = Server::new();
    server.setting.keys.go_away();
    let token = server.setting.with_header("kid", json!("unknown"));
    let answer = server.with_token(&token).await;
    assert_eq!((answer.status, answer.retry_after.as_deref()), (503, Some("1")));
    assert_eq!(answer.challenge, None, "the token may be good");
    assert_eq!(answer.content_type.as_deref(), Some("application/problem+json"));
    assert_eq!(answer.cache_control.as_deref(), Some("no-store"));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let detail = "The access token cannot be checked at the moment. Try again.";
    let problem = json!({"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": detail});
    assert_eq!(body, problem);
    answer.assert_no_echo("keys", &token);
    let (_, class, reason, _) = server.observed.lock().unwrap().pop().unwrap();
    assert_eq!((class, reason), ("keys_unavailable", Reason::Token(Refusal::KeysUnavailable)));
    assert_eq!(server.with_token(server.setting.good()).await.status, 200, "known keys go on");
}

#[actix_web::test]
async fn a_token_that_expires_between_two_requests_gets_401_at_the_second() {
    let server = Server::new();
    let token = server.setting.good();
    assert_eq!(server.with_token(&token).await.status, 200);
    server.setting.clock.advance(Duration::from_secs(305));
    server.with_token(&token).await.assert_refusal("expired", 401, &invalid(CLAIMS), "Unauthorized", CLAIMS);
}

/// Self-contained (T12): who calls is known from the token alone.
#[actix_web::test]
async fn a_thousand_requests_ask_nobody() {
    let server = Server::new();
    let value = format!("Bearer {}", server.setting.good());
    let request = |_| TestRequest::get().uri("/orders").insert_header(("authorization", value.clone()));
    let answers = server.answers((0..1000).map(request)).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(server.setting.keys.refreshes(), 0);
    assert_eq!(server.verified.load(Ordering::SeqCst), 1000, "and each token is verified once");
}

#[actix_web::test]
async fn a_caller_shows_who_it_is_and_not_its_token() {
    let server = Server::new();
    let token = server.setting.mint.operator_token(crate::support::US, "orders:read", &["manager"]).build();
    let answer = server.get("/who", format!("bearer  {token} ")).await;
    let (shown, kept) = answer.body.split_once('\n').unwrap();
    let who = r#"Caller { permission: "ReadOrders", subject: Subject("usr_operator"), client_id: ClientId("operator-cli"), .. }"#;
    assert_eq!(shown, who);
    assert_eq!(kept, token, "for the one purpose of an exchange");
}

/// What joins the answer and the log: an id, as long as ids are, in JSON and nowhere else.
#[actix_web::test]
async fn a_refusal_names_the_id_of_the_request_if_it_has_one() {
    let server = Server::new();
    for (id, expected) in [
        ("req-1", json!("req-1")),
        (&"x".repeat(64), json!("x".repeat(64))),
        (&"x".repeat(65), json!(null)),
        ("\",\"status\":200,\"x\":\"", json!("\",\"status\":200,\"x\":\"")),
        ("é", json!(null)),
    ] {
        let answer = server.answer(TestRequest::get().uri("/orders").insert_header(("x-request-id", id))).await;
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&body["request_id"], &body["status"]), (&expected, &json!(401)), "{id}");
        assert!(!answer.headers.contains(id), "{id}");
    }
}
