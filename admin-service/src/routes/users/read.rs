//! `GET /users` and `GET /users/{user_id}`. Reading changes nothing, so it is counted and not recorded.

use actix_web::{HttpResponse, web};
use service_kit::Problem;
use service_kit::page::PageQuery;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use crate::domain::UserId;
use crate::routes::desk::{Desk, passed_on};

pub(in crate::routes) async fn list(
    caller: Caller<ManagePartners>,
    page: PageQuery,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    Ok(passed_on(&desk.users(&caller).list(&page).await?))
}

pub(in crate::routes) async fn find(
    caller: Caller<ManagePartners>,
    id: web::Path<UserId>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    Ok(passed_on(&desk.users(&caller).find(&id).await?))
}
