//! The table of endpoints: each is tried with no, wrong, weak and right credentials, and no route is outside the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use auth_service::routes::endpoints;
use reqwest::Method;
use shared_claims::extract::{Access, Endpoint};
use shared_claims::permission::Requirement;
use shared_claims::testing::{refused_attempts, right_token};

use crate::support::{Answer, ISSUER, TestApp, raw};

fn path_of(endpoint: &Endpoint) -> String {
    let path = endpoint.path.replace("{client_id}", "cli_nobody").replace("{user_id}", "usr_nobody");
    path.replace("{secret_id}", "sec_none")
}

fn protected() -> impl Iterator<Item = (Endpoint, Requirement)> {
    endpoints().into_iter().filter_map(|endpoint| match endpoint.access {
        Access::Permission(required) => Some((endpoint, required)),
        Access::Public | Access::Credentials => None,
    })
}

async fn try_with(app: &TestApp, endpoint: &Endpoint, authorization: Option<&str>) -> Answer {
    let request = app.request(endpoint.method.as_str().parse().unwrap(), &path_of(endpoint));
    Answer::of(match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}

/// A new route, or another permission for an old one, is a change of `routes.txt`, so that it is seen in review.
#[test]
fn the_table_is_the_checked_in_one() {
    let mut table = String::new();
    for endpoint in endpoints() {
        let access = match endpoint.access {
            Access::Public => "public".to_owned(),
            Access::Credentials => "credentials".to_owned(),
            Access::Permission(required) => {
                let role = required.role.map_or("-", |role| role.as_str());
                format!("{} {} {role} {}", required.name, required.scope, required.actor.unwrap_or("-"))
            }
        };
        writeln!(table, "{:<6} {:<42} {access}", endpoint.method.as_str(), endpoint.path).unwrap();
    }
    assert!(table == include_str!("routes.txt"), "tests/api/routes.txt should be:\n{table}");
}

#[actix_web::test]
async fn every_protected_endpoint_refuses_every_wrong_credential() {
    let app = TestApp::start().await;
    for (endpoint, required) in protected() {
        for attempt in refused_attempts(&app.mint, ISSUER, required) {
            let answer = try_with(&app, &endpoint, attempt.authorization.as_deref()).await;
            let name = format!("{} {}: {}", endpoint.method, endpoint.path, attempt.name);
            assert_eq!(answer.expect_problem(answer.status).status, attempt.status, "{name}");
            let challenge = answer.header("www-authenticate").unwrap_or_else(|| panic!("no challenge: {name}"));
            assert!(challenge.starts_with("Bearer realm=\"auth-service\""), "{name}: {challenge}");
            match attempt.error {
                Some(error) => assert!(challenge.contains(&format!("error=\"{error}\"")), "{name}: {challenge}"),
                None => assert!(!challenge.contains("error"), "{name}: {challenge}"),
            }
            let scope = format!("scope=\"{}\"", required.scope);
            assert_eq!(challenge.contains(&scope), attempt.status == 403, "{name}: {challenge}");
            answer.expect_no_echo(&[attempt.authorization.as_deref().map_or("\0", |value| value)]);
        }
    }
}

#[actix_web::test]
async fn every_protected_endpoint_lets_the_right_credential_in() {
    let app = TestApp::start().await;
    for (endpoint, required) in protected() {
        let token = right_token(&app.mint, ISSUER, required).build();
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let answer = try_with(&app, &endpoint, Some(&format!("{scheme} {token}"))).await;
            // A token that comes of no authorization passes the gate, and then tells of nobody.
            let tells_of_nobody = endpoint.path == "/oauth/userinfo" && answer.status == 401;
            let passed = ![401, 403].contains(&answer.status) || tells_of_nobody;
            assert!(passed && answer.status < 500, "{}: {answer:?}", endpoint.path);
        }
    }
}

#[actix_web::test]
async fn a_token_counts_in_the_header_only_and_only_once() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    let list = |query: &str| app.request(Method::GET, &format!("/clients{query}"));
    Answer::of(list(&format!("?access_token={token}"))).await.expect(401);
    Answer::of(list("").header("cookie", format!("access_token={token}"))).await.expect(401);
    Answer::of(list("").header("x-access-token", &token)).await.expect(401);
    let form = [("access_token", token.as_str())];
    Answer::of(app.request(Method::POST, "/clients").form(&form)).await.expect(401);

    let twice = Answer::of(list("").bearer_auth(&token).bearer_auth(&token)).await;
    twice.expect_problem(400);
    assert!(twice.header("www-authenticate").unwrap().contains("error=\"invalid_request\""));
    Answer::of(list("").bearer_auth("x".repeat(8 * 1024 + 1))).await.expect(401);
    Answer::of(list("").header("authorization", b"Bearer \xff\xfe".as_slice())).await.expect(401);
    Answer::of(list("").bearer_auth(&token)).await.expect(200);
}

/// Who may not come in learns nothing from how the rest of the request would be refused.
#[actix_web::test]
async fn credentials_are_looked_at_before_anything_else_of_the_request() {
    let app = TestApp::start().await;
    let request = app.request(Method::POST, "/clients").header("content-type", "text/plain");
    Answer::of(request.body("{".repeat(100_000))).await.expect(401);
    app.get("/users?limit=none").await.expect(401);
}

#[actix_web::test]
async fn every_other_method_is_405_and_allow_names_the_right_ones() {
    let app = TestApp::start().await;
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for endpoint in endpoints() {
        paths.entry(path_of(&endpoint)).or_default().push(endpoint.method.to_string());
    }
    for (path, allowed) in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            if allowed.iter().any(|name| name == method) {
                continue;
            }
            let answer = Answer::of(app.request(Method::from_bytes(method.as_bytes()).unwrap(), &path)).await;
            answer.expect_problem(405);
            assert_eq!(answer.header("allow"), Some(allowed.join(", ").as_str()), "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn unknown_paths_are_404() {
    let app = TestApp::start().await;
    for path in
        ["/", "/oauth", "/oauth/authorize/", "/oauth/token/", "/client", "/.well-known/", "/metrics", "/.git/config"]
    {
        app.get(path).await.expect_problem(404);
        Answer::of(app.request(Method::POST, path)).await.expect_problem(404);
    }
}

/// CVE-2026-15573: another spelling of a path must not lead past the check. As bytes, since a client library would put
/// the paths right.
#[actix_web::test]
async fn cve_2026_15573_no_spelling_of_a_path_leads_past_the_check() {
    let app = TestApp::start().await;
    let spellings = [
        "/clients",
        "/clients/",
        "//clients",
        "/./clients",
        "/Clients",
        "/clients;x=1",
        "/%63lients",
        "/clients%2f",
        "/healthz/../clients",
        "/healthz/%2e%2e/clients",
        "/clients%00",
        "/clients?x",
        "/clients#x",
        "/clients%20",
        "/.well-known/../clients",
        "/login/../users",
        "\\clients",
        "/clients/..;/clients",
        "http://x/clients",
        "*",
    ];
    for spelling in spellings {
        for method in ["GET", "POST"] {
            let status = raw(app.port(), &format!("{method} {spelling} HTTP/1.1"));
            assert!([400, 401, 404, 405].contains(&status), "{method} {spelling}: {status}");
        }
    }
}
