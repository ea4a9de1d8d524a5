//! Who may call what: every row of the table, with every kind of credentials.

use std::time::Duration;

use orders_service::routes::endpoints;
use reqwest::Method;
use shared_claims::extract::Access;
use shared_claims::testing::{refused_attempts, right_token};

use super::support::{AUDIENCE, Answer, TestApp};

/// A path without parameters that stand open.
fn path(pattern: &str) -> String {
    pattern
        .replace("{account_id}", "acc_0191b2c4-0000-7000-8000-000000000000")
        .replace("{order_id}", "ord_0191b2c4-0000-7000-8000-000000000000")
}

async fn attempt(app: &TestApp, method: &Method, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = app.request(method.clone(), path);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    Answer::of(request.send().await.unwrap()).await
}

fn method(name: &actix_web::http::Method) -> Method {
    name.as_str().parse().unwrap()
}

/// A route that is added, or that somebody else may call from now on, is a change of this list.
#[test]
fn the_table_of_endpoints_is_this_one() {
    let rows = endpoints().into_iter().map(|row| {
        let access = match row.access {
            Access::Public => "public".to_owned(),
            Access::Credentials => "credentials".to_owned(),
            Access::Permission(required) => format!("{} ({})", required.name, required.scope),
        };
        format!("{} {} {access}", row.method, row.path)
    });
    let expected = "\
GET /.well-known/oauth-protected-resource public
GET /.well-known/jwks.json public
POST /accounts WriteAccounts (accounts:write)
GET /accounts ReadAccounts (accounts:read)
GET /accounts/{account_id} ReadAccounts (accounts:read)
POST /orders WriteOrders (orders:write)
GET /orders ReadOrders (orders:read)
GET /orders/{order_id} ReadOrders (orders:read)
POST /orders/{order_id}/fulfilment RequestFulfilment (fulfilment:request)
GET /orders/{order_id}/receipt ReadOrders (orders:read)
GET /audit-events ReadAudit (audit:read)";
    assert_eq!(rows.collect::<Vec<_>>().join("\n"), expected);
}

#[tokio::test]
async fn every_protected_endpoint_refuses_every_wrong_token() {
    let app = TestApp::start().await;
    for row in endpoints() {
        let Access::Permission(required) = row.access else { continue };
        for wrong in refused_attempts(&app.mint, AUDIENCE, required) {
            let answer = attempt(&app, &method(&row.method), &path(row.path), wrong.authorization.as_deref()).await;
            let what = format!("{} {}: {}", row.method, row.path, wrong.name);
            let challenge = answer.header("www-authenticate").to_owned();
            assert_eq!(answer.status, wrong.status, "{what}");
            assert!(
                challenge.starts_with("Bearer realm=\"orders-service\", resource_metadata=\""),
                "{what}: {challenge}"
            );
            let error = wrong.error.map(|error| format!("error=\"{error}\""));
            match error {
                Some(error) => assert!(challenge.contains(&error), "{what}: {challenge}"),
                None => assert!(!challenge.contains("error="), "{what}: {challenge}"),
            }
            let scope = format!("scope=\"{}\"", required.scope);
            assert_eq!(challenge.contains(&scope), wrong.status == 403, "{what}: {challenge}");
            answer.expect(wrong.status);
        }
    }
}

#[tokio::test]
async fn every_protected_endpoint_lets_the_right_token_in() {
    let app = TestApp::start().await;
    for row in endpoints() {
        let Access::Permission(required) = row.access else { continue };
        let token = format!("Bearer {}", right_token(&app.mint, AUDIENCE, required).build());
        let answer = attempt(&app, &method(&row.method), &path(row.path), Some(&token)).await;
        assert!(![401, 403].contains(&answer.status), "{} {}: {}", row.method, row.path, answer.status);
        assert!(answer.status < 500, "{} {}: {}", row.method, row.path, answer.text);
    }
}

/// Integrity: one letter of it, anywhere, and the token that was just accepted is refused.
#[tokio::test]
async fn a_token_that_is_altered_at_any_place_is_401() {
    let app = TestApp::start().await;
    let mut partner = app.partner("cli_1");
    let good = partner.token.clone();
    partner.get("/orders").await.expect(200);
    for at in 0..good.len() {
        let other = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
        partner.token = format!("{}{other}{}", &good[..at], &good[at + 1..]);
        let answer = partner.get("/orders").await.expect(401);
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "letter {at}");
    }
    partner.token = good;
    partner.get("/orders").await.expect(200);
}

/// The edge of RFC 7519 section 4.1.4, and 5 s of leeway, over HTTP and for a token that the service remembers.
#[tokio::test]
async fn a_token_is_good_until_the_leeway_is_over_and_not_a_second_longer() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    partner.get("/orders").await.expect(200);
    for (seconds, status) in [(299, 200), (1, 200), (4, 200), (1, 401), (1, 401)] {
        app.clock.advance(Duration::from_secs(seconds));
        partner.get("/orders").await.expect(status);
    }
    app.partner("cli_1").get("/orders").await.expect(200);
}

#[tokio::test]
async fn a_stranger_learns_nothing_from_how_a_bad_body_is_refused() {
    let app = TestApp::start().await;
    let request = app.request(Method::POST, "/orders").header("content-type", "text/plain").body("{");
    Answer::of(request.send().await.unwrap()).await.expect(401);
}

#[tokio::test]
async fn two_authorization_headers_are_an_invalid_request() {
    let app = TestApp::start().await;
    let token = format!("Bearer {}", app.partner("cli_1").token);
    let request = app.request(Method::GET, "/orders").header("authorization", &token).header("authorization", &token);
    let answer = Answer::of(request.send().await.unwrap()).await.expect(400);
    assert!(answer.header("www-authenticate").contains("error=\"invalid_request\""));
}

/// Every answer of every test is held against this where it is read ([`Answer::of`]). Here are those of success.
#[tokio::test]
async fn no_answer_sets_a_cookie() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    partner.ask_for_fulfilment(&order, None).await.expect(202);
    for path in ["/accounts", "/orders", &format!("/orders/{order}"), &format!("/orders/{order}/receipt")] {
        partner.get(path).await.expect(200);
    }
    app.auditor().get("/audit-events").await.expect(200);
    for path in ["/.well-known/oauth-protected-resource", "/.well-known/jwks.json", "/healthz", "/readyz"] {
        app.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn another_method_is_405_and_names_those_that_there_are() {
    let app = TestApp::start().await;
    for (pattern, allowed) in [("/accounts", "POST, GET"), ("/orders/{order_id}", "GET"), ("/audit-events", "GET")] {
        for other in [Method::DELETE, Method::PUT, Method::PATCH] {
            let answer = attempt(&app, &other, &path(pattern), None).await.expect(405);
            assert_eq!(answer.header("allow"), allowed, "{other} {pattern}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_404() {
    let app = TestApp::start().await;
    for path in
        ["/", "/orders/", "/Orders", "/orders/a/b/c", "/.well-known/", "/.well-known/openid-configuration", "/metrics"]
    {
        app.get(path).await.expect(404);
    }
}

#[tokio::test]
async fn refusals_are_counted_by_class() {
    let app = TestApp::start().await;
    app.get("/orders").await.expect(401);
    let url = format!("http://127.0.0.1:{}/metrics", app.management_port);
    let metrics = app.http.get(url).send().await.unwrap().text().await.unwrap();
    let row = "access_refused_total{service=\"orders-service\",class=\"no_credentials\"}";
    assert!(metrics.contains(row), "{metrics}");
}
