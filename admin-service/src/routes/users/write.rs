//! `POST /users` and `PATCH /users/{user_id}`. What is recorded names the person by id alone.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use service_kit::body::JsonBody;
use service_kit::{AuditEvent, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use crate::domain::{NewUser, UserChange, UserId};
use crate::peers::Created;
use crate::routes::desk::{Desk, answer, nothing_new, passed_on};

/// 201 once; a repeat is 409, since the e-mail address is taken then. So no Idempotency-Key is needed here, and none is
/// looked at.
pub(in crate::routes) async fn create(
    caller: Caller<ManagePartners>,
    JsonBody(new): JsonBody<NewUser>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let event = desk.trail.event("user.create", &caller);
    let users = desk.users(&caller);
    let create = async move { users.create(&new).await };
    let named = |event: AuditEvent, created: &Created| event.object(&created.user_id);
    let created = desk.carry_out(event, create, named).await?;
    let location = format!("/users/{}", created.user_id);
    Ok(answer(StatusCode::CREATED).insert_header((LOCATION, location)).body(created.body.expose().clone()))
}

pub(in crate::routes) async fn change(
    caller: Caller<ManagePartners>,
    id: web::Path<UserId>,
    JsonBody(change): JsonBody<UserChange>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (users, id) = (desk.users(&caller), id.into_inner());
    let event = desk.trail.event("user.change", &caller).object(&id);
    let change = async move { users.change(&id, &change).await };
    Ok(passed_on(&desk.carry_out(event, change, nothing_new).await?))
}
