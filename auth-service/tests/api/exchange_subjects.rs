//! Subject tokens that are not good enough to be exchanged: each is 400 `invalid_request` (RFC 8693 section 2.2.2).

use serde_json::json;
use shared_claims::testing::{Draft, Mint, TestClock};

use crate::support::{ADMIN, ISSUER, ORDERS, Partner, TestApp};

fn wrong_tokens(app: &TestApp, partner: &Partner) -> Vec<(&'static str, String)> {
    let good = || -> Draft { app.mint.access_token(ORDERS, &partner.client_id, "fulfilment:request") };
    let now = app.clock.now().seconds();
    let other = Mint::new(ISSUER, TestClock::new());
    let mut wrong = vec![
        ("for admin-service", app.mint.access_token(ADMIN, &partner.client_id, "fulfilment:request").build()),
        ("for this service", app.mint.access_token(ISSUER, &partner.client_id, "fulfilment:request").build()),
        ("for a prefix of the audience", good().claim("aud", json!("http://localhost:808")).build()),
        ("for the audience and a slash", good().claim("aud", json!(format!("{ORDERS}/"))).build()),
        ("for others only", good().claim("aud", json!([ADMIN, ISSUER])).build()),
        ("for nobody", good().claim("aud", json!([])).build()),
        ("of another issuer", good().claim("iss", json!("http://elsewhere.test")).build()),
        ("of an issuer in a list", good().claim("iss", json!([ISSUER])).build()),
        ("expired", good().claim("exp", json!(now - 5)).build()),
        ("not yet valid", good().claim("nbf", json!(now + 60)).build()),
        ("from the future", good().claim("iat", json!(now + 60)).build()),
        ("with a life of a day", good().claim("exp", json!(now + 86_400)).build()),
        ("signed by a stranger", good().signed_by_a_stranger().build()),
        (
            "signed by another key with its own kid",
            good().signed_with(other.key()).header("kid", json!(other.key().kid())).build(),
        ),
        ("signed by the exchanging service", good().signed_with(app.peers.mint("orders-service").key()).build()),
        ("without a signature", good().header("alg", json!("none")).signature_bytes([]).build()),
        ("with a blank signature", good().signature_bytes([0; 64]).build()),
        ("with HMAC under the public key", good().hmac_sha256(app.mint.jwks_json().as_bytes()).build()),
        ("a receipt", app.mint.receipt(&partner.client_id).build()),
        ("a receipt's type", good().header("typ", json!("fulfilment-receipt+jwt")).build()),
        ("an ID token's type", good().header("typ", json!("JWT")).build()),
        ("no type", good().without_header("typ").build()),
        ("an assertion", app.peers.assertion("orders-service").build()),
        ("a client that is not there", app.mint.access_token(ORDERS, "cli_none", "fulfilment:request").build()),
        ("a client id with NUL", app.mint.access_token(ORDERS, "cli_\u{0}", "fulfilment:request").build()),
        ("a person who is not there", app.mint.operator_token(ORDERS, "fulfilment:request", &[]).build()),
        ("a scope that is a list", good().claim("scope", json!(["fulfilment:request"])).build()),
        ("an actor that is a text", good().claim("act", json!("orders-service")).build()),
        ("no token", "not-a-token".to_owned()),
        ("a token and a blank", format!("{} ", good().build())),
        ("five parts", format!("{}.a.b", good().build())),
        ("9 KiB", "a".repeat(9 * 1024)),
    ];
    for name in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"] {
        wrong.push((name, good().without_claim(name).build()));
    }
    wrong
}

#[actix_web::test]
async fn a_subject_token_that_is_wrong_in_any_way_is_an_invalid_request() {
    let app = TestApp::start().await;
    let partner = app.register_partner("fulfilment:request").await;
    let good = app.mint.access_token(ORDERS, &partner.client_id, "fulfilment:request").build();
    app.exchange("orders-service", &good, ADMIN, &[]).await.expect(200);
    for (name, token) in wrong_tokens(&app, &partner) {
        let answer = app.exchange("orders-service", &token, ADMIN, &[]).await;
        assert_eq!(answer.status, 400, "{name}: {answer:?}");
        answer.expect_error(400, "invalid_request").expect_no_echo(&[&token]);
        let row = app.last_row("token.exchange").await;
        assert_eq!((row.outcome.as_str(), row.actor.as_str()), ("refused", "orders-service"), "{name}");
        assert!(row.reason.is_some_and(|reason| reason.starts_with("subject_")), "{name}");
    }
}

/// The token of step 7 is for orders-service; nobody else who happens to see it can do anything with it.
#[actix_web::test]
async fn only_its_audience_may_exchange_a_token() {
    let app = TestApp::start().await;
    let partner = app.register_partner("fulfilment:request").await;
    let partners = app.request_token(&partner, &[]).await.access_token();
    let operators = app.operator_token().await;
    let acting = app.exchange("orders-service", &partners, ADMIN, &[]).await.expect(200).access_token();
    let managing = app.manager_token().await;
    for (client, token) in [
        ("admin-service", &partners),
        ("orders-service", &operators),
        ("orders-service", &acting),
        ("admin-service", &managing),
        ("orders-service", &managing),
    ] {
        let resource = if client == "admin-service" { ISSUER } else { ADMIN };
        app.exchange(client, token, resource, &[]).await.expect_error(400, "invalid_request");
    }
    // For its audience it is; but no row of the policy begins with what it allows.
    app.exchange("admin-service", &acting, ISSUER, &[]).await.expect_error(400, "invalid_scope");
}
