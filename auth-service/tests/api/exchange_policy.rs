//! Who may exchange what for what: the whole grid, of which five cells are allowed and all others refused.

use serde_json::json;
use shared_claims::exchange::{ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE};
use shared_claims::scope::Scope;

use crate::support::{ADMIN, Answer, ISSUER, OPERATOR, ORDERS, TestApp, by_assertion, claims};

/// Client, scope of the subject token, resource, scope of the new token: DESIGN.md, "Who may do what".
const POLICY: [(&str, &str, &str, &str); 5] = [
    ("orders-service", "fulfilment:request", ADMIN, "fulfilment:accept"),
    ("admin-service", "partners:manage", ISSUER, "clients:manage users:manage"),
    ("admin-service", "keys:manage", ISSUER, "keys:manage"),
    ("admin-service", "audit:read", ISSUER, "audit:read"),
    ("admin-service", "audit:read", ORDERS, "audit:read"),
];

fn own_audience(client: &str) -> &'static str {
    if client == "orders-service" { ORDERS } else { ADMIN }
}

async fn operator_id(app: &TestApp) -> String {
    let token = app.log_in(OPERATOR, &app.operator_password()).await.access_token();
    claims(&token)["sub"].as_str().unwrap().to_owned()
}

/// A subject token with any scope, of somebody who is welcome.
async fn subject_token(app: &TestApp, client: &str, operator: &str, scope: &str) -> String {
    let token = app.mint.operator_token(own_audience(client), scope, &["manager", "auditor", "fulfiller"]);
    token.claim("sub", json!(operator)).build()
}

#[actix_web::test]
async fn of_all_combinations_exactly_the_policys_rows_are_allowed() {
    let app = TestApp::start().await;
    let operator = operator_id(&app).await;
    let mut allowed = 0;
    for client in ["orders-service", "admin-service"] {
        for resource in [ORDERS, ADMIN, ISSUER] {
            let rows = POLICY.iter().filter(|row| row.0 == client && row.2 == resource).collect::<Vec<_>>();
            for held in Scope::ALL {
                let token = subject_token(&app, client, &operator, held.as_str()).await;
                let answer = app.exchange(client, &token, resource, &[]).await;
                let cell = format!("{client} {held} {resource}: {answer:?}");
                match rows.iter().find(|row| row.1 == held.as_str()) {
                    Some(row) => {
                        assert_eq!(answer.status, 200, "{cell}");
                        assert_eq!(answer.text_of("scope"), row.3, "{cell}");
                        assert_eq!(claims(&answer.access_token())["aud"], resource, "{cell}");
                        allowed += 1;
                    }
                    None => {
                        let code = if rows.is_empty() { "invalid_target" } else { "invalid_scope" };
                        assert_eq!((answer.status, answer.text_of("error").as_str()), (400, code), "{cell}");
                    }
                }
            }
        }
    }
    assert_eq!(allowed, POLICY.len());
}

#[actix_web::test]
async fn several_rows_add_up_and_the_scope_asked_for_narrows() {
    let app = TestApp::start().await;
    let operator = operator_id(&app).await;
    let token = subject_token(&app, "admin-service", &operator, "partners:manage keys:manage audit:read").await;
    let exchange = async |more: &[(&str, &str)]| app.exchange("admin-service", &token, ISSUER, more).await;
    let all = exchange(&[]).await.expect(200).text_of("scope");
    assert_eq!(all, "clients:manage users:manage keys:manage audit:read");
    for part in ["users:manage", "clients:manage audit:read"] {
        let answer = exchange(&[("scope", part)]).await;
        assert_eq!(answer.expect(200).text_of("scope"), part);
        assert_eq!(claims(&answer.access_token())["scope"], part);
    }
}

#[actix_web::test]
async fn a_scope_outside_the_row_is_refused_and_never_granted_in_part() {
    let app = TestApp::start().await;
    let operator = operator_id(&app).await;
    let cases = [
        ("orders-service", "fulfilment:request", ADMIN, "fulfilment:complete"),
        ("orders-service", "fulfilment:request", ADMIN, "fulfilment:accept fulfilment:complete"),
        ("orders-service", "fulfilment:request", ADMIN, "fulfilment:request"),
        ("admin-service", "audit:read", ISSUER, "clients:manage"),
        ("admin-service", "audit:read", ISSUER, "audit:read users:manage"),
        ("admin-service", "partners:manage", ISSUER, "partners:manage"),
        ("admin-service", "partners:manage audit:read", ORDERS, "orders:read"),
        ("admin-service", "audit:read", ISSUER, "unknown"),
        ("admin-service", "audit:read", ISSUER, "audit:read  audit:read"),
    ];
    for (client, held, resource, asked) in cases {
        let token = subject_token(&app, client, &operator, held).await;
        app.exchange(client, &token, resource, &[("scope", asked)]).await.expect_error(400, "invalid_scope");
    }
}

#[actix_web::test]
async fn a_resource_that_is_unknown_missing_or_twice_there_is_refused() {
    let app = TestApp::start().await;
    let operator = operator_id(&app).await;
    let token = subject_token(&app, "admin-service", &operator, "audit:read").await;
    for resource in ["", "http://localhost:8080/", "http://elsewhere.test", "orders", "\u{0}", "http://LOCALHOST:8080"]
    {
        app.exchange("admin-service", &token, resource, &[]).await.expect_error(400, "invalid_target");
    }
    let twice = app.exchange("admin-service", &token, ISSUER, &[("resource", ISSUER), ("resource", ORDERS)]).await;
    twice.expect_error(400, "invalid_request");
}

/// However a partner authenticates, and whatever it brings.
#[actix_web::test]
async fn partners_exchange_nothing() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read fulfilment:request").await;
    let own = app.request_token(&partner, &[]).await.access_token();
    let operator = app.operator_token().await;
    for token in [own.as_str(), &operator, "no token", ""] {
        for resource in [ORDERS, ADMIN, ISSUER, "unknown"] {
            let form = [
                ("grant_type", TOKEN_EXCHANGE),
                ("subject_token", token),
                ("subject_token_type", ACCESS_TOKEN_TYPE),
                ("resource", resource),
            ];
            let request = app.form(&form).basic_auth(&partner.client_id, Some(&partner.secret));
            Answer::of(request).await.expect_error(400, "unauthorized_client");
        }
    }
    let signing = app.register_signing_partner(jsonwebtoken::Algorithm::ES256).await;
    let assertion = signing.assertion().build();
    let form =
        [("grant_type", TOKEN_EXCHANGE), ("subject_token", own.as_str()), ("subject_token_type", ACCESS_TOKEN_TYPE)];
    let request = app.form(&[form.as_slice(), &by_assertion(&assertion)].concat());
    Answer::of(request).await.expect_error(400, "unauthorized_client");
}

#[actix_web::test]
async fn without_client_authentication_nothing_is_exchanged() {
    let app = TestApp::start().await;
    let token = app.operator_token().await;
    let form = [
        ("grant_type", TOKEN_EXCHANGE),
        ("subject_token", token.as_str()),
        ("subject_token_type", ACCESS_TOKEN_TYPE),
        ("resource", ISSUER),
    ];
    Answer::of(app.form(&form)).await.expect_error(401, "invalid_client");
    let named = [form.as_slice(), &[("client_id", "admin-service")]].concat();
    Answer::of(app.form(&named)).await.expect_error(401, "invalid_client");
    Answer::of(app.form(&form).basic_auth("admin-service", Some(&token))).await.expect_error(401, "invalid_client");
    Answer::of(app.form(&form).bearer_auth(&token)).await.expect_error(401, "invalid_client");
}
