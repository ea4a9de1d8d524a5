//! The code: good once, for 60 seconds, for the client that it was issued to, where it was sent to, with the verifier that
//! only the client knows.

use std::time::Duration;

use serde_json::json;
use service_kit::Outcome;

use crate::support::{
    Answer, Ask, ISSUER, Partner, REDIRECT_URI, TestApp, VERIFIER, challenge_of, claims, logged, parameter,
};

const SCOPE: &str = "openid orders:read";
const CUSTOMER: &str = "customer@example.com";

async fn code_of(app: &TestApp, partner: &Partner) -> String {
    app.customer(CUSTOMER).await.code_for(&Ask::of(&partner.client_id, SCOPE)).await
}

#[actix_web::test]
async fn whatever_is_wrong_with_its_use_the_code_is_not_spent() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let code = code_of(&app, &partner).await;
    let lower = VERIFIER.to_lowercase();
    let (challenge, long) = (challenge_of(VERIFIER), VERIFIER.repeat(4));
    for (name, value) in [
        ("redirect_uri", "https://partner.example/other"),
        ("redirect_uri", "https://partner.example/callback/"),
        ("redirect_uri", "https://PARTNER.example/callback"),
        ("code_verifier", lower.as_str()),
        ("code_verifier", &challenge),
        ("code_verifier", &VERIFIER[..42]),
        ("code_verifier", &long),
        ("code_verifier", "x"),
        ("code", "unknown"),
        ("code", &format!("{code} ")),
        ("code", &code[..code.len() - 1]),
        ("code", &code.to_uppercase()),
    ] {
        let answer = app.redeem_code(&partner, &code, &[(name, value)]).await;
        answer.expect_error(400, "invalid_grant").expect_no_echo(&[&code, VERIFIER]);
    }
    for name in ["code", "redirect_uri", "code_verifier"] {
        app.redeem_code(&partner, &code, &[(name, "")]).await.expect_error(400, "invalid_request");
    }
    let in_url = app.request(reqwest::Method::POST, &format!("/oauth/token?code={code}"));
    let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    let in_url = in_url.form(&form).basic_auth(&partner.client_id, Some(&partner.secret));
    Answer::of(in_url).await.expect_error(400, "invalid_request");
    let (wrong, nobody) = (
        Partner { secret: "wrong".to_owned(), ..partner.clone() },
        Partner { secret: String::new(), ..partner.clone() },
    );
    for client in [wrong, nobody] {
        app.redeem_code(&client, &code, &[]).await.expect_error(401, "invalid_client");
    }
    app.redeem_code(&partner, &code, &[("resource", "https://evil.example")]).await.expect_error(400, "invalid_target");
    app.redeem_code(&partner, &code, &[("scope", "orders:write")]).await.expect_error(400, "invalid_scope");
    app.redeem_code(&partner, &code, &[]).await.expect(200);
}

/// RFC 9700 section 4.8.2: neither half of PKCE can be left out. A request without a challenge gets no code
/// (`authorize_requests.rs`), and a code is not redeemed without its verifier.
#[actix_web::test]
async fn a_public_client_redeems_by_its_verifier_alone_and_not_without() {
    let app = TestApp::start().await;
    let partner = app.register_with(SCOPE, &json!({"token_endpoint_auth_method": "none"})).await;
    assert_eq!(partner.secret, "");
    let code = code_of(&app, &partner).await;
    app.redeem_code(&partner, &code, &[("code_verifier", "")]).await.expect_error(400, "invalid_request");
    let other = challenge_of("other");
    app.redeem_code(&partner, &code, &[("code_verifier", &other)]).await.expect_error(400, "invalid_grant");
    let with_secret = Partner { secret: "x".to_owned(), ..partner.clone() };
    app.redeem_code(&with_secret, &code, &[]).await.expect_error(401, "invalid_client");
    app.redeem_code(&partner, &code, &[]).await.expect(200);
}

/// A verifier that could be guessed is none, even if the challenge was made of it.
#[actix_web::test]
async fn a_short_verifier_redeems_nothing() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    for (verifier, status) in
        [("x".repeat(42), 400), ("x".repeat(43), 200), ("~".repeat(128), 200), ("x".repeat(129), 400)]
    {
        let ask = Ask::of(&partner.client_id, SCOPE).with("code_challenge", &challenge_of(&verifier));
        let code = browser.code_for(&ask).await;
        app.redeem_code(&partner, &code, &[("code_verifier", &verifier)]).await.expect(status);
    }
}

#[actix_web::test]
async fn a_code_lives_sixty_seconds() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    for (micros, status) in [(59_999_999, 200), (60_000_000, 400)] {
        let code = browser.code_for(&ask).await;
        app.clock.advance(Duration::from_micros(micros));
        app.redeem_code(&partner, &code, &[]).await.expect(status);
    }
}

/// Whoever signs out before the client has its tokens has changed their mind.
#[actix_web::test]
async fn a_code_ends_with_the_session() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let code = browser.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    browser.submit(&browser.open("/sign-out").await.form("/sign-out")).await.expect(303);
    app.redeem_code(&partner, &code, &[]).await.expect_error(400, "invalid_grant");
    assert_eq!(app.last_row("token.issue").await.reason.as_deref(), Some("revoked"));
}

/// An attacker who got hold of a code puts it into a flow of their own (RFC 9700 section 4.5): the client sends the
/// verifier of that flow.
#[actix_web::test]
async fn code_injection_a_code_is_no_good_in_another_flow() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let (victim, attacker) = (app.customer(CUSTOMER).await, app.customer("attacker@example.com").await);
    let of_attacker = "attacker".repeat(6);
    let ask = Ask::of(&partner.client_id, SCOPE);
    let stolen = victim.code_for(&ask).await;
    let own = attacker.code_for(&ask.with("code_challenge", &challenge_of(&of_attacker))).await;
    let injected = app.redeem_code(&partner, &stolen, &[("code_verifier", &of_attacker)]).await;
    injected.expect_error(400, "invalid_grant");
    // The other way it is a sign-in as the attacker (login CSRF): the victim's client has another verifier too.
    app.redeem_code(&partner, &own, &[]).await.expect_error(400, "invalid_grant");
    app.redeem_code(&partner, &stolen, &[]).await.expect(200);
}

/// Mix-up (RFC 9700 section 4.4): a client of several servers knows by `iss` whose answer it holds.
#[actix_web::test]
async fn mix_up_every_answer_names_the_issuer_that_the_metadata_names() {
    let app = TestApp::start().await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(
        (metadata["issuer"].as_str(), &metadata["authorization_response_iss_parameter_supported"]),
        (Some(ISSUER), &json!(true))
    );
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    for decision in ["deny", "allow"] {
        let location = browser.decide(&ask, decision).await.header("location").unwrap().to_owned();
        assert_eq!(parameter(&location, "iss").as_deref(), Some(ISSUER));
    }
}

#[actix_web::test]
async fn what_is_given_and_issued_is_in_the_audit_trail_and_no_secret_is() {
    let app = TestApp::start().await;
    let user_id = app.create_user("person@example.com", crate::support::PASSWORD, &["customer"]).await;
    let browser = app.browser_of("person@example.com", crate::support::PASSWORD).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let code = browser.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    let given = app.last_row("authorization.give").await;
    assert_eq!(
        (given.outcome, given.actor.as_str(), given.subject.as_deref()),
        (Outcome::Allowed, user_id.as_str(), Some(user_id.as_str()))
    );
    assert_eq!(given.partner.as_deref(), Some(partner.client_id.as_str()));
    let tokens = app.redeem_code(&partner, &code, &[]).await;
    let access = claims(&tokens.expect(200).access_token());
    assert_eq!(given.object.as_deref(), access["origin_jti"].as_str());
    let issued = app.last_row("token.issue").await;
    assert_eq!(
        (issued.outcome, issued.actor.as_str(), issued.subject.as_deref()),
        (Outcome::Allowed, partner.client_id.as_str(), Some(user_id.as_str()))
    );
    assert_eq!(issued.object.as_deref(), access["jti"].as_str());
    let refreshed = app.refresh(&partner, &tokens.refresh_token()).await;
    let row = app.last_row("token.refresh").await;
    assert_eq!(row.object.as_deref(), claims(&refreshed.expect(200).access_token())["jti"].as_str());

    let trail = app.trail_text().await;
    let secrets =
        [tokens.refresh_token(), refreshed.refresh_token(), tokens.access_token(), tokens.text_of("id_token"), code];
    for secret in &secrets {
        assert!(!trail.contains(secret.as_str()) && !logged(secret), "{secret}");
    }
}
