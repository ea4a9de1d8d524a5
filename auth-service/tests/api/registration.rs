//! `/clients`: grant types, redirect URIs, public clients and identity scopes (RFC 7591 section 2).

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, JWT_BEARER, TestApp};

const CALLBACK: &str = "https://partner.example/callback";

/// A registration with these members.
fn with(members: &Value) -> Value {
    let mut body = json!({"client_name": "Partner", "scope": "orders:read"});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

async fn show(app: &TestApp, client_id: &str) -> Answer {
    app.manage(Method::GET, &format!("/clients/{client_id}"), None).await
}

#[actix_web::test]
async fn the_grant_types_follow_from_the_rest_where_they_are_left_out() {
    let app = TestApp::start().await;
    let (uris, public) = (json!([CALLBACK]), "none");
    for (members, grants) in [
        (json!({}), json!(["client_credentials"])),
        (json!({"redirect_uris": null, "grant_types": null}), json!(["client_credentials"])),
        (json!({"redirect_uris": uris}), json!(["authorization_code", "refresh_token", "client_credentials"])),
        (
            json!({"redirect_uris": uris, "token_endpoint_auth_method": public}),
            json!(["authorization_code", "refresh_token"]),
        ),
    ] {
        assert_eq!(app.register(&with(&members)).await.expect(201).json()["grant_types"], grants, "{members}");
    }
}

#[actix_web::test]
async fn what_was_registered_is_shown() {
    let app = TestApp::start().await;
    let members = json!({
        "redirect_uris": [CALLBACK, "http://127.0.0.1/callback", "http://[::1]/callback", "http://localhost:1/callback"],
        "post_logout_redirect_uris": ["https://partner.example/signed-out?x=%2F"],
        "grant_types": ["authorization_code"],
        "scope": "orders:read openid profile email offline_access",
        "token_endpoint_auth_method": "client_secret_post",
    });
    let answer = app.register(&with(&members)).await;
    answer.expect(201).text_of("client_secret");
    let shown = show(&app, &answer.text_of("client_id")).await.expect(200).json();
    for (name, value) in members.as_object().unwrap() {
        assert_eq!((&answer.json()[name], &shown[name]), (value, value), "{name}");
    }
    let listed = app.manage(Method::GET, "/clients", None).await.json();
    assert_eq!(listed["items"][0], shown);
}

#[actix_web::test]
async fn a_public_client_has_no_secret_and_gets_none() {
    let app = TestApp::start().await;
    let members = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"});
    let answer = app.register(&with(&members)).await;
    let client = answer.expect(201).json();
    assert!(client.get("client_secret").is_none() && client.get("client_secret_expires_at").is_none(), "{client}");
    assert_eq!((&client["secrets"], &client["token_endpoint_auth_method"]), (&json!([]), &json!("none")));
    app.add_secret(&answer.text_of("client_id"), &json!({})).await.expect_problem(409);
}

#[actix_web::test]
async fn a_member_that_is_wrong_is_named() {
    let app = TestApp::start().await;
    let many = |count: usize| (0..count).map(|n| format!("https://partner.example/{n}")).collect::<Vec<_>>();
    let code = json!(["authorization_code"]);
    let cases = [
        (json!({"grant_types": []}), "/grant_types"),
        (json!({"grant_types": ["password"]}), "/grant_types"),
        (json!({"grant_types": ["Implicit"]}), "/grant_types"),
        (json!({"grant_types": ["client_credentials", "CLIENT_CREDENTIALS"]}), "/grant_types"),
        (json!({"grant_types": ["client_credentials", ""]}), "/grant_types"),
        (json!({"grant_types": [shared_claims::exchange::TOKEN_EXCHANGE]}), "/grant_types"),
        (json!({"grant_types": "client_credentials"}), "/grant_types"),
        (json!({"grant_types": {}}), "/grant_types"),
        (json!({"grant_types": ["refresh_token"]}), "/grant_types"),
        (json!({"grant_types": ["client_credentials", "refresh_token"]}), "/grant_types"),
        (json!({"grant_types": code}), "/redirect_uris"),
        (json!({"grant_types": ["client_credentials"], "redirect_uris": [CALLBACK]}), "/redirect_uris"),
        (json!({"redirect_uris": []}), "/redirect_uris"),
        (json!({"redirect_uris": [""]}), "/redirect_uris"),
        (json!({"redirect_uris": CALLBACK}), "/redirect_uris"),
        (json!({"redirect_uris": [CALLBACK, "http://partner.example/callback"]}), "/redirect_uris"),
        (json!({"redirect_uris": ["https://partner.example/callback#x"]}), "/redirect_uris"),
        (json!({"redirect_uris": ["https://*.partner.example/callback"]}), "/redirect_uris"),
        (json!({"redirect_uris": ["https://user@partner.example/callback"]}), "/redirect_uris"),
        (json!({"redirect_uris": ["https://p\u{430}rtner.example/callback"]}), "/redirect_uris"),
        (json!({"redirect_uris": ["https://partner.example/\r\nx"]}), "/redirect_uris"),
        (json!({"redirect_uris": ["myapp://callback"]}), "/redirect_uris"),
        (json!({"redirect_uris": many(11)}), "/redirect_uris"),
        (json!({"post_logout_redirect_uris": [CALLBACK]}), "/post_logout_redirect_uris"),
        (json!({"redirect_uris": [CALLBACK], "post_logout_redirect_uris": ["/x"]}), "/post_logout_redirect_uris"),
        (json!({"redirect_uris": [CALLBACK], "post_logout_redirect_uris": many(11)}), "/post_logout_redirect_uris"),
        (json!({"token_endpoint_auth_method": "none"}), "/redirect_uris"),
        (json!({"token_endpoint_auth_method": "None"}), "/token_endpoint_auth_method"),
        (json!({"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]}), "/grant_types"),
        (json!({"token_endpoint_auth_method": "none", "grant_types": [JWT_BEARER]}), "/grant_types"),
        (json!({"grant_types": [JWT_BEARER]}), "/jwks"),
        (json!({"first_party": true}), "/first_party"),
        (json!({"response_types": ["code"]}), "/response_types"),
    ];
    for (members, field) in cases {
        let answer = app.register(&with(&members)).await;
        assert_eq!(answer.status, 422, "{members}: {answer:?}");
        answer.expect_fields(&[field]).expect_no_echo(&["p\u{430}rtner", "myapp"]);
    }
    // The element has a place of its own where its type is wrong.
    for (name, field) in [("redirect_uris", "/redirect_uris/0"), ("grant_types", "/grant_types/0")] {
        app.register(&with(&json!({name: [1]}))).await.expect_fields(&[field]);
    }
    assert!(app.manage(Method::GET, "/clients", None).await.ids("client_id").is_empty());
    app.register(&with(&json!({"redirect_uris": many(10)}))).await.expect(201);
}

#[actix_web::test]
async fn all_wrong_members_are_named_at_once() {
    let app = TestApp::start().await;
    let members =
        json!({"grant_types": ["x"], "redirect_uris": ["x"], "post_logout_redirect_uris": ["x"], "scope": ""});
    let fields = ["/scope", "/grant_types", "/redirect_uris", "/post_logout_redirect_uris"];
    app.register(&with(&members)).await.expect_fields(&fields);
}

/// The grant needs the keys, whatever the client proves itself with.
#[actix_web::test]
async fn keys_go_with_the_jwt_bearer_grant_too() {
    let app = TestApp::start().await;
    for method in ["client_secret_basic", "client_secret_post", "private_key_jwt"] {
        let body = with(&json!({"grant_types": [JWT_BEARER], "token_endpoint_auth_method": method}));
        let partner = app.register_with_key(Algorithm::ES256, body).await;
        let shown = show(&app, &partner.client_id).await.json();
        assert_eq!((&shown["grant_types"], shown["jwks"].is_object()), (&json!([JWT_BEARER]), true));
        let jwks = json!({"jwks": shown["jwks"]});
        app.change_client(&partner.client_id, &jwks).await.expect(200);
        app.request_token_for(&partner.grant().build(), &[]).await.expect(200);
    }
}

/// RFC 6749 section 5.2: who they are is known, and that they may not.
#[actix_web::test]
async fn a_client_uses_no_grant_that_it_is_not_registered_for() {
    let app = TestApp::start().await;
    let members = json!({"redirect_uris": [CALLBACK], "grant_types": ["authorization_code"]});
    let answer = app.register(&with(&members)).await;
    let (id, secret) = (answer.text_of("client_id"), answer.text_of("client_secret"));
    for grant in ["client_credentials", shared_claims::exchange::TOKEN_EXCHANGE, JWT_BEARER] {
        let form = app.form(&[("grant_type", grant)]).basic_auth(&id, Some(&secret));
        Answer::of(form).await.expect_error(400, "unauthorized_client");
        let action = if grant == shared_claims::exchange::TOKEN_EXCHANGE { "token.exchange" } else { "token.issue" };
        let row = app.last_row(action).await;
        assert_eq!((row.actor.as_str(), row.reason.as_deref()), (id.as_str(), Some("grant_not_of_client")));
    }
}

/// At an API they mean nothing, so no token for one has them: neither asked for nor by default.
#[actix_web::test]
async fn identity_scopes_are_in_no_token_for_an_api() {
    let app = TestApp::start().await;
    let partner = app.register_partner("openid profile email offline_access orders:read").await;
    assert_eq!(app.request_token(&partner, &[]).await.expect(200).text_of("scope"), "orders:read");
    for scope in ["openid", "profile", "email", "offline_access", "openid orders:read"] {
        app.request_token(&partner, &[("scope", scope)]).await.expect_error(400, "invalid_scope");
    }
    let nothing_else = app.register_partner("openid").await;
    app.request_token(&nothing_else, &[]).await.expect_error(400, "invalid_scope");
}
