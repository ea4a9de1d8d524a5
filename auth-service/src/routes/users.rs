//! `/users`: people, managed by admin-service on behalf of a manager.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use service_kit::body::JsonBody;
use service_kit::ids::new_id;
use service_kit::page::PageQuery;
use service_kit::secret::Secret;
use service_kit::time::to_rfc3339;
use service_kit::{AuditEvent, AuditLog, Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::auth::ManageUsers;
use shared_claims::role::RoleSet;

use super::{Shared, path_id, refusals::recorded};
use crate::domain::email::Email;
use crate::domain::password;
use crate::domain::user::{User, UserStatus};
use crate::hashing::HashingError;
use crate::state::State;
use crate::store::users::{self as store, UserChange};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRequest {
    email: Email,
    password: Secret,
    roles: RoleSet,
    #[serde(default)]
    name: String,
}

/// What is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserChangeRequest {
    name: Option<String>,
    password: Option<Secret>,
    roles: Option<RoleSet>,
    status: Option<UserStatus>,
}

#[derive(Serialize)]
struct UserAnswer {
    user_id: String,
    email: Email,
    name: String,
    roles: RoleSet,
    status: UserStatus,
    created_at: String,
}

impl From<User> for UserAnswer {
    fn from(user: User) -> Self {
        Self {
            user_id: user.user_id,
            email: user.email,
            name: user.name,
            roles: user.roles,
            status: user.status,
            created_at: to_rfc3339(user.created_at),
        }
    }
}

fn audit_row(
    state: &State,
    caller: &Caller<ManageUsers>,
    action: &'static str,
    user_id: &str,
) -> (AuditLog, AuditEvent) {
    let actor = caller.token().actor().map_or("", |actor| actor.as_str());
    let event = AuditEvent::new(action, Outcome::Allowed, actor, state.clock.micros())
        .subject(caller.subject().as_str())
        .object(user_id);
    (state.audit.clone(), event)
}

pub async fn create(
    caller: Caller<ManageUsers>,
    state: Shared,
    body: JsonBody<UserRequest>,
) -> Result<HttpResponse, Problem> {
    let JsonBody(asked) = body;
    let user = User {
        user_id: new_id("usr"),
        email: asked.email,
        name: name(asked.name)?,
        password_hash: hash(&state, asked.password).await?,
        roles: asked.roles,
        status: UserStatus::Active,
        created_at: state.clock.micros(),
        email_verified_at: None,
    };
    let audit = audit_row(&state, &caller, "user.create", &user.user_id);
    recorded(store::insert(&state.database, user.clone(), audit.clone()).await, audit).await?;
    let location = format!("/users/{}", user.user_id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(UserAnswer::from(user)))
}

pub async fn list(_caller: Caller<ManageUsers>, state: Shared, page: PageQuery) -> Result<HttpResponse, Problem> {
    let users = store::page(&state.database, page.after(), page.fetch_limit()).await?;
    let page = page.page(users, |user| user.user_id.clone());
    Ok(HttpResponse::Ok().json(page.map(UserAnswer::from)))
}

pub async fn show(
    _caller: Caller<ManageUsers>,
    state: Shared,
    user_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let user_id = path_id(user_id.into_inner())?;
    let user = store::find(&state.database, &user_id).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(UserAnswer::from(user)))
}

pub async fn change(
    caller: Caller<ManageUsers>,
    state: Shared,
    user_id: web::Path<String>,
    body: JsonBody<UserChangeRequest>,
) -> Result<HttpResponse, Problem> {
    let JsonBody(asked) = body;
    let user_id = path_id(user_id.into_inner())?;
    let password_hash = match asked.password {
        Some(password) => Some(hash(&state, password).await?),
        None => None,
    };
    let change = UserChange {
        name: asked.name.map(name).transpose()?,
        password_hash,
        roles: asked.roles.as_ref().map(store::roles_text),
        status: asked.status.map(|status| store::status_text(status).to_owned()),
    };
    let audit = audit_row(&state, &caller, "user.change", &user_id);
    let user = recorded(store::update(&state.database, &user_id, change, audit.clone()).await, audit).await?;
    Ok(HttpResponse::Ok().json(UserAnswer::from(user)))
}

pub async fn delete(
    caller: Caller<ManageUsers>,
    state: Shared,
    user_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let user_id = path_id(user_id.into_inner())?;
    let audit = audit_row(&state, &caller, "user.delete", &user_id);
    recorded(store::delete(&state.database, &user_id, audit.clone()).await, audit).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn name(text: String) -> Result<String, Problem> {
    if text.chars().count() <= 100 && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(Problem::invalid_field("/name", "must have at most 100 characters, none of them a control character"))
    }
}

async fn hash(state: &State, password: Secret) -> Result<String, Problem> {
    password::check_new(password.expose()).map_err(|error| Problem::invalid_field("/password", error.to_string()))?;
    state.passwords.hash(password).await.map_err(|error| match error {
        HashingError::Busy => Problem::unavailable(2),
        other => Problem::internal(other.to_string()),
    })
}
