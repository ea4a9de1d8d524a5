//! The client credentials grant: what the token says, for how long, for whom and with which scope.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::{ADMIN, ISSUER, ORDERS, TestApp, claims, header, verify};
fn names(value: &Value) -> Vec<&str> {
    let mut names = value.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    names.sort_unstable();
    names
}

#[actix_web::test]
async fn the_token_says_what_the_profile_asks_for_and_nothing_more() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read accounts:write").await;
    let token = app.request_token(&partner, &[]).await.expect(200).access_token();

    let kid = app.get("/.well-known/jwks.json").await.json()["keys"][0]["kid"].clone();
    assert_eq!(header(&token), json!({"typ": "at+jwt", "alg": "ES256", "kid": kid}));
    let now = app.clock.now().seconds();
    let claims = claims(&token);
    assert!(claims["jti"].as_str().unwrap().starts_with("tok_"));
    let expected = json!({
        "iss": ISSUER, "sub": partner.client_id, "aud": ORDERS, "exp": now + 300, "nbf": now, "iat": now,
        "jti": claims["jti"], "client_id": partner.client_id, "scope": "orders:read accounts:write",
    });
    assert_eq!(claims, expected, "aud is a text, and there is neither a role nor anything else");
    assert!(token.len() < 1000, "{} bytes", token.len());
}

#[actix_web::test]
async fn the_answer_is_that_of_the_standard_and_holds_no_refresh_token() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let answer = app.request_token(&partner, &[]).await;
    let body = answer.expect(200).json();
    assert_eq!(names(&body), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
}

#[actix_web::test]
async fn the_token_passes_the_three_checks_at_its_audience_until_it_expires() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let token = app.request_token(&partner, &[]).await.access_token();
    assert_eq!(*verify(&app, &token, ORDERS).await.unwrap().client_id(), *partner.client_id);
    assert_eq!(verify(&app, &token, ADMIN).await.unwrap_err().class(), "claims");
    app.clock.advance(Duration::from_secs(304));
    verify(&app, &token, ORDERS).await.unwrap();
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(verify(&app, &token, ORDERS).await.unwrap_err().class(), "claims");
    let next = app.request_token(&partner, &[]).await.expect(200).access_token();
    verify(&app, &next, ORDERS).await.unwrap();
}

#[actix_web::test]
async fn no_two_tokens_have_the_same_name() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let mut names = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let token = app.request_token(&partner, &[]).await.access_token();
        names.insert(claims(&token)["jti"].as_str().unwrap().to_owned());
    }
    assert_eq!(names.len(), 20);
}

#[actix_web::test]
async fn each_client_has_its_own_lifetime_from_5_s_to_an_hour() {
    let app = TestApp::start().await;
    for lifetime in [5, 60, 3600] {
        let partner = app.register_partner("orders:read").await;
        let change = json!({"access_token_lifetime": lifetime});
        app.change_client(&partner.client_id, &change).await.expect(200);
        let answer = app.request_token(&partner, &[]).await;
        assert_eq!(answer.expect(200).json()["expires_in"], lifetime);
        let claims = claims(&answer.access_token());
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), lifetime);
        verify(&app, &answer.access_token(), ORDERS).await.unwrap();
    }
}

#[actix_web::test]
async fn without_a_scope_the_client_gets_all_of_its_agreement_and_with_one_just_that() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read orders:write accounts:read").await;
    let all = app.request_token(&partner, &[]).await;
    assert_eq!(all.expect(200).text_of("scope"), "orders:read orders:write accounts:read");
    for asked in ["orders:read", "orders:read accounts:read", "accounts:read orders:read", "orders:read orders:read"] {
        let answer = app.request_token(&partner, &[("scope", asked)]).await;
        let granted = answer.expect(200).text_of("scope");
        assert_eq!(claims(&answer.access_token())["scope"], granted);
        let sorted = |text: &str| text.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(sorted(&granted), sorted(asked));
    }
}

#[actix_web::test]
async fn a_scope_that_is_unknown_or_not_the_clients_is_never_granted_in_part() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read orders:write").await;
    let refused = [
        "orders:burn",
        "orders:read orders:burn",
        "ORDERS:READ",
        "orders:read  orders:write",
        " orders:read",
        "orders:read ",
        "orders:read,orders:write",
        "orders:read\torders:write",
        "accounts:read",
        "orders:read accounts:read",
        "fulfilment:accept",
        "clients:manage",
        "partners:manage",
        "audit:read",
        "openid",
        "*",
        "orders:*",
        "\u{0}",
        "orders:read\u{0}",
    ];
    for scope in refused {
        app.request_token(&partner, &[("scope", scope)]).await.expect_error(400, "invalid_scope");
    }
}

#[actix_web::test]
async fn a_resource_is_compared_as_text_and_must_be_the_clients() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let answer = app.request_token(&partner, &[("resource", ORDERS)]).await;
    assert_eq!(claims(&answer.expect(200).access_token())["aud"], ORDERS);
    let others = [
        ADMIN,
        ISSUER,
        "http://localhost:8081/",
        "http://LOCALHOST:8081",
        "http://localhost:80811",
        "http://localhost:808",
        "http://127.0.0.1:8081",
        "https://localhost:8081",
        "http://localhost:8081#x",
        "http://localhost:8081?x",
        "orders",
        "http://localhost:8081 http://localhost:8082",
        "http://elsewhere.test",
        "\u{0}",
        "not a url",
    ];
    for other in others {
        app.request_token(&partner, &[("resource", other)]).await.expect_error(400, "invalid_target");
    }
}

#[actix_web::test]
async fn a_change_of_the_agreement_counts_from_the_next_token_on() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read orders:write").await;
    app.request_token(&partner, &[("scope", "orders:write")]).await.expect(200);
    app.change_client(&partner.client_id, &json!({"scope": "orders:read"})).await.expect(200);
    app.request_token(&partner, &[("scope", "orders:write")]).await.expect_error(400, "invalid_scope");
    assert_eq!(app.request_token(&partner, &[]).await.expect(200).text_of("scope"), "orders:read");
}

#[actix_web::test]
async fn a_suspended_client_gets_nothing_until_it_is_resumed_and_a_deleted_one_never() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    app.request_token(&partner, &[]).await.expect(200);
    app.suspend(&partner.client_id).await;
    app.request_token(&partner, &[]).await.expect_error(401, "invalid_client");
    app.resume(&partner.client_id).await;
    app.request_token(&partner, &[]).await.expect(200);
    app.delete_client(&partner.client_id).await;
    app.request_token(&partner, &[]).await.expect_error(401, "invalid_client");
}

/// The client is read, then suspended, then what was read is remembered: that must not count any more.
#[actix_web::test]
async fn a_suspension_is_not_outrun_by_requests_that_began_before_it() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for _ in 0..10 {
        app.clock.advance(Duration::from_secs(5));
        let before = join_all((0..6).map(|_| app.request_token(&partner, &[])));
        join(before, app.suspend(&partner.client_id)).await;
        app.request_token(&partner, &[]).await.expect_error(401, "invalid_client");
        app.resume(&partner.client_id).await;
        app.request_token(&partner, &[]).await.expect(200);
    }
}

/// The stated bound: 5 s, in which the other replica may go on with what it remembers.
#[actix_web::test]
async fn another_replica_follows_a_suspension_within_5_seconds() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let other = app.replica().await;
    other.request_token(&partner, &[]).await.expect(200);
    app.suspend(&partner.client_id).await;
    app.clock.advance(Duration::from_secs(5));
    other.request_token(&partner, &[]).await.expect_error(401, "invalid_client");
    app.resume(&partner.client_id).await;
    app.clock.advance(Duration::from_secs(5));
    other.request_token(&partner, &[]).await.expect(200);
}

#[actix_web::test]
async fn a_client_that_was_registered_elsewhere_is_known_at_once() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let partner = app.register_partner("orders:read").await;
    other.request_token(&partner, &[]).await.expect(200);
}
