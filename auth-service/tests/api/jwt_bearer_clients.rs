//! The JWT bearer grant: which clients have it, with whose keys, and within which agreement.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use service_kit::ids::new_id;
use shared_claims::testing::Mint;

use crate::support::{
    ADMIN, Answer, ISSUER, JWT_BEARER, SigningPartner, TestApp, by_assertion, claims, expect_invalid_grant, unique,
};

const ES256: Algorithm = Algorithm::ES256;

#[actix_web::test]
async fn the_key_of_another_client_is_no_key() {
    let app = TestApp::start().await;
    let (partner, other) = (app.register_granting_partner(ES256).await, app.register_granting_partner(ES256).await);
    let before = app.peers.asked().len();
    let as_partner = |signer: &SigningPartner| signer.grant().claim("iss", json!(partner.client_id));
    for assertion in [
        as_partner(&other).claim("sub", json!(partner.client_id)),
        as_partner(&other).claim("sub", json!(partner.client_id)).header("kid", json!(partner.mint().key().kid())),
        as_partner(&other).claim("sub", json!(new_id("acc"))),
        partner.grant().signed_by_a_stranger(),
        partner.grant().signed_with(other.mint().key()).header("kid", json!(other.mint().key().kid())),
        partner.grant().signed_with(other.mint().key()).header("jku", json!(app.peers.location("stranger"))),
    ] {
        app.request_token_for(&assertion.build(), &[]).await.expect_error(400, "invalid_grant");
    }
    // Our own services publish keys; the grant is not theirs.
    for service in ["orders-service", "admin-service"] {
        let draft = app.peers.assertion(service).header("typ", json!("authorization-grant+jwt"));
        expect_invalid_grant(&app, &draft.build(), "unknown_client").await;
    }
    // Nor is the server's own key a client's.
    let own = unique(app.mint.assertion(ISSUER, &partner.client_id)).header("typ", json!("JWT")).build();
    app.request_token_for(&own, &[]).await.expect_error(400, "invalid_grant");
    assert_eq!(app.peers.asked().len(), before, "nothing is fetched");
}

/// CVE-2026-1609: a client that was disabled still got tokens for its assertions.
#[actix_web::test]
async fn cve_2026_1609_a_suspended_partners_assertion_is_refused() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let partner = app.register_granting_partner(ES256).await;
    for at in [&app, &replica] {
        at.request_token_for(&partner.grant().build(), &[]).await.expect(200);
    }
    app.suspend(&partner.client_id).await;
    for subject in [partner.client_id.clone(), new_id("acc")] {
        expect_invalid_grant(&app, &partner.grant().claim("sub", json!(subject)).build(), "suspended_client").await;
    }
    app.clock.advance(std::time::Duration::from_secs(5));
    replica.request_token_for(&partner.grant().build(), &[]).await.expect_error(400, "invalid_grant");
    app.resume(&partner.client_id).await;
    app.request_token_for(&partner.grant().build(), &[]).await.expect(200);
    app.delete_client(&partner.client_id).await;
    expect_invalid_grant(&app, &partner.grant().build(), "unknown_client").await;
}

#[actix_web::test]
async fn only_a_client_that_is_registered_for_the_grant_has_it() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(ES256).await;
    expect_invalid_grant(&app, &partner.grant().build(), "grant_not_of_client").await;
    // With a proof beside it, it is told so.
    let client = partner.assertion().build();
    let answer = app.request_token_for(&partner.grant().build(), &by_assertion(&client)).await;
    answer.expect_error(400, "unauthorized_client");
    let service = app.peers.assertion("orders-service").build();
    let answer = app.request_token_for(&partner.grant().build(), &by_assertion(&service)).await;
    answer.expect_error(400, "unauthorized_client");
    // The keys are for the grant alone where the client proves itself with a secret.
    let body =
        json!({"client_name": "Secret", "scope": "orders:read", "grant_types": ["client_credentials", JWT_BEARER]});
    let secret = app.register_with_key(ES256, body).await;
    app.request_token_for(&secret.grant().build(), &[]).await.expect(200);
    app.request_token_by(&secret.assertion().build()).await.expect_error(401, "invalid_client");
}

#[actix_web::test]
async fn client_authentication_may_stand_beside_it_and_must_be_the_same_clients() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let other = app.register_granting_partner(ES256).await;
    let with = async |grant: &SigningPartner, client: &SigningPartner| {
        let client = client.assertion().build();
        app.request_token_for(&grant.grant().build(), &by_assertion(&client)).await
    };
    with(&partner, &partner).await.expect(200);
    with(&partner, &other).await.expect_error(400, "invalid_grant");
    let named = async |id: &str| app.request_token_for(&partner.grant().build(), &[("client_id", id)]).await;
    named(&partner.client_id).await.expect(200);
    for id in [other.client_id.as_str(), "cli_none", "orders-service", "orders-app", &partner.client_id.to_uppercase()]
    {
        named(id).await.expect_error(400, "invalid_grant");
    }
    // A proof that is wrong is not made good by the grant.
    let wrong = partner.assertion().signed_by_a_stranger().build();
    let answer = app.request_token_for(&partner.grant().build(), &by_assertion(&wrong)).await;
    answer.expect_error(401, "invalid_client");
    let form = app.form(&[("grant_type", JWT_BEARER), ("assertion", &partner.grant().build())]);
    let answer = Answer::of(form.basic_auth(&partner.client_id, Some("x"))).await;
    assert!(answer.expect_error(401, "invalid_client").header("www-authenticate").is_some());
}

#[actix_web::test]
async fn scope_and_resource_stay_within_the_agreement() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let ask = async |more: &[(&str, &str)]| {
        let subject = json!(new_id("acc"));
        app.request_token_for(&partner.grant().claim("sub", subject).build(), more).await
    };
    assert_eq!(ask(&[]).await.expect(200).text_of("scope"), "orders:read accounts:read");
    assert_eq!(ask(&[("scope", "accounts:read")]).await.expect(200).text_of("scope"), "accounts:read");
    for scope in
        ["orders:write", "orders:read orders:write", "openid", "orders:burn", "partners:manage", "orders:read "]
    {
        ask(&[("scope", scope)]).await.expect_error(400, "invalid_scope");
    }
    for resource in [ADMIN, ISSUER, "http://localhost:8081/", "orders"] {
        ask(&[("resource", resource)]).await.expect_error(400, "invalid_target");
    }
    // What the assertion itself says about scope or client counts for nothing.
    let boastful = partner.grant().claim("scope", json!("orders:write")).claim("client_id", json!("orders-service"));
    let token = app.request_token_for(&boastful.build(), &[]).await.expect(200).access_token();
    assert_eq!(claims(&token)["scope"], "orders:read accounts:read");
    assert_eq!(claims(&token)["client_id"], partner.client_id);
}

#[actix_web::test]
async fn without_an_assertion_the_request_is_invalid() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    for (name, value, status, error) in [
        ("scope", "orders:read", 400, "invalid_request"),
        ("assertion", "", 400, "invalid_request"),
        ("client_assertion", "x", 401, "invalid_client"),
    ] {
        Answer::of(app.form(&[("grant_type", JWT_BEARER), (name, value)])).await.expect_error(status, error);
    }
    let good = partner.grant().build();
    let twice = format!("grant_type={JWT_BEARER}&assertion={good}&assertion={good}");
    Answer::of(app.raw_form(twice)).await.expect_error(400, "invalid_request");
    let in_url = app.request(reqwest::Method::POST, &format!("/oauth/token?assertion={good}"));
    Answer::of(in_url.form(&[("grant_type", JWT_BEARER)])).await.expect_error(400, "invalid_request");
    // The value of an assertion type is no grant type.
    Answer::of(app.form(&[("grant_type", shared_claims::exchange::JWT_BEARER_ASSERTION), ("assertion", &good)]))
        .await
        .expect_error(400, "unsupported_grant_type");
    app.request_token_for(&good, &[]).await.expect(200);
}

/// An access token or another token of ours is no assertion, whoever holds it.
#[actix_web::test]
async fn a_token_of_ours_is_no_assertion() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let token = app.request_token_for(&partner.grant().build(), &[]).await.access_token();
    expect_invalid_grant(&app, &token, "unknown_client").await;
    expect_invalid_grant(&app, &app.operator_token().await, "unknown_client").await;
}

/// Fulfilment: orders-service hands the account's order on. The account is as welcome as its partner.
#[actix_web::test]
async fn the_token_of_an_account_can_be_exchanged_until_its_partner_is_suspended() {
    let app = TestApp::start().await;
    let body = json!({"client_name": "Partner", "scope": "fulfilment:request", "grant_types": [JWT_BEARER]});
    let partner = app.register_with_key(ES256, body).await;
    let account = new_id("acc");
    let assertion = partner.grant().claim("sub", json!(account)).build();
    let token = app.request_token_for(&assertion, &[]).await.expect(200).access_token();
    let exchanged = app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200).access_token();
    assert_eq!(claims(&exchanged)["sub"], account);
    assert!(claims(&exchanged).get("roles").is_none());
    app.suspend(&partner.client_id).await;
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect_error(400, "invalid_request");
}

#[actix_web::test]
async fn keys_that_were_replaced_are_refused_at_once() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let new = Mint::new(ISSUER, app.clock.clone());
    let jwks = json!({"jwks": serde_json::from_str::<Value>(&new.jwks_json()).unwrap()});
    app.change_client(&partner.client_id, &jwks).await.expect(200);
    app.request_token_for(&partner.grant().build(), &[]).await.expect_error(400, "invalid_grant");
    let good = unique(new.assertion(ISSUER, &partner.client_id)).header("typ", json!("JWT")).build();
    app.request_token_for(&good, &[]).await.expect(200);
}
