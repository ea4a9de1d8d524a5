//! The JWT bearer grant (RFC 7523 section 2.1): a partner's program signs for whom it asks.

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use service_kit::ids::new_id;

use crate::assertions::wrong;
use crate::support::{ADMIN, ISSUER, ORDERS, TestApp, by_assertion, claims, expect_invalid_grant, verify};

const ES256: Algorithm = Algorithm::ES256;

#[actix_web::test]
async fn a_partner_gets_a_token_for_itself_with_a_key_of_any_announced_algorithm() {
    let app = TestApp::start().await;
    for algorithm in [ES256, Algorithm::RS256, Algorithm::EdDSA] {
        let partner = app.register_granting_partner(algorithm).await;
        let answer = app.request_token_for(&partner.grant().build(), &[]).await;
        let token = answer.expect(200).access_token();
        let now = app.clock.now().seconds();
        let expected = json!({
            "iss": ISSUER, "sub": partner.client_id, "aud": ORDERS, "exp": now + 300, "nbf": now, "iat": now,
            "jti": claims(&token)["jti"], "client_id": partner.client_id, "scope": "orders:read accounts:read",
        });
        assert_eq!(claims(&token), expected);
        verify(&app, &token, ORDERS).await.unwrap();
        let members = answer.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members, ["access_token", "expires_in", "scope", "token_type"], "no refresh token");
    }
}

/// Whose account it is, nobody here knows: orders-service looks, at every request. So another partner's account, and one
/// that is none, get a token here, which says which partner asked.
#[actix_web::test]
async fn a_partner_gets_a_token_for_an_account_and_it_says_who_asked() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let account = new_id("acc");
    let assertion = partner.grant().claim("sub", json!(account)).build();
    let answer = app.request_token_for(&assertion, &[("scope", "orders:read"), ("resource", ORDERS)]).await;
    let token = verify(&app, &answer.expect(200).access_token(), ORDERS).await.unwrap();
    assert_eq!((token.subject().as_str(), token.client_id().as_str()), (account.as_str(), partner.client_id.as_str()));
    assert_eq!((token.public.scope.to_string().as_str(), token.public.roles.is_empty()), ("orders:read", true));
    let row = app.last_row("token.issue").await;
    assert_eq!((row.outcome.as_str(), row.actor.as_str()), ("allowed", partner.client_id.as_str()));
    assert_eq!((row.subject.as_deref(), row.partner.as_deref()), (Some(&*account), Some(&*partner.client_id)));
}

#[actix_web::test]
async fn a_person_is_no_subject_and_neither_is_anything_else() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let other = app.register_granting_partner(ES256).await;
    let operator = claims(&app.operator_token().await)["sub"].as_str().unwrap().to_owned();
    let account = new_id("acc");
    for subject in [
        operator.as_str(),
        &new_id("usr"),
        "operator@example.com",
        "orders-service",
        "admin-service",
        "orders-app",
        "operator-cli",
        &other.client_id,
        &partner.client_id.to_uppercase(),
        &format!("{} ", partner.client_id),
        &format!("{account} "),
        &format!("{account}0"),
        &account.to_uppercase(),
        &account.replace('-', ""),
        "acc_",
        "acc_1",
        "acc_*",
        "acc_../accounts",
        "acc_' OR 1=1 --",
        &new_id("azn"),
        ISSUER,
        "*",
    ] {
        expect_invalid_grant(&app, &partner.grant().claim("sub", json!(subject)).build(), "assertion_subject").await;
    }
    for subject in [json!(7), json!(null), json!([account]), json!({"sub": account}), json!(""), json!("a\u{0}b")] {
        expect_invalid_grant(&app, &partner.grant().claim("sub", subject).build(), "assertion_claims").await;
    }
}

/// Every change that makes a client assertion bad makes this one bad.
#[actix_web::test]
async fn an_assertion_that_is_wrong_in_any_way_is_an_invalid_grant() {
    let app = TestApp::start().await;
    for algorithm in [ES256, Algorithm::RS256] {
        let partner = app.register_granting_partner(algorithm).await;
        let now = app.clock.now().seconds();
        for (name, assertion) in wrong(|| partner.grant(), partner.mint(), now, &partner.client_id) {
            // RS256 is its own name there.
            if algorithm == Algorithm::RS256 && name == "another algorithm's name" {
                continue;
            }
            let answer = app.request_token_for(&assertion, &[]).await;
            assert_eq!(answer.status, 400, "{name}: {answer:?}");
            answer.expect_error(400, "invalid_grant").expect_no_echo(&[&assertion]);
        }
        app.request_token_for(&partner.grant().build(), &[]).await.expect(200);
    }
}

#[actix_web::test]
async fn every_claim_of_another_type_is_refused() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let now = app.clock.now().seconds();
    let id = &partner.client_id;
    let wrong_types = [
        ("iss", vec![json!(null), json!(7), json!([id]), json!({"id": id}), json!(true)]),
        (
            "aud",
            vec![json!(null), json!(7), json!({"aud": ISSUER}), json!([[ISSUER]]), json!([ISSUER, null]), json!(true)],
        ),
        (
            "exp",
            vec![json!(null), json!((now + 60).to_string()), json!([now + 60]), json!(-1), json!(1e300), json!(true)],
        ),
        ("iat", vec![json!(null), json!(now.to_string()), json!([now]), json!(-1), json!(1e300), json!(false)]),
        ("nbf", vec![json!(null), json!(now.to_string()), json!([now]), json!(-1), json!(1e300), json!({})]),
        ("jti", vec![json!(null), json!(7), json!(["x"]), json!({}), json!(true), json!("")]),
    ];
    for (claim, values) in wrong_types {
        for value in values {
            let answer = app.request_token_for(&partner.grant().claim(claim, value.clone()).build(), &[]).await;
            assert_eq!(answer.status, 400, "{claim} {value}: {answer:?}");
            answer.expect_error(400, "invalid_grant");
        }
    }
    // Ten minutes is the most, to the second.
    for (lifetime, status) in [(600, 200), (601, 400)] {
        let assertion = partner.grant().claim("exp", json!(now + lifetime)).build();
        assert_eq!(app.request_token_for(&assertion, &[]).await.status, status, "{lifetime}");
    }
    app.request_token_for(&partner.grant().without_claim("nbf").build(), &[]).await.expect(200);
    app.request_token_for(&partner.grant().claim("aud", json!([ISSUER])).build(), &[]).await.expect(200);
}

#[actix_web::test]
async fn the_type_may_be_absent_or_one_that_the_standards_know_for_a_grant() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    for typ in ["authorization-grant+jwt", "application/authorization-grant+jwt", "JWT", "jwt"] {
        app.request_token_for(&partner.grant().header("typ", json!(typ)).build(), &[]).await.expect(200);
    }
    app.request_token_for(&partner.grant().without_header("typ").build(), &[]).await.expect(200);
    for typ in ["client-authentication+jwt", "at+jwt", "logout+jwt", "fulfilment-receipt+jwt", "", "JWTx"] {
        let assertion = partner.grant().header("typ", json!(typ)).build();
        app.request_token_for(&assertion, &[]).await.expect_error(400, "invalid_grant");
    }
    app.request_token_by(&partner.grant().build()).await.expect_error(401, "invalid_client");
}

/// CVE-2020-5300. One that has no type could be meant for either; it is good for the first of the two.
#[actix_web::test]
async fn cve_2020_5300_an_assertion_is_good_once_for_one_of_its_uses() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let grant = partner.grant().build();
    app.request_token_for(&grant, &[]).await.expect(200);
    expect_invalid_grant(&app, &grant, "assertion_replayed").await;
    let untyped = || partner.grant().without_header("typ");
    let as_grant_first = untyped().build();
    app.request_token_for(&as_grant_first, &[]).await.expect(200);
    app.request_token_by(&as_grant_first).await.expect_error(401, "invalid_client");
    assert_eq!(app.last_row("token.issue").await.reason.as_deref(), Some("assertion_replayed"));
    let as_client_first = untyped().build();
    app.request_token_by(&as_client_first).await.expect(200);
    expect_invalid_grant(&app, &as_client_first, "assertion_replayed").await;
    let both = untyped().build();
    app.request_token_for(&both, &by_assertion(&both)).await.expect_error(400, "invalid_grant");
    // The name is spent, not the text; and also where the request fails after that.
    let named = |assertion: &str| claims(assertion)["jti"].clone();
    let same_name = partner.grant().claim("jti", named(&grant)).claim("scope", json!("x")).build();
    expect_invalid_grant(&app, &same_name, "assertion_replayed").await;
    let failed = partner.grant().build();
    app.request_token_for(&failed, &[("scope", "orders:write")]).await.expect_error(400, "invalid_scope");
    expect_invalid_grant(&app, &failed, "assertion_replayed").await;
    let other = app.register_granting_partner(ES256).await;
    app.request_token_for(&other.grant().claim("jti", named(&grant)).build(), &[]).await.expect(200);
}

#[actix_web::test]
async fn of_many_uses_at_once_exactly_one_wins_also_across_replicas_and_uses() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let partner = app.register_granting_partner(ES256).await;
    for _ in 0..3 {
        let assertion = partner.grant().without_header("typ").build();
        let tries = (0..8).map(async |n| {
            let at = if n % 2 == 0 { &app } else { &replica };
            if n < 4 { at.request_token_for(&assertion, &[]).await } else { at.request_token_by(&assertion).await }
        });
        let answers = join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            let code = if answer.status == 400 { "invalid_grant" } else { "invalid_client" };
            answer.expect_error(answer.status, code);
        }
    }
}

/// Neither the algorithm that the text names nor a key that it brings is believed.
#[actix_web::test]
async fn cve_2015_2951_and_2016_10555_no_algorithm_and_no_secret_stands_for_the_key() {
    let app = TestApp::start().await;
    for algorithm in [ES256, Algorithm::RS256, Algorithm::EdDSA] {
        let partner = app.register_granting_partner(algorithm).await;
        for alg in
            [json!("none"), json!("None"), json!("nOnE"), json!(""), json!(null), json!(["none"]), json!("HS256")]
        {
            let unsigned = partner.grant().header("alg", alg).signature_bytes([]).build();
            app.request_token_for(&unsigned, &[]).await.expect_error(400, "invalid_grant");
        }
        let jwks = partner.mint().jwks_json();
        let key = serde_json::from_str::<Value>(&jwks).unwrap()["keys"][0].clone();
        for secret in [jwks.clone(), key.to_string(), key["n"].to_string(), key["x"].as_str().unwrap_or("").to_owned()]
        {
            let forged = partner.grant().hmac_sha256(secret.as_bytes()).build();
            app.request_token_for(&forged, &[]).await.expect_error(400, "invalid_grant");
        }
    }
}

/// CVE-2025-27370 and CVE-2025-27371: only the issuer identifier, alone, is our name.
#[actix_web::test]
async fn cve_2025_27370_and_2025_27371_an_assertion_for_any_other_name_is_refused() {
    let app = TestApp::start().await;
    let partner = app.register_granting_partner(ES256).await;
    let token_endpoint = format!("{ISSUER}/oauth/token");
    for audience in [
        json!(token_endpoint),
        json!([token_endpoint]),
        json!([ISSUER, token_endpoint]),
        json!([ISSUER, "https://attacker.example"]),
        json!([ISSUER, ISSUER]),
        json!("https://attacker.example"),
        json!(format!("{ISSUER}/")),
        json!(ISSUER.to_uppercase()),
        json!(format!("http://127.0.0.1:{}", app.port())),
        json!(ORDERS),
        json!(ADMIN),
        json!([]),
    ] {
        expect_invalid_grant(&app, &partner.grant().claim("aud", audience).build(), "assertion_claims").await;
    }
}
