//! A small resource server, and what it answers.
#![cfg_attr(test, allow(dead_code, reason = "every test binary takes its own share of this"))]

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use shared_claims::extract::{Caller, Denied, Endpoint, Gate, Reason, register};
use shared_claims::permission::orders::{OrdersApi, ReadAudit, ReadOrders, WriteOrders};

use crate::support::Setting;
use crate::support::counting::CountingVerifier;

/// Where the metadata of the resource server are.
pub const METADATA: &str = "https://orders.example.com/.well-known/oauth-protected-resource";

/// A refusal as it was told to the observer.
pub type Observed = (String, &'static str, Reason, Option<String>);

pub struct Server {
    pub setting: Setting,
    pub verified: Arc<AtomicUsize>,
    pub observed: Arc<Mutex<Vec<Observed>>>,
    gate: web::Data<Gate<OrdersApi>>,
}

/// An answer: status, the headers that matter, and the body.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub challenge: Option<String>,
    pub retry_after: Option<String>,
    pub allow: Option<String>,
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub headers: String,
    pub body: String,
}

async fn list_orders(caller: Caller<ReadOrders>) -> HttpResponse {
    HttpResponse::Ok().body(format!("{} {}", caller.client_id(), caller.subject()))
}

async fn place_order(caller: Caller<WriteOrders>, order: web::Json<Vec<u8>>) -> HttpResponse {
    HttpResponse::Created().body(format!("{} {}", caller.client_id(), order.len()))
}

async fn read_audit(_: Caller<ReadAudit>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn who(caller: Caller<ReadOrders>) -> HttpResponse {
    HttpResponse::Ok().body(format!("{caller:?}\n{}", caller.subject_token()))
}

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::protected(Method::GET, "/orders", list_orders),
        Endpoint::protected(Method::POST, "/orders", place_order),
        Endpoint::protected(Method::GET, "/audit-events", read_audit),
        Endpoint::protected(Method::GET, "/who", who),
        Endpoint::public(Method::GET, "/healthz", || async { HttpResponse::Ok().body("alive") }),
    ]
}

impl Server {
    pub fn new() -> Self {
        let setting = Setting::new();
        let (verifier, verified) = CountingVerifier::new(setting.verifier());
        let observed = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&observed);
        let observer = move |request: &actix_web::HttpRequest, denied: &Denied| {
            let client = denied.token().map(|token| token.client_id().to_string());
            seen.lock().unwrap().push((request.path().to_owned(), denied.class(), denied.reason(), client));
        };
        let gate = Gate::new(Arc::new(verifier)).with_resource_metadata(METADATA).with_observer(observer);
        Self { setting, verified, observed, gate: web::Data::new(gate) }
    }

    /// Sends one request to a fresh application.
    pub async fn answer(&self, request: TestRequest) -> Answer {
        self.answers([request]).await.remove(0)
    }

    /// Sends these requests to one application, one after another.
    pub async fn answers(&self, requests: impl IntoIterator<Item = TestRequest>) -> Vec<Answer> {
        let app = App::new().app_data(self.gate.clone()).configure(|config| register(endpoints(), config));
        let app = init_service(app).await;
        let mut answers = Vec::new();
        for request in requests {
            answers.push(read(app.call(request.to_request()).await).await);
        }
        answers
    }

    /// `GET /orders` with this Authorization header.
    pub async fn with_authorization(&self, value: impl AsRef<[u8]>) -> Answer {
        self.get("/orders", value).await
    }

    pub async fn get(&self, path: &str, authorization: impl AsRef<[u8]>) -> Answer {
        let value = actix_web::http::header::HeaderValue::from_bytes(authorization.as_ref()).unwrap();
        self.answer(TestRequest::get().uri(path).insert_header(("authorization", value))).await
    }

    pub async fn with_token(&self, token: impl AsRef<str>) -> Answer {
        self.with_authorization(format!("Bearer {}", token.as_ref())).await
    }
}

/// What is told of a response. An error is answered as the server would answer it.
pub async fn read<B: MessageBody + 'static>(response: Result<ServiceResponse<B>, Error>) -> Answer {
    let response = match response {
        Ok(response) => response.map_into_boxed_body().into_parts().1,
        Err(error) => error.error_response(),
    };
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let mut answer = Answer {
        status: response.status().as_u16(),
        challenge: header("www-authenticate"),
        retry_after: header("retry-after"),
        allow: header("allow"),
        content_type: header("content-type"),
        cache_control: header("cache-control"),
        headers: format!("{:?}", response.headers()),
        body: String::new(),
    };
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
    answer.body = String::from_utf8(body.to_vec()).unwrap();
    answer
}

impl Answer {
    /// Whether this is the refusal that RFC 6750 and RFC 9457 describe, with exactly these words.
    pub fn assert_refusal(&self, name: &str, status: u16, challenge: &str, title: &str, detail: &str) {
        assert_eq!(self.status, status, "{name}");
        assert_eq!(self.challenge.as_deref(), Some(challenge), "{name}");
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        let problem = serde_json::json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
        assert_eq!(body, problem, "{name}");
        assert_eq!(self.content_type.as_deref(), Some("application/problem+json"), "{name}");
        assert_eq!(self.cache_control.as_deref(), Some("no-store"), "{name}");
        assert_eq!(self.retry_after, None, "{name}");
    }

    /// Nothing of `secret` comes back, in whatever part.
    pub fn assert_no_echo(&self, name: &str, secret: &str) {
        for part in secret.split(['.', ' ']).filter(|part| part.len() >= 8) {
            assert!(!self.body.contains(part) && !self.headers.contains(part), "{name}: {part} comes back");
        }
    }
}
