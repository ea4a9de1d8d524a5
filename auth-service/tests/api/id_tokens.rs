//! ID tokens (OpenID Connect Core section 2): what they say, who can check it, and that no API takes one.

use std::sync::Arc;
use std::time::Duration;

use auth_service::routes::endpoints;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::json;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{IdToken, Kind as _};
use shared_claims::extract::Access;
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::KeySet;
use shared_claims::verify::Verifier;

use crate::support::{ADMIN, Answer, Ask, ISSUER, ORDERS, TestApp, claims, header, verify};

const SCOPE: &str = "openid profile email orders:read";
const CUSTOMER: &str = "customer@example.com";

/// As a client does: by the keys that are published, for itself.
async fn is_good_for(app: &TestApp, id_token: &str, client_id: &str) -> bool {
    let keys = KeySet::from_json(app.get("/.well-known/jwks.json").await.text.as_bytes()).unwrap();
    let (issuer, audience) = (Issuer::new(ISSUER).unwrap(), Audience::new(client_id).unwrap());
    let agreement = Agreement::new(issuer, audience, IdToken::TYP, &[Algorithm::ES256]).unwrap();
    Verifier::<IdToken>::new(agreement, Arc::new(keys), app.clock.clock()).verify(id_token.as_bytes()).await.is_ok()
}

/// The left half of the SHA-256 (section 3.1.3.6).
fn half_hash(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

#[actix_web::test]
async fn it_says_who_signed_in_when_and_how_and_nothing_about_them() {
    let app = TestApp::start().await;
    let signed_in_at = app.clock.now().seconds();
    let browser = app.customer(CUSTOMER).await;
    let (partner, other) = (app.register_for_people("Acme", SCOPE).await, app.register_for_people("B", SCOPE).await);
    app.clock.advance(Duration::from_secs(100));
    let ask = Ask::of(&partner.client_id, SCOPE).with("nonce", "n-0S6_WzA2Mj\"<");
    let tokens = app.redeem_code(&partner, &browser.code_for(&ask).await, &[]).await;
    let (access_token, id_token) = (tokens.expect(200).access_token(), tokens.text_of("id_token"));
    let (token, access) = (claims(&id_token), claims(&access_token));
    assert_eq!(header(&id_token)["typ"], "JWT");
    let members = ["acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "jti", "nonce", "sid", "sub"];
    assert_eq!(token.as_object().unwrap().keys().filter(|name| *name != "nbf").collect::<Vec<_>>(), members, "{token}");
    assert_eq!((&token["iss"], &token["aud"]), (&json!(ISSUER), &json!(partner.client_id)));
    assert_eq!((&token["sub"], &token["nonce"]), (&access["sub"], &json!("n-0S6_WzA2Mj\"<")));
    assert_eq!((&token["acr"], &token["amr"]), (&json!("urn:jwt-reference:password"), &json!(["pwd"])));
    assert_eq!((&token["auth_time"], &access["auth_time"]), (&json!(signed_in_at), &json!(signed_in_at)));
    assert_eq!((&token["iat"], &token["exp"]), (&json!(signed_in_at + 100), &json!(signed_in_at + 400)));
    assert_eq!(token["at_hash"], half_hash(&access_token));
    assert!(token["sid"].as_str().unwrap().starts_with("ses_"));
    assert!(is_good_for(&app, &id_token, &partner.client_id).await);
    assert!(!is_good_for(&app, &id_token, &other.client_id).await);

    // Another client in the same session: the same sid, no nonce if none was sent.
    let others = claims(&app.granted(&browser, &other, SCOPE).await.text_of("id_token"));
    assert!(others["sid"] == token["sid"] && others["aud"] == other.client_id.as_str(), "{others}");
    assert!(others.get("nonce").is_none() && others["jti"] != token["jti"], "{others}");
}

#[actix_web::test]
async fn a_new_sign_in_is_another_session_and_another_time() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let first = claims(&app.granted(&browser, &partner, SCOPE).await.text_of("id_token"));
    app.clock.advance(Duration::from_secs(10));
    let again = app.browser_of(CUSTOMER, crate::support::PASSWORD).await;
    let second = claims(&app.granted(&again, &partner, SCOPE).await.text_of("id_token"));
    assert!(first["sid"] != second["sid"] && first["sub"] == second["sub"], "{first} {second}");
    assert_eq!(second["auth_time"].as_u64(), first["auth_time"].as_u64().map(|time| time + 10));
}

#[actix_web::test]
async fn without_openid_there_is_none() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, "orders:read").with("nonce", "n");
    let tokens = app.redeem_code(&partner, &browser.code_for(&ask).await, &[]).await;
    assert!(tokens.expect(200).json()["id_token"].is_null(), "{tokens:?}");
}

#[actix_web::test]
async fn no_endpoint_takes_an_id_token_for_an_access_token() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let tokens = app.granted(&browser, &partner, SCOPE).await;
    let id_token = tokens.text_of("id_token");
    for endpoint in endpoints() {
        if matches!(endpoint.access, Access::Permission(_)) {
            let path = endpoint.path.replace(['{', '}'], "");
            let request = app.request(endpoint.method.as_str().parse().unwrap(), &path);
            Answer::of(request.bearer_auth(&id_token)).await.expect_problem(401);
        }
    }
    for audience in [ORDERS, ADMIN, ISSUER, partner.client_id.as_str()] {
        assert!(verify(&app, &id_token, audience).await.is_err(), "{audience}");
    }
    app.exchange("orders-service", &id_token, ADMIN, &[]).await.expect_error(400, "invalid_request");
    app.refresh(&partner, &id_token).await.expect_error(400, "invalid_grant");
    // Nor the other way.
    assert!(!is_good_for(&app, &tokens.access_token(), &partner.client_id).await);
    assert!(!is_good_for(&app, &tokens.access_token(), ORDERS).await);
}
