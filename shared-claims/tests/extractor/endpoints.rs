//! The table of endpoints: what is read first, other methods, and a gate that is missing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::{Payload, Service};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, FromRequest, HttpRequest, HttpResponse, web};
use serde_json::json;
use shared_claims::extract::{Access, Caller, Endpoint, Gate, register};
use shared_claims::permission::Permission;
use shared_claims::permission::orders::{OrdersApi, ReadAudit, ReadOrders, WriteOrders};

use crate::app::{Server, endpoints, read};
use crate::support::Setting;

#[test]
fn a_row_of_the_table_says_what_its_handler_asks_for() {
    let rows: Vec<(Method, &str, Access)> =
        endpoints().iter().map(|row| (row.method.clone(), row.path, row.access)).collect();
    assert_eq!(
        rows,
        [
            (Method::GET, "/orders", Access::Permission(ReadOrders::REQUIREMENT)),
            (Method::POST, "/orders", Access::Permission(WriteOrders::REQUIREMENT)),
            (Method::GET, "/audit-events", Access::Permission(ReadAudit::REQUIREMENT)),
            (Method::GET, "/who", Access::Permission(ReadOrders::REQUIREMENT)),
            (Method::GET, "/healthz", Access::Public),
        ]
    );
    let log_in = Endpoint::credentials(Method::POST, "/login", || async { HttpResponse::Ok().finish() });
    assert_eq!(log_in.access, Access::Credentials);
}

#[actix_web::test]
async fn who_calls_is_settled_before_the_body_is_read() {
    let server = Server::new();
    let weak = format!("Bearer {}", server.setting.good());
    let strong = format!("Bearer {}", server.setting.with_claim("scope", json!("orders:write")));
    let post = || TestRequest::post().uri("/orders");
    let bodies = [("bad JSON", "{"), ("another type", "{}"), ("nothing", "")];
    for (name, body) in bodies {
        let json = || post().insert_header(("content-type", "application/json")).set_payload(body);
        assert_eq!(server.answer(json()).await.status, 401, "{name}, stranger");
        let forged = json().insert_header(("authorization", "Bearer x.y.z"));
        assert_eq!(server.answer(forged).await.status, 401, "{name}, forged");
        let request = json().insert_header(("authorization", weak.clone()));
        assert_eq!(server.answer(request).await.status, 403, "{name}, too little");
        let request = json().insert_header(("authorization", strong.clone()));
        assert_eq!(server.answer(request).await.status, 400, "{name}, permitted");
    }
    let large = post().insert_header(("content-type", "application/json")).set_payload(vec![b' '; 4 << 20]);
    assert_eq!(server.answer(large).await.status, 401, "4 MB");
    let good = post().insert_header(("content-type", "application/json")).set_payload("[1,2,3]");
    let answer = server.answer(good.insert_header(("authorization", strong))).await;
    assert_eq!((answer.status, answer.body.as_str()), (201, "cli_1 3"));
}

/// Counts how often it was asked for.
struct Watched;

impl FromRequest for Watched {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        request.app_data::<web::Data<AtomicUsize>>().unwrap().fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(Self))
    }
}

#[actix_web::test]
async fn no_other_argument_of_a_handler_is_made_for_a_stranger() {
    let setting = Setting::new();
    let made = web::Data::new(AtomicUsize::new(0));
    let gate = web::Data::new(Gate::<OrdersApi>::new(Arc::new(setting.verifier())));
    let handler = |_: Caller<ReadOrders>, _: Watched, _: Watched| async { HttpResponse::Ok().finish() };
    let app = App::new().app_data(gate).app_data(made.clone());
    let app = app.configure(|config| register(vec![Endpoint::protected(Method::GET, "/x", handler)], config));
    let app = init_service(app).await;
    for (authorization, status, expected) in [
        ("Bearer x".to_owned(), 401, 0),
        (format!("Bearer {}", setting.with_claim("scope", json!(""))), 403, 0),
        (format!("Bearer {}", setting.good()), 200, 2),
    ] {
        let request = TestRequest::get().uri("/x").insert_header(("authorization", authorization));
        let answer = read(app.call(request.to_request()).await).await;
        assert_eq!((answer.status, made.load(Ordering::SeqCst)), (status, expected));
    }
}

#[actix_web::test]
async fn another_method_is_405_and_the_right_ones_are_named() {
    let server = Server::new();
    for (path, allow, methods) in [
        ("/orders", "GET, POST", vec!["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]),
        ("/audit-events", "GET", vec!["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        ("/healthz", "GET", vec!["POST", "DELETE"]),
    ] {
        for method in methods {
            for token in [None, Some(server.setting.good())] {
                let mut request = TestRequest::with_uri(path).method(method.parse().unwrap());
                if let Some(token) = &token {
                    request = request.insert_header(("authorization", format!("Bearer {token}")));
                }
                let answer = server.answer(request).await;
                assert_eq!((answer.status, answer.allow.as_deref()), (405, Some(allow)), "{method} {path}");
                answer.assert_no_echo(method, &token.unwrap_or_default());
            }
        }
    }
    assert_eq!(server.verified.load(Ordering::SeqCst), 0);
    assert_eq!(server.answer(TestRequest::get().uri("/healthz")).await.body, "alive", "public");
    assert_eq!(server.answer(TestRequest::get().uri("/orders/")).await.status, 404, "no other path");
}

/// A service that was put together wrongly lets nobody in.
#[actix_web::test]
async fn without_a_gate_nobody_gets_in_and_nothing_is_told() {
    let setting = Setting::new();
    let app = init_service(App::new().configure(|config| register(endpoints(), config))).await;
    let request =
        TestRequest::get().uri("/orders").insert_header(("authorization", format!("Bearer {}", setting.good())));
    let answer = read(app.call(request.to_request()).await).await;
    assert_eq!((answer.status, answer.challenge), (500, None));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["detail"], "The service is not set up for this.");
}

/// The URL comes from our settings; were it wrong, the challenge would still be one that can be read.
#[actix_web::test]
async fn nothing_breaks_out_of_a_quoted_text_of_the_challenge() {
    let setting = Setting::new();
    let gate = Gate::<OrdersApi>::new(Arc::new(setting.verifier())).with_resource_metadata("https://x/\", error=\"\\");
    let app = App::new().app_data(web::Data::new(gate)).configure(|config| register(endpoints(), config));
    let app = init_service(app).await;
    let response = app.call(TestRequest::get().uri("/orders").to_request()).await;
    let answer = read(response).await;
    let expected = "Bearer realm=\"orders-service\", resource_metadata=\"https://x/, error=\"";
    assert_eq!(answer.challenge.as_deref(), Some(expected));
}
