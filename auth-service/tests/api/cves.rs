//! Flaws that others had, each by its name. Those of tokens at resource servers are in shared-claims; `CVE-2025-22228` is
//! in `passwords`, `CVE-2026-15573` in `routes`.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use shared_claims::testing::Mint;

use crate::support::{ADMIN, ISSUER, TestApp, unique};

/// Hydra: the `jti` of an assertion was not checked, so that whoever saw one could use it again.
#[actix_web::test]
async fn cve_2020_5300_an_assertion_is_good_once() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let assertion = partner.assertion().build();
    app.request_token_by(&assertion).await.expect(200);
    for _ in 0..3 {
        app.request_token_by(&assertion).await.expect_error(401, "invalid_client");
    }
    let jti = crate::support::claims(&assertion)["jti"].clone();
    let same_name = partner.assertion().claim("jti", jti.clone()).claim("scope", json!("x")).build();
    app.request_token_by(&same_name).await.expect_error(401, "invalid_client");
    let other = app.register_signing_partner(Algorithm::ES256).await;
    let of_another = other.assertion().claim("jti", jti).build();
    app.request_token_by(&of_another).await.expect(200);
}

/// An assertion that is spent by a failed request is spent all the same.
#[actix_web::test]
async fn cve_2020_5300_an_assertion_is_good_once_also_when_the_grant_fails() {
    let app = TestApp::start().await;
    let token = app.operator_token().await;
    let assertion = app.peers.assertion("admin-service").build();
    let form = [("grant_type", "client_credentials")];
    let once = app.form(&[form.as_slice(), &crate::support::by_assertion(&assertion)].concat());
    crate::support::Answer::of(once).await.expect_error(400, "unauthorized_client");
    let exchange = [
        ("grant_type", shared_claims::exchange::TOKEN_EXCHANGE),
        ("subject_token", token.as_str()),
        ("subject_token_type", shared_claims::exchange::ACCESS_TOKEN_TYPE),
        ("resource", ISSUER),
    ];
    let again = app.form(&[exchange.as_slice(), &crate::support::by_assertion(&assertion)].concat());
    crate::support::Answer::of(again).await.expect_error(401, "invalid_client");
}

/// Audience injection: an assertion that a client made for another server, or for a name that another server chose, is
/// replayed here. Only the issuer identifier, alone, is our name. CVE-2025-27371 is that for RFC 7523, CVE-2025-27370
/// for OpenID Connect Core.
#[actix_web::test]
async fn cve_2025_27370_an_assertion_for_any_other_name_than_the_issuer_is_refused() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let token_endpoint = format!("{ISSUER}/oauth/token");
    let audiences: [Value; 9] = [
        json!(token_endpoint),
        json!([token_endpoint]),
        json!([ISSUER, token_endpoint]),
        json!([ISSUER, "https://attacker.example"]),
        json!([ISSUER, ISSUER]),
        json!("https://attacker.example"),
        json!(format!("{ISSUER}/.well-known/oauth-authorization-server")),
        json!(format!("http://127.0.0.1:{}", app.port())),
        json!(ADMIN),
    ];
    for audience in audiences {
        let assertion = partner.assertion().claim("aud", audience.clone()).build();
        let answer = app.request_token_by(&assertion).await;
        assert_eq!(answer.status, 401, "{audience}");
        answer.expect_error(401, "invalid_client");
    }
}

/// A client that was disabled still got tokens for its assertions.
#[actix_web::test]
async fn cve_2026_1609_a_disabled_partys_assertion_is_refused() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    app.request_token_by(&partner.assertion().build()).await.expect(200);
    app.suspend(&partner.client_id).await;
    app.request_token_by(&partner.assertion().build()).await.expect_error(401, "invalid_client");
    assert_eq!(app.last_row("token.issue").await.reason.as_deref(), Some("suspended_client"));
    app.resume(&partner.client_id).await;
    app.request_token_by(&partner.assertion().build()).await.expect(200);
    app.delete_client(&partner.client_id).await;
    app.request_token_by(&partner.assertion().build()).await.expect_error(401, "invalid_client");
}

#[actix_web::test]
async fn cve_2015_2951_and_2020_28042_an_assertion_without_a_signature_is_refused() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    for alg in [json!("none"), json!("None"), json!("NONE"), json!("nOnE"), json!(""), json!(null), json!(["none"])] {
        let unsigned = partner.assertion().header("alg", alg).signature_bytes([]).build();
        app.request_token_by(&unsigned).await.expect_error(401, "invalid_client");
    }
    let cut = partner.assertion().build().rsplit_once('.').unwrap().0.to_owned();
    for token in [format!("{cut}."), cut] {
        app.request_token_by(&token).await.expect_error(401, "invalid_client");
    }
}

/// The public key as the secret of an HMAC, for the RSA key that this was about first.
#[actix_web::test]
async fn cve_2016_10555_a_public_key_is_no_hmac_secret() {
    let app = TestApp::start().await;
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let partner = app.register_signing_partner(algorithm).await;
        let jwks = partner.mint().jwks_json();
        let key = serde_json::from_str::<Value>(&jwks).unwrap()["keys"][0].clone();
        for secret in [jwks.clone(), key.to_string(), key["n"].to_string(), key["x"].as_str().unwrap_or("").to_owned()]
        {
            let forged = partner.assertion().hmac_sha256(secret.as_bytes()).build();
            app.request_token_by(&forged).await.expect_error(401, "invalid_client");
        }
    }
}

/// The token brings the key that it is checked with, or says where to fetch it. Nothing is fetched.
#[actix_web::test]
async fn cve_2018_0114_and_2026_27962_a_key_in_the_assertion_is_not_believed() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    let stranger = Mint::new(ISSUER, app.clock.clone());
    let jwk = serde_json::from_str::<Value>(&stranger.jwks_json()).unwrap()["keys"][0].clone();
    let here = app.peers.location("stranger");
    let before = app.peers.asked();
    for (name, value) in
        [("jwk", jwk), ("jku", json!(here)), ("x5u", json!(here)), ("x5c", json!(["MIIB"])), ("kid", json!(here))]
    {
        let forged = unique(stranger.assertion(ISSUER, &partner.client_id)).header(name, value);
        app.request_token_by(&forged.build()).await.expect_error(401, "invalid_client");
    }
    let of_ours = unique(stranger.assertion(ISSUER, "admin-service")).header("jku", json!(here)).build();
    app.request_token_by(&of_ours).await.expect_error(401, "invalid_client");
    assert!(!app.peers.asked().iter().skip(before.len()).any(|path| path.contains("stranger")));
}
