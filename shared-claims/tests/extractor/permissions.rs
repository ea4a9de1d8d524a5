//! What a good token may do: scope, role, actor.

use actix_web::test::TestRequest;
use actix_web::{App, HttpResponse, web};
use serde_json::{Value, json};
use shared_claims::claims::AccessToken;
use shared_claims::extract::{Caller, Gate, Reason};
use shared_claims::permission::Permission;
use shared_claims::permission::auth::{AuthApi, ReadAudit as ReadAuthAudit};
use shared_claims::permission::orders::{OrdersApi, ReadAudit, ReadOrders};
use std::sync::Arc;

use crate::app::{METADATA, Server, read};
use crate::support::{Setting, US};

const SCOPE: &str = "The access token lacks the scope that this needs.";
const SCOPE_OR_ROLE: &str = "The access token lacks the scope, or its subject the role, that this needs.";

fn insufficient(detail: &str, scope: &str) -> String {
    format!(
        "Bearer realm=\"orders-service\", resource_metadata=\"{METADATA}\", error=\"insufficient_scope\", error_description=\"{detail}\", scope=\"{scope}\""
    )
}

#[actix_web::test]
async fn too_little_scope_is_403_and_the_scope_that_is_needed_is_named() {
    let server = Server::new();
    for scope in [
        "",
        "orders:write",
        "orders",
        "orders:*",
        "ORDERS:READ",
        "orders:readx",
        "xorders:read",
        "orders:read:own",
        "openid",
        "accounts:read audit:read",
    ] {
        let token = server.setting.with_claim("scope", json!(scope));
        let answer = server.with_token(&token).await;
        answer.assert_refusal(scope, 403, &insufficient(SCOPE, "orders:read"), "Forbidden", SCOPE);
        answer.assert_no_echo(scope, &token);
        let observed = server.observed.lock().unwrap().pop().unwrap();
        let reason = Reason::Insufficient(ReadOrders::REQUIREMENT);
        assert_eq!(observed, ("/orders".to_owned(), "insufficient_scope", reason, Some("cli_1".to_owned())), "{scope}");
    }
    let without = server.setting.draft().without_claim("scope").build();
    assert_eq!(server.with_token(without).await.status, 403);
    for scope in ["orders:read", "orders:write orders:read", "openid orders:read"] {
        assert_eq!(server.with_token(server.setting.with_claim("scope", json!(scope))).await.status, 200, "{scope}");
    }
}

/// A token for the audit trail of orders-service: the scope, a person with the role, and admin-service acting.
fn audit_token(scope: &str, roles: &Value, act: Option<Value>) -> impl Fn(&Setting) -> String {
    let (scope, roles) = (scope.to_owned(), roles.clone());
    move |setting| {
        let draft = setting.mint.operator_token(US, &scope, &[]).claim("roles", roles.clone());
        act.iter().fold(draft, |draft, act| draft.claim("act", act.clone())).build()
    }
}

#[actix_web::test]
async fn scope_role_and_actor_are_all_needed() {
    let server = Server::new();
    let (auditor, admin) = (json!(["auditor"]), json!({"sub": "admin-service"}));
    let all = audit_token("audit:read", &auditor, Some(admin.clone()))(&server.setting);
    assert_eq!(server.get("/audit-events", format!("Bearer {all}")).await.status, 200);
    for (name, token) in [
        ("no scope", audit_token("orders:read", &auditor, Some(admin.clone()))),
        ("no role", audit_token("audit:read", &json!([]), Some(admin.clone()))),
        ("another role", audit_token("audit:read", &json!(["manager"]), Some(admin.clone()))),
        (
            "every other role",
            audit_token("audit:read", &json!(["manager", "fulfiller", "customer"]), Some(admin.clone())),
        ),
        ("the role in another case", audit_token("audit:read", &json!(["Auditor"]), Some(admin.clone()))),
        ("nobody acting", audit_token("audit:read", &auditor, None)),
        ("another actor", audit_token("audit:read", &auditor, Some(json!({"sub": "orders-service"})))),
        ("an actor of nearly the name", audit_token("audit:read", &auditor, Some(json!({"sub": "admin-service "})))),
        ("the actor in another case", audit_token("audit:read", &auditor, Some(json!({"sub": "Admin-Service"})))),
        // RFC 8693 section 4.1: prior actors are told for the record only.
        ("the actor inside another", audit_token("audit:read", &auditor, Some(json!({"sub": "x", "act": admin})))),
    ] {
        let token = token(&server.setting);
        let answer = server.get("/audit-events", format!("Bearer {token}")).await;
        answer.assert_refusal(name, 403, &insufficient(SCOPE_OR_ROLE, "audit:read"), "Forbidden", SCOPE_OR_ROLE);
        answer.assert_no_echo(name, &token);
    }
    let chain = json!({"sub": "admin-service", "act": {"sub": "orders-service"}});
    let chain = audit_token("audit:read", &auditor, Some(chain))(&server.setting);
    assert_eq!(server.get("/audit-events", format!("Bearer {chain}")).await.status, 200, "outermost");
}

/// T5: the documents' example payload has `admin: true`.
#[actix_web::test]
async fn calling_oneself_admin_opens_nothing() {
    let server = Server::new();
    for admin in [json!(true), json!("true"), json!(1)] {
        let draft = server.setting.draft().claim("admin", admin).claim("scope", json!("audit:read"));
        let token = draft.claim("act", json!({"sub": "admin-service"})).build();
        assert_eq!(server.get("/audit-events", format!("Bearer {token}")).await.status, 403);
    }
}

async fn both(_: Caller<ReadAudit>, _: Caller<ReadAuthAudit>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// One process may hold two APIs. A token that the one has accepted is not for the other.
#[actix_web::test]
async fn a_caller_of_one_api_is_not_one_of_another_in_the_same_request() {
    let setting = Setting::new();
    let orders = Gate::<OrdersApi>::new(Arc::new(setting.verifier()));
    let auth = setting.verifier_of::<AccessToken>("at+jwt", "https://auth.example.com");
    let auth = Gate::<AuthApi>::new(Arc::new(auth));
    let app = App::new().app_data(web::Data::new(orders)).app_data(web::Data::new(auth));
    let app = actix_web::test::init_service(app.route("/both", web::get().to(both))).await;
    let draft = |audience: Value| {
        let draft = setting.mint.operator_token(US, "audit:read", &["auditor"]).claim("aud", audience);
        format!("Bearer {}", draft.claim("act", json!({"sub": "admin-service"})).build())
    };
    for (audience, status) in
        [(json!(US), 401), (json!("https://auth.example.com"), 401), (json!([US, "https://auth.example.com"]), 200)]
    {
        let request = TestRequest::get().uri("/both").insert_header(("authorization", draft(audience.clone())));
        let response = actix_web::dev::Service::call(&app, request.to_request()).await;
        let answer = read(response).await;
        assert_eq!(answer.status, status, "{audience}");
    }
}
