//! An authorization server and an API in one, on a port of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Key, encode, jwks, now};

pub const ACCESS_TOKEN: &str = "an-opaque-access-token";

/// What it says, and what it was asked.
pub struct Stub {
    pub issuer: String,
    pub shared: Arc<Mutex<Shared>>,
}

/// A token request that is not answered yet.
#[derive(Default)]
pub struct Held {
    /// It has come.
    pub asked: Notify,
    /// It is to be answered.
    pub go_on: Notify,
}

pub struct Shared {
    issuer: String,
    held: Option<Arc<Held>>,
    /// Refresh tokens that are good, each for one use.
    good: Vec<String>,
    pub key: Key,
    /// Members that the ID token has in place of the good ones.
    pub claims: Vec<(&'static str, Value)>,
    pub unsigned: bool,
    /// Whose token the UserInfo endpoint thinks it sees.
    pub user: &'static str,
    /// The resource's metadata name this issuer.
    pub named_issuer: String,
    /// Metadata of the authorization server in place of the good ones.
    pub metadata: Vec<(&'static str, Value)>,
    pub nonce: String,
    pub expires_in: u64,
    pub withdrawn: bool,
    /// The API takes no token, however new.
    pub refuses_all_tokens: bool,
    pub token_requests: Vec<HashMap<String, String>>,
    pub orders: Vec<Value>,
}

impl Stub {
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared {
            named_issuer: issuer.clone(),
            issuer: issuer.clone(),
            key: Key::es256(),
            claims: Vec::new(),
            unsigned: false,
            user: "usr_1",
            metadata: Vec::new(),
            nonce: String::new(),
            expires_in: 300,
            withdrawn: false,
            refuses_all_tokens: false,
            held: None,
            good: Vec::new(),
            token_requests: Vec::new(),
            orders: Vec::new(),
        };
        let shared = Arc::new(Mutex::new(shared));
        let data = Data::from(Arc::clone(&shared));
        let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(answer)));
        actix_web::rt::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
        Self { issuer, shared }
    }

    pub fn tell(&self, change: impl FnOnce(&mut Shared)) {
        change(&mut self.shared.lock().unwrap());
    }

    /// The next token request waits until it is told to go on.
    pub fn hold_the_next_token_request(&self) -> Arc<Held> {
        let held = Arc::<Held>::default();
        self.tell(|stub| stub.held = Some(Arc::clone(&held)));
        held
    }

    pub fn grants(&self) -> Vec<String> {
        self.shared.lock().unwrap().token_requests.iter().map(|request| request["grant_type"].clone()).collect()
    }
}

async fn answer(request: HttpRequest, body: Bytes, shared: Data<Mutex<Shared>>) -> HttpResponse {
    let held = if request.path() == "/token" { shared.lock().unwrap().held.take() } else { None };
    if let Some(held) = held {
        held.asked.notify_one();
        held.go_on.notified().await;
    }
    let mut shared = shared.lock().unwrap();
    let issuer = shared.issuer.clone();
    let authorized = request.headers().contains_key("authorization") && !shared.refuses_all_tokens;
    match request.path() {
        "/orders" | "/accounts" if !authorized => {
            let metadata = format!("Bearer resource_metadata=\"{issuer}/.well-known/oauth-protected-resource\"");
            HttpResponse::Unauthorized().insert_header(("WWW-Authenticate", metadata)).finish()
        }
        "/.well-known/oauth-protected-resource" => {
            ok(&json!({"resource": issuer, "authorization_servers": [shared.named_issuer]}))
        }
        "/.well-known/openid-configuration" => ok(&shared.provider()),
        "/jwks" => ok(&jwks(&[shared.key.jwk("k1")])),
        "/token" => shared.token(&body),
        "/userinfo" => {
            ok(&json!({"sub": shared.user, "name": "<b>Ann</b>", "email": "ann@example.com", "email_verified": true}))
        }
        "/orders" if request.method() == "POST" => {
            let mut order: Value = serde_json::from_slice(&body).unwrap();
            order["order_id"] = json!("ord_1");
            order["status"] = json!("placed");
            shared.orders.push(order.clone());
            HttpResponse::Created().json(order)
        }
        "/orders" => ok(&json!({"items": shared.orders, "next_cursor": null})),
        "/accounts" if request.method() == "POST" => HttpResponse::Created().json(json!({"account_id": "acc_1"})),
        "/accounts" => ok(&json!({"items": [], "next_cursor": null})),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn ok(body: &Value) -> HttpResponse {
    HttpResponse::Ok().json(body)
}

impl Shared {
    fn provider(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        let mut metadata = json!({
            "issuer": self.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": true,
        });
        for (name, value) in &self.metadata {
            metadata[*name] = value.clone();
        }
        metadata
    }

    fn token(&mut self, body: &[u8]) -> HttpResponse {
        let asked: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
        let is_code = asked["grant_type"] == "authorization_code";
        let known = is_code || self.good.contains(&asked["refresh_token"]);
        self.good.retain(|good| is_code || *good != asked["refresh_token"]);
        self.token_requests.push(asked);
        if self.withdrawn || !known {
            // Sent twice, it was stolen from somebody: all that came of it ends.
            self.good.clear();
            return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
        }
        let refresh_token = format!("refresh-token-{}", self.token_requests.len());
        self.good.push(refresh_token.clone());
        let mut tokens = json!({
            "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": self.expires_in,
            "refresh_token": refresh_token,
        });
        if is_code {
            tokens["id_token"] = json!(self.id_token());
        }
        ok(&tokens)
    }

    fn id_token(&self) -> String {
        let hash = digest(&SHA256, ACCESS_TOKEN.as_bytes());
        let mut claims = json!({
            "iss": self.issuer, "sub": "usr_1", "aud": "cli_1", "exp": now() + 300, "iat": now(),
            "nonce": self.nonce, "at_hash": encode(&hash.as_ref()[..16]),
        });
        for (name, value) in &self.claims {
            claims[*name] = value.clone();
        }
        if self.unsigned {
            let header = json!({"alg": "none", "typ": "JWT"});
            return format!("{}.{}.", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        }
        self.key.token(&json!({"alg": "ES256", "kid": "k1", "typ": "JWT"}), &claims)
    }
}
