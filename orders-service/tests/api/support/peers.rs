//! auth-service's token endpoint and admin-service's `/fulfilments`, in one fake server that can be told to misbehave.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::web::{Data, Form, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

/// How a peer answers.
#[derive(Debug, Clone, Default)]
pub enum Mood {
    /// As it should.
    #[default]
    Fine,
    /// Always with this, doing nothing.
    Always(u16, Value),
    /// It does what it should, and its answer is lost.
    DoesItAndFails,
    /// Not at all.
    Silent,
    /// As it should, and slowly.
    Slow(Duration),
}

#[derive(Default)]
pub struct State {
    pub auth: Mood,
    pub admin: Mood,
    /// The issuer's keys; `None` is 503.
    pub jwks: Option<String>,
    /// Forms that came to the token endpoint, with the request's id.
    pub exchanges: Vec<(HashMap<String, String>, String)>,
    /// Authorization, request id and body of what came to `/fulfilments`.
    pub handovers: Vec<(String, String, Value)>,
    /// What was accepted, by fulfilment_id.
    pub accepted: BTreeMap<String, Value>,
}

#[derive(Clone)]
pub struct FakePeers {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl FakePeers {
    pub async fn start() -> Self {
        let peers = Self::absent();
        peers.arrive();
        peers
    }

    /// A port where nobody listens yet.
    pub fn absent() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, state: Arc::default() }
    }

    /// From now on they answer.
    pub fn arrive(&self) {
        let state = Data::from(Arc::clone(&self.state));
        let app = move || {
            App::new()
                .app_data(state.clone())
                .route("/jwks", web::get().to(jwks))
                .route("/oauth/token", web::post().to(token))
                .route("/fulfilments", web::post().to(accept))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        tokio::spawn(server.bind(("127.0.0.1", self.port)).unwrap().run());
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn auth_is(&self, mood: Mood) {
        self.state().auth = mood;
    }

    pub fn admin_is(&self, mood: Mood) {
        self.state().admin = mood;
    }

    /// Ids of what admin-service accepted.
    pub fn accepted(&self) -> Vec<String> {
        self.state().accepted.keys().cloned().collect()
    }
}

async fn jwks(state: Data<Mutex<State>>) -> HttpResponse {
    match state.lock().unwrap().jwks.clone() {
        Some(jwks) => HttpResponse::Ok().content_type("application/jwk-set+json").body(jwks),
        None => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn token(request: HttpRequest, form: Form<HashMap<String, String>>, state: Data<Mutex<State>>) -> HttpResponse {
    let mood = {
        let mut state = state.lock().unwrap();
        state.exchanges.push((form.into_inner(), header(&request, "x-request-id")));
        state.auth.clone()
    };
    let body = json!({
        "access_token": "a-token-for-admin-service", "token_type": "Bearer", "expires_in": 60,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "scope": "fulfilment:accept",
    });
    in_mood(mood, || HttpResponse::Ok().json(body)).await
}

async fn accept(request: HttpRequest, body: Json<Value>, state: Data<Mutex<State>>) -> HttpResponse {
    let mood = {
        let mut state = state.lock().unwrap();
        let authorization = header(&request, "authorization");
        state.handovers.push((authorization, header(&request, "x-request-id"), body.clone()));
        state.admin.clone()
    };
    let accept = || {
        let mut state = state.lock().unwrap();
        let id = body["fulfilment_id"].as_str().unwrap().to_owned();
        let known = state.accepted.insert(id, body.clone());
        match known {
            None => HttpResponse::Created().json(&body.0),
            Some(known) if known == body.0 => HttpResponse::Ok().json(&body.0),
            Some(_) => HttpResponse::Conflict().json(json!({"status": 409, "detail": "other content"})),
        }
    };
    in_mood(mood, accept).await
}

async fn in_mood(mood: Mood, act: impl FnOnce() -> HttpResponse) -> HttpResponse {
    match mood {
        Mood::Fine => act(),
        Mood::Always(status, body) => HttpResponse::build(status.try_into().unwrap()).json(body),
        Mood::DoesItAndFails => {
            act();
            HttpResponse::InternalServerError().finish()
        }
        Mood::Silent => std::future::pending().await,
        Mood::Slow(time) => {
            tokio::time::sleep(time).await;
            act()
        }
    }
}

fn header(request: &HttpRequest, name: &str) -> String {
    request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}
