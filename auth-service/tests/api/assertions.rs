//! `private_key_jwt` (RFC 7523 section 2.2): a client proves who it is by its signature.

use std::time::Duration;

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use shared_claims::testing::{Draft, Mint};

use crate::support::{ADMIN, Answer, ISSUER, ORDERS, TestApp, by_assertion, unique};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[actix_web::test]
async fn a_partner_proves_itself_with_a_key_of_any_announced_algorithm() {
    let app = TestApp::start().await;
    for algorithm in [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA] {
        let partner = app.register_signing_partner(algorithm).await;
        let answer = app.request_token_by(&partner.assertion().build()).await;
        assert_eq!(crate::support::claims(&answer.expect(200).access_token())["client_id"], partner.client_id);
    }
}

#[actix_web::test]
async fn one_of_our_services_proves_itself_with_the_keys_that_it_publishes() {
    let app = TestApp::start().await;
    app.exchange_operator_token(ISSUER, "audit:read").await.expect(200);
    let partner = app.register_partner("fulfilment:request").await;
    let token = app.request_token(&partner, &[]).await.access_token();
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200);
}

#[actix_web::test]
async fn the_type_may_be_absent_or_one_that_the_standards_know() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let good = ["client-authentication+jwt", "application/client-authentication+jwt", "JWT", "jwt"];
    for typ in good {
        app.request_token_by(&partner.assertion().header("typ", json!(typ)).build()).await.expect(200);
    }
    app.request_token_by(&partner.assertion().without_header("typ").build()).await.expect(200);
    for typ in ["at+jwt", "fulfilment-receipt+jwt", "logout+jwt", "", "JWTx"] {
        let assertion = partner.assertion().header("typ", json!(typ)).build();
        app.request_token_by(&assertion).await.expect_error(401, "invalid_client");
    }
}

#[actix_web::test]
async fn the_client_id_of_the_form_may_be_left_out_but_not_be_anothers() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let with_id = async |id: &str| {
        let assertion = partner.assertion().build();
        let form = [&[GRANT, ("client_id", id)], by_assertion(&assertion).as_slice()].concat();
        Answer::of(app.form(&form)).await
    };
    with_id(&partner.client_id).await.expect(200);
    with_id("cli_other").await.expect_error(401, "invalid_client");
    with_id("orders-service").await.expect_error(401, "invalid_client");
}

/// Each is one change to an assertion that would be accepted.
pub fn wrong(good: impl Fn() -> Draft, mint: &Mint, now: u64, client_id: &str) -> Vec<(&'static str, String)> {
    let other = Mint::new(ISSUER, shared_claims::testing::TestClock::new());
    let public = serde_json::from_str::<Value>(&mint.jwks_json()).unwrap()["keys"][0].clone();
    let claim = |name: &'static str, value: Value| good().claim(name, value).build();
    let mut wrong = vec![
        ("another audience", claim("aud", json!(ORDERS))),
        ("the issuer with a slash", claim("aud", json!(format!("{ISSUER}/")))),
        ("the issuer among others", claim("aud", json!([ISSUER, ORDERS]))),
        ("an empty list of audiences", claim("aud", json!([]))),
        ("the client as audience", claim("aud", json!(client_id))),
        ("another issuer", claim("iss", json!("cli_other"))),
        ("another subject", claim("sub", json!("cli_other"))),
        ("an issuer in a list", claim("iss", json!([client_id]))),
        ("expired", claim("exp", json!(now - 5))),
        (
            "expired for long",
            good().claim("iat", json!(now - 100)).claim("nbf", json!(now - 100)).claim("exp", json!(now - 50)).build(),
        ),
        ("from the future", good().claim("iat", json!(now + 60)).claim("exp", json!(now + 100)).build()),
        ("not yet valid", claim("nbf", json!(now + 60))),
        ("a life of more than ten minutes", claim("exp", json!(now + 601))),
        ("a life of a century", claim("exp", json!(now + 3_153_600_000))),
        ("an end as text", claim("exp", json!((now + 60).to_string()))),
        ("a jti that is none", claim("jti", json!(7))),
        ("an empty jti", claim("jti", json!(""))),
        ("an endless jti", claim("jti", json!("x".repeat(1000)))),
        ("a jti with NUL", claim("jti", json!("a\u{0}b"))),
        ("an issuer with NUL", good().claim("iss", json!("a\u{0}b")).claim("sub", json!("a\u{0}b")).build()),
        ("another key", good().signed_with(other.key()).build()),
        ("an unknown kid", good().header("kid", json!("unknown")).build()),
        (
            "another key under its own kid",
            good().signed_with(other.key()).header("kid", json!(other.key().kid())).build(),
        ),
        ("another algorithm's name", good().header("alg", json!("RS256")).build()),
        ("no algorithm", good().header("alg", json!("none")).signature_bytes([]).build()),
        ("no algorithm, with a signature", good().header("alg", json!("none")).build()),
        ("HMAC with the public key", good().hmac_sha256(public.to_string().as_bytes()).build()),
        ("HMAC with the client id", good().hmac_sha256(client_id.as_bytes()).build()),
        (
            "a key of its own",
            good()
                .header("jwk", serde_json::from_str::<Value>(&other.jwks_json()).unwrap()["keys"][0].clone())
                .signed_with(other.key())
                .build(),
        ),
        ("a place for keys", good().header("jku", json!("http://localhost:9/keys")).build()),
        ("an extension", good().header("crit", json!(["x"])).header("x", json!(1)).build()),
        ("a blank signature", good().signature_bytes([0; 64]).build()),
        ("no token", "no token".to_owned()),
        ("two parts", "e30.e30".to_owned()),
        ("9 KiB", format!("{}x", "a.".repeat(4600))),
    ];
    for name in ["iss", "sub", "aud", "exp", "iat", "jti"] {
        wrong.push((name, good().without_claim(name).build()));
    }
    wrong
}

#[actix_web::test]
async fn an_assertion_of_a_partner_that_is_wrong_in_any_way_is_an_invalid_client() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let now = app.clock.now().seconds();
    for (name, assertion) in wrong(|| partner.assertion(), partner.mint(), now, &partner.client_id) {
        let answer = app.request_token_by(&assertion).await;
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
        answer.expect_error(401, "invalid_client").expect_no_echo(&[&assertion]);
    }
}

#[actix_web::test]
async fn an_assertion_of_ours_that_is_wrong_in_any_way_is_an_invalid_client() {
    let app = TestApp::start().await;
    let now = app.clock.now().seconds();
    let mint = app.peers.mint("admin-service");
    for (name, assertion) in wrong(|| app.peers.assertion("admin-service"), mint, now, "admin-service") {
        let answer = app.request_token_by(&assertion).await;
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
        answer.expect_error(401, "invalid_client");
    }
    let of_another = unique(app.peers.mint("orders-service").assertion(ISSUER, "admin-service")).build();
    app.request_token_by(&of_another).await.expect_error(401, "invalid_client");
}

#[actix_web::test]
async fn the_parameters_of_an_assertion_are_both_needed() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let assertion = partner.assertion().build();
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let [typ, value] = by_assertion(&assertion);
    for form in [vec![GRANT, typ], vec![GRANT, value], vec![GRANT, value, ("client_assertion_type", saml)]] {
        let answer = Answer::of(app.form(&form)).await;
        assert!(answer.expect_error(401, "invalid_client").header("www-authenticate").is_none());
    }
    app.request_token_by(&assertion).await.expect(200);
}

#[actix_web::test]
async fn a_client_uses_the_way_that_it_is_registered_for() {
    let app = TestApp::start().await;
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    let secret = app.register_partner("orders:read").await;
    let key = Mint::new(ISSUER, app.clock.clone());
    let assertion = unique(key.assertion(ISSUER, &secret.client_id)).build();
    app.request_token_by(&assertion).await.expect_error(401, "invalid_client");
    for guess in ["", "x", signing.client_id.as_str()] {
        let form = app.form(&[GRANT]).basic_auth(&signing.client_id, Some(guess));
        Answer::of(form).await.expect_error(401, "invalid_client");
    }
}

#[actix_web::test]
async fn a_key_that_was_replaced_is_refused_at_once() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    app.request_token_by(&partner.assertion().build()).await.expect(200);
    let new = Mint::new(ISSUER, app.clock.clone());
    let jwks = json!({"jwks": serde_json::from_str::<Value>(&new.jwks_json()).unwrap()});
    app.change_client(&partner.client_id, &jwks).await.expect(200);
    app.request_token_by(&partner.assertion().build()).await.expect_error(401, "invalid_client");
    app.request_token_by(&unique(new.assertion(ISSUER, &partner.client_id)).build()).await.expect(200);
}

#[actix_web::test]
async fn of_many_uses_of_one_assertion_at_once_exactly_one_wins_also_across_replicas() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    for _ in 0..3 {
        let assertion = partner.assertion().build();
        let tries = (0..8).map(|n| if n % 2 == 0 { &app } else { &replica }).map(|at| at.request_token_by(&assertion));
        let answers = join_all(tries).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 7));
        for answer in lost {
            answer.expect_error(401, "invalid_client");
        }
    }
}

/// Where the keys should be is away: that says nothing about the client.
#[actix_web::test]
async fn while_the_keys_of_a_service_cannot_be_fetched_the_answer_is_503() {
    let app = TestApp::with(&[("--admin-jwks-url", "http://127.0.0.1:1/jwks.json")]).await;
    let start = std::time::Instant::now();
    let answer = app.request_token_by(&app.peers.assertion("admin-service").build()).await;
    answer.expect_error(503, "temporarily_unavailable");
    assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
    let row = app.last_row("token.issue").await;
    assert_eq!((row.outcome.as_str(), row.reason.as_deref()), ("failed", Some("client_keys_unavailable")));
    app.request_token_by(&app.peers.assertion("orders-service").build()).await.expect_error(400, "unauthorized_client");
}

/// What has expired is refused for that, so its name need not be kept.
#[actix_web::test]
async fn names_of_used_assertions_are_forgotten_when_they_cannot_be_used_again_anyway() {
    use auth_service::store::assertions::purge;
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let assertion = partner.assertion().build();
    app.request_token_by(&assertion).await.expect(200);
    app.clock.advance(Duration::from_secs(64));
    purge(&app.database.database, app.clock.clock().micros()).await.unwrap();
    app.request_token_by(&assertion).await.expect_error(401, "invalid_client");
    app.clock.advance(Duration::from_secs(600));
    assert!(purge(&app.database.database, app.clock.clock().micros()).await.unwrap() >= 1);
    app.request_token_by(&assertion).await.expect_error(401, "invalid_client");
}
