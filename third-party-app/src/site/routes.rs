//! One handler for each thing that a person does.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, LOCATION, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::CALLBACK;
use super::cookie::Browser;
use super::form::Filled;
use super::orders::{self, NewOrder};
use super::pages::{self, STYLE, Sent};
use super::state::State;
use super::trouble::Trouble;

/// Headers whose value lets whoever reads it act in somebody's place.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

pub(super) fn register(config: &mut ServiceConfig) {
    // What changes nothing can be asked for without its body, too (RFC 9110 section 9.3.2). The way back is for once.
    config
        .service(web::resource("/").get(home).route(web::head().to(home)))
        .service(web::resource("/connect").post(connect))
        .service(web::resource(CALLBACK).get(callback))
        .service(web::resource("/orders").post(order))
        .service(web::resource("/disconnect").post(disconnect))
        .service(web::resource("/what-the-browser-sent").get(sent).route(web::head().to(sent)))
        .service(web::resource("/site.css").get(style).route(web::head().to(style)));
}

pub(super) async fn nothing_here(state: Data<State>) -> HttpResponse {
    state.trouble(&Trouble::NothingHere)
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
    let Some(browser) = state.cookies.read(request.headers()) else {
        return match Browser::new() {
            Ok(new) => state.with_cookie(&new, state.welcome(&new)),
            Err(error) => state.trouble(&error.into()),
        };
    };
    let Some(session) = state.sessions.connected(&browser) else { return state.welcome(&browser) };
    let mut own = session.lock_owned().await;
    if own.is_over() {
        state.sessions.disconnect(&browser);
        return state.welcome(&browser);
    }
    let page =
        async move { state.connected(&browser, &mut own).await.unwrap_or_else(|trouble| state.trouble(&trouble)) };
    to_the_end(page).await
}

/// Does it also if the browser hangs up meanwhile, with the lock that it has: the server gives such a request up, and a
/// refresh token that is sent would be spent without the next one.
async fn to_the_end(work: impl Future<Output = HttpResponse> + 'static) -> HttpResponse {
    actix_web::rt::spawn(work).await.unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

/// A form and no link: nothing that another site shows can begin it.
async fn connect(state: Data<State>, request: HttpRequest, Filled(form): Filled<Plain>) -> HttpResponse {
    let begin = async {
        let browser = state.own_form(&request, &form.csrf)?;
        let (url, pending) = state.partner.authorization().await?;
        state.sessions.send_away(&browser, pending);
        Ok(see_other(url.as_str()))
    };
    begin.await.unwrap_or_else(|trouble: Trouble| state.trouble(&trouble))
}

/// Not to the end: whoever hangs up here does not get the new cookie, and connects again.
async fn callback(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let finish = async {
        let browser = state.cookies.read(request.headers()).ok_or(Trouble::NotAsked)?;
        let (pending, code) = state.sessions.come_back(&browser, request.query_string())?;
        let connection = state.partner.connect(&pending, &code).await?;
        let new = Browser::new()?;
        state.sessions.connect(&browser, &new, connection);
        Ok(state.with_cookie(&new, see_other("/")))
    };
    finish.await.unwrap_or_else(|trouble: Trouble| state.trouble(&trouble))
}

async fn order(state: Data<State>, request: HttpRequest, Filled(form): Filled<OrderForm>) -> HttpResponse {
    let session = match state.own_form(&request, &form.csrf).and_then(|browser| state.session(&browser)) {
        Ok(session) => session,
        Err(trouble) => return state.trouble(&trouble),
    };
    let mut own = session.lock_owned().await;
    let place = async move {
        let placed = match NewOrder::read(&form.key, &form.description, &form.euros) {
            Some(new) => orders::place(&state.partner, &mut own, &new).await,
            None => Err(Trouble::Incomplete),
        };
        placed.map_or_else(|trouble| state.trouble(&trouble), |()| see_other("/"))
    };
    to_the_end(place).await
}

/// Forgets the tokens. What the person allowed stands until they withdraw it at the authorization server.
async fn disconnect(state: Data<State>, request: HttpRequest, Filled(form): Filled<Plain>) -> HttpResponse {
    match state.own_form(&request, &form.csrf) {
        Ok(browser) => {
            state.sessions.disconnect(&browser);
            see_other("/")
        }
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
