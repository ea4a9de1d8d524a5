//! Who may call what, for every route there is.

use admin_service::routes::endpoints;
use reqwest::Method;
use service_kit::Outcome;
use shared_claims::extract::Access;
use shared_claims::testing::{refused_attempts, right_token};

use crate::support::{ADMIN, TestApp};

fn concrete(path: &str) -> String {
    path.replace("{client_id}", "cli_1")
        .replace("{secret_id}", "sec_1")
        .replace("{fulfilment_id}", "ful_1")
        .replace("{user_id}", "usr_1")
}

fn method(method: &actix_web::http::Method) -> Method {
    method.as_str().parse().unwrap()
}

#[test]
fn the_table_of_endpoints_is_the_reviewed_one() {
    let row = |endpoint: shared_claims::extract::Endpoint| {
        let access = match endpoint.access {
            Access::Public => "anyone".to_owned(),
            Access::Credentials => "credentials".to_owned(),
            Access::Permission(permission) => permission.name.to_owned(),
        };
        format!("{} {} {access}", endpoint.method, endpoint.path)
    };
    let table: Vec<String> = endpoints().into_iter().map(row).collect();
    assert_eq!(
        table,
        [
            "GET /.well-known/oauth-protected-resource anyone",
            "GET /.well-known/jwks.json anyone",
            "POST /partners ManagePartners",
            "GET /partners ManagePartners",
            "GET /partners/{client_id} ManagePartners",
            "PATCH /partners/{client_id} ManagePartners",
            "POST /partners/{client_id}/suspend ManagePartners",
            "POST /partners/{client_id}/resume ManagePartners",
            "POST /partners/{client_id}/secrets ManagePartners",
            "DELETE /partners/{client_id}/secrets/{secret_id} ManagePartners",
            "POST /users ManagePartners",
            "GET /users ManagePartners",
            "GET /users/{user_id} ManagePartners",
            "PATCH /users/{user_id} ManagePartners",
            "POST /fulfilments AcceptFulfilment",
            "GET /fulfilments CompleteFulfilment",
            "GET /fulfilments/{fulfilment_id} CompleteFulfilment",
            "POST /fulfilments/{fulfilment_id}/complete CompleteFulfilment",
            "GET /audit-events ReadAudit",
        ]
    );
}

#[tokio::test]
async fn every_wrong_credential_is_refused_at_every_protected_route() {
    let app = TestApp::start().await;
    for endpoint in endpoints() {
        let Access::Permission(required) = endpoint.access else { continue };
        for attempt in refused_attempts(&app.mint, ADMIN, required) {
            let name = format!("{} {}: {}", endpoint.method, endpoint.path, attempt.name);
            let mut request = app.request(method(&endpoint.method), &concrete(endpoint.path));
            if let Some(authorization) = &attempt.authorization {
                request = request.header("authorization", authorization);
            }
            // Whoever may not come in learns nothing from how the body is refused.
            let answer = app.send(request.header("content-type", "application/json").body("{")).await;
            assert_eq!(answer.status, attempt.status, "{name}");
            let challenge = answer.header("www-authenticate");
            assert!(
                challenge.starts_with("Bearer realm=\"admin-service\", resource_metadata=\""),
                "{name}: {challenge}"
            );
            match attempt.error {
                Some(error) => assert!(challenge.contains(&format!("error=\"{error}\"")), "{name}: {challenge}"),
                None => assert!(!challenge.contains("error"), "{name}: {challenge}"),
            }
            let scope = format!("scope=\"{}\"", required.scope);
            assert_eq!(challenge.contains(&scope), attempt.status == 403, "{name}: {challenge}");
            let token = attempt.authorization.as_deref().and_then(|header| header.split_once(' '));
            assert!(token.is_none_or(|(_, token)| !answer.body.contains(token)), "{name} echoes the token");
        }
    }
    assert!(app.tokens.seen().is_empty() && app.auth.seen().is_empty() && app.orders.seen().is_empty());
}

#[tokio::test]
async fn the_right_token_comes_in_everywhere() {
    let app = TestApp::start().await;
    for endpoint in endpoints() {
        let Access::Permission(required) = endpoint.access else { continue };
        let token = right_token(&app.mint, ADMIN, required).build();
        let answer = app.call(&token, method(&endpoint.method), &concrete(endpoint.path), None).await;
        assert!(![401, 403].contains(&answer.status), "{} {}: {}", endpoint.method, endpoint.path, answer.body);
    }
}

#[tokio::test]
async fn a_token_is_taken_from_one_authorization_header_and_from_nowhere_else() {
    let app = TestApp::start().await;
    let token = app.manager();
    let twice = app.request(Method::GET, "/partners").bearer_auth(&token).bearer_auth(&token);
    assert!(app.send(twice).await.expect(400).header("www-authenticate").contains("invalid_request"));
    let query = app.request(Method::GET, &format!("/partners?access_token={token}"));
    assert!(!app.send(query).await.expect(401).header("www-authenticate").contains("error"));
    let cookie = app.request(Method::GET, "/partners").header("cookie", format!("access_token={token}"));
    app.send(cookie).await.expect(401);
    let form = app.request(Method::POST, "/partners").form(&[("access_token", &token)]);
    app.send(form).await.expect(401);
}

#[tokio::test]
async fn a_wrong_method_is_405_with_the_right_ones_and_an_unknown_path_404() {
    let app = TestApp::start().await;
    let mut paths: Vec<&str> = endpoints().iter().map(|endpoint| endpoint.path).collect();
    paths.dedup();
    for path in paths {
        let allowed: Vec<String> =
            endpoints().iter().filter(|row| row.path == path).map(|row| row.method.to_string()).collect();
        let answer = app.send(app.request(Method::PUT, &concrete(path))).await.expect(405);
        assert_eq!(answer.header("allow"), allowed.join(", "), "{path}");
    }
    for path in ["/", "/partner", "/partners/", "/partners/cli_1/delete", "/clients", "/user", "/fulfilments/ful_1/x"] {
        app.send(app.request(Method::GET, path).bearer_auth(app.manager())).await.expect(404);
    }
}

/// Where the token is good it is known who was refused, and that is for the trail; where it is not, anyone could fill it.
#[tokio::test]
async fn who_was_refused_is_recorded_when_it_is_known() {
    let app = TestApp::start().await;
    app.send(app.request(Method::POST, "/partners/cli_1/suspend")).await.expect(401);
    let forged = app.mint.operator_token(ADMIN, "partners:manage", &["manager"]).signed_by_a_stranger().build();
    app.call(&forged, Method::POST, "/partners/cli_1/suspend", None).await.expect(401);
    app.call(&app.auditor(), Method::POST, "/partners/cli_1/suspend", None).await.expect(403);

    // The row is written beside the answer.
    let row = loop {
        match app.recorded().await.pop() {
            Some(row) => break row,
            None => tokio::task::yield_now().await,
        }
    };
    assert_eq!((row.action.as_str(), row.outcome), ("partner.suspend", Outcome::Refused));
    assert_eq!(row.reason.as_deref(), Some("insufficient_scope"));
    assert_eq!(
        (row.actor.as_str(), row.partner.as_deref(), row.object.as_deref()),
        ("usr_operator", Some("cli_1"), Some("cli_1"))
    );
    assert_eq!(app.recorded().await.len(), 1);
}
