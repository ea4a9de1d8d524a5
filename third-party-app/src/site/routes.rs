//! One handler for each thing that a person does.

use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, LOCATION, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::web::{self, Data, Form, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::CALLBACK;
use super::orders::{self, NewOrder};
use super::pages::{self, STYLE, Sent};
use super::sessions::{NewSession, SessionState};
use super::state::State;
use super::trouble::Trouble;
use crate::oauth::RedirectError;

/// How long a person may take until they come back: as long as the authorization server waits for them.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Headers whose value lets whoever reads it act in somebody's place.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

pub(super) fn register(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/connect", web::post().to(connect))
        .route(CALLBACK, web::get().to(callback))
        .route("/orders", web::post().to(order))
        .route("/disconnect", web::post().to(disconnect))
        .route("/what-the-browser-sent", web::get().to(sent))
        .route("/site.css", web::get().to(style));
}

#[derive(Deserialize)]
struct Plain {
    csrf: String,
}

#[derive(Deserialize)]
struct OrderForm {
    csrf: String,
    key: String,
    description: String,
    euros: String,
}

/// Whether the process is alive.
#[get("/healthz")]
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).body("alive\n")
}

/// A browser that came by another name (`localhost` for `127.0.0.1`) has other cookies there: it is sent to the one by
/// which it will come back.
pub(super) async fn own_name_alone(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let public_url = request.app_data::<Data<State>>().map(|state| state.public_url.clone());
    let own = public_url.as_ref().map(|url| url.authority().to_owned());
    let called = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if called.is_none() || called == own.as_deref() {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let to = public_url.map(String::from).unwrap_or_default();
    let answer = HttpResponse::SeeOther().insert_header((LOCATION, to)).finish();
    Ok(request.into_response(answer).map_into_right_body())
}

async fn home(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let Some(session) = state.sessions.find(&request) else {
        return match state.sessions.begin(&request, SessionState::default()) {
            Ok(new) => state.with_cookie(&new, |session| state.welcome(session)),
            Err(error) => state.trouble(&error.into()),
        };
    };
    let mut own = session.state.lock().await;
    if own.connection.is_none() {
        return state.welcome(&session);
    }
    match state.connected(&session, &mut own).await {
        Ok(page) => page,
        Err(trouble) => state.trouble(&trouble),
    }
}

/// A form and no link: nothing that another site shows can begin it.
async fn connect(state: Data<State>, request: HttpRequest, form: Form<Plain>) -> HttpResponse {
    let begin = async {
        let session = state.own_form(&request, &form.csrf)?;
        let (url, pending) = state.partner.authorization().await?;
        session.state.lock().await.pending = Some((pending, Instant::now()));
        Ok(see_other(url.as_str()))
    };
    begin.await.unwrap_or_else(|trouble: Trouble| state.trouble(&trouble))
}

async fn callback(state: Data<State>, request: HttpRequest) -> HttpResponse {
    match finish(&state, &request).await {
        Ok(new) => state.with_cookie(&new, |_| see_other("/")),
        Err(trouble) => state.trouble(&trouble),
    }
}

/// The state is looked for in the session of the browser that brings it: one that was sent away by another browser is
/// none (login CSRF, a code that was slipped in).
async fn finish(state: &State, request: &HttpRequest) -> Result<NewSession, Trouble> {
    let session = state.sessions.find(request).ok_or(Trouble::NotAsked)?;
    let mut own = session.state.lock().await;
    let (pending, since) = own.pending.as_ref().ok_or(Trouble::NotAsked)?;
    if since.elapsed() > PATIENCE {
        return Err(Trouble::NotAsked);
    }
    let read = pending.read_redirect(request.query_string());
    // What anybody can make a browser call must not end what the person has begun.
    if let Err(forged @ (RedirectError::NoState | RedirectError::OtherState | RedirectError::Repeated("state"))) = read
    {
        return Err(forged.into());
    }
    let (pending, _) = own.pending.take().ok_or(Trouble::NotAsked)?;
    let connection = state.partner.connect(&pending, &read?).await?;
    drop(own);
    let connected = SessionState { pending: None, connection: Some(connection) };
    Ok(state.sessions.begin(request, connected)?)
}

async fn order(state: Data<State>, request: HttpRequest, form: Form<OrderForm>) -> HttpResponse {
    let place = async {
        let session = state.own_form(&request, &form.csrf)?;
        let euros = form.euros.trim().parse().ok().filter(|euros| (1..=9_999).contains(euros));
        let description = Some(form.description.trim()).filter(|text| !text.is_empty());
        let (Some(euros), Some(description)) = (euros, description) else { return Err(Trouble::Incomplete) };
        let new = NewOrder { key: &form.key, description, euros };
        orders::place(&state.partner, &mut *session.state.lock().await, &new).await?;
        Ok(see_other("/"))
    };
    place.await.unwrap_or_else(|trouble: Trouble| state.trouble(&trouble))
}

/// Forgets the tokens. What the person allowed stands until they withdraw it at the authorization server.
async fn disconnect(state: Data<State>, request: HttpRequest, form: Form<Plain>) -> HttpResponse {
    let own = state.own_form(&request, &form.csrf);
    let forgotten = own.and_then(|_| Ok(state.sessions.begin(&request, SessionState::default())?));
    match forgotten {
        Ok(new) => state.with_cookie(&new, |_| see_other("/")),
        Err(trouble) => state.trouble(&trouble),
    }
}

/// The headers of this very request, and of cookies the names.
async fn sent(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let mut headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter(|(name, _)| !SECRET_HEADERS.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
        .collect();
    headers.sort();
    let cookies = request.headers().get_all(COOKIE).map(|value| text(value.as_bytes()));
    let names = |header: String| {
        let pairs = header.split(';').filter_map(|pair| pair.split('=').next());
        pairs.map(|name| name.trim().to_owned()).collect::<Vec<_>>()
    };
    let cookies: Vec<String> = cookies.flat_map(names).collect();
    pages::answer(&state.policy, StatusCode::OK, &Sent { headers: &headers, cookies: &cookies })
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(STYLE)
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).insert_header((CACHE_CONTROL, "no-store")).finish()
}
