//! What a user can do. It is all in JSON, and the cookie is `SameSite=Strict`, so no other site's form does it.

use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::door::{self, SESSION, cookie_of};
use super::refusal::Refusal;
use super::store::Session;

type Answered = Result<HttpResponse, Refusal>;

/// A name and a password.
#[derive(Deserialize)]
struct Credentials {
    user: String,
    password: String,
}

/// An own new password.
#[derive(Deserialize)]
struct Change {
    current: String,
    new: String,
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

#[derive(Deserialize)]
struct Address {
    address: String,
}

#[derive(Deserialize)]
struct Order {
    description: String,
}

pub fn register(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/legacy")
            .route("/login", web::post().to(log_in))
            .route("/orders", web::get().to(orders))
            .route("/orders", web::post().to(order))
            .route("/address", web::get().to(address))
            .route("/address", web::put().to(change_address))
            .route("/users", web::post().to(create_user))
            .route("/password", web::put().to(change_password))
            .route("/account/delete", web::post().to(delete_account)),
    );
}

/// Does what blocks on a thread for it: the database, bcrypt.
async fn blocking<T: Send + 'static>(
    app: web::Data<App>,
    work: impl FnOnce(&App) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    web::block(move || work(&app)).await?
}

/// The same, for whoever's session it is.
async fn as_user<T: Send + 'static>(
    app: web::Data<App>,
    request: &HttpRequest,
    work: impl FnOnce(&App, &Session) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let cookie = cookie_of(request);
    blocking(app, move |app| {
        let session = app.door.session_of(&app.store, cookie.as_deref())?;
        work(app, &session)
    })
    .await
}

fn done() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

async fn log_in(app: web::Data<App>, given: web::Json<Credentials>) -> Answered {
    let begun = blocking(app, move |app| app.door.log_in(&app.store, &given.user, &given.password)).await?;
    // Where there is TLS it is Secure, too.
    let (id, life) = (begun.id, SESSION.as_secs());
    let cookie = format!("session={id}; HttpOnly; SameSite=Strict; Path=/legacy; Max-Age={life}");
    Ok(HttpResponse::NoContent().insert_header((SET_COOKIE, cookie)).finish())
}

async fn orders(app: web::Data<App>, request: HttpRequest) -> Answered {
    let orders = as_user(app, &request, |app, session| Ok(app.store.orders(&session.owner)?)).await?;
    Ok(HttpResponse::Ok().json(json!({"items": orders})))
}

async fn order(app: web::Data<App>, request: HttpRequest, given: web::Json<Order>) -> Answered {
    as_user(app, &request, move |app, session| Ok(app.store.insert_order(&session.owner, &given.description)?)).await?;
    Ok(HttpResponse::Created().finish())
}

async fn address(app: web::Data<App>, request: HttpRequest) -> Answered {
    let address = as_user(app, &request, |app, session| Ok(app.store.address(&session.owner)?)).await?;
    Ok(HttpResponse::Ok().json(json!({"address": address})))
}

async fn change_address(app: web::Data<App>, request: HttpRequest, given: web::Json<Address>) -> Answered {
    as_user(app, &request, move |app, session| Ok(app.store.change_address(&session.owner, &given.address)?)).await?;
    Ok(done())
}

/// A user for somebody else, to whom the owner tells the password. Only the owner makes one: else whoever stole it could
/// make another, and stay when the password is changed.
async fn create_user(app: web::Data<App>, request: HttpRequest, given: web::Json<Credentials>) -> Answered {
    as_user(app, &request, move |app, session| {
        if session.user != session.owner {
            return Err(Refusal::NotTheOwner);
        }
        let hash = door::hash(&given.password)?;
        Ok(app.store.insert_user(&given.user, &session.owner, &hash)?)
    })
    .await?;
    Ok(HttpResponse::Created().finish())
}

/// For who knows the present password: a session that was left open is not enough.
async fn change_password(app: web::Data<App>, request: HttpRequest, given: web::Json<Change>) -> Answered {
    as_user(app, &request, move |app, session| {
        app.door.check(&app.store, &session.user, &given.current)?;
        Ok(app.store.change_password(&session.user, &door::hash(&given.new)?)?)
    })
    .await?;
    Ok(done())
}

/// The same: with the password.
async fn delete_account(app: web::Data<App>, request: HttpRequest, given: web::Json<Password>) -> Answered {
    as_user(app, &request, move |app, session| {
        app.door.check(&app.store, &session.user, &given.password)?;
        Ok(app.store.delete_owner(&session.owner)?)
    })
    .await?;
    Ok(done())
}
