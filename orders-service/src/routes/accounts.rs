//! `/accounts`: users of a partner, and what people opened for themselves.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use service_kit::body::JsonBody;
use service_kit::page::{Page, PageQuery};
use service_kit::{Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::orders::{ReadAccounts, WriteAccounts};

use super::Service;
use super::idempotency::Idempotency;
use super::problems::challenged;
use crate::domain::account::{Account, NewAccount};
use crate::domain::ids::AccountId;
use crate::domain::owner::Owner;
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::store::WriteError;

/// `POST /accounts`.
pub(super) async fn create(
    caller: Caller<WriteAccounts>,
    idempotency: Idempotency,
    JsonBody(new): JsonBody<NewAccount>,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let (owner, now) = (Owner::of(caller.token()), service.clock.micros());
    let fingerprint = idempotency.fingerprint(&new)?;
    let account = Account::open(new, now);
    let once = idempotency.once(&owner, fingerprint, &account, now)?;
    let event = Party::partner(&owner).event("account.create", Outcome::Allowed, now);
    let event = event.object(account.account_id.as_str());
    let opened = service.store.insert_account(account, once, event).await;
    Ok(opened.map_err(|error| refused(error, &service.resource_metadata))?.into())
}

/// A token for an account opens none, and no other scope would change that: it is the wrong token (RFC 6750 section 3.1).
fn refused(error: WriteError, resource_metadata: &str) -> Problem {
    let wrong_token = matches!(error, WriteError::Refused(Refusal::OpenedByAccount));
    let problem = Problem::from(error);
    if wrong_token { challenged(problem, resource_metadata, "error=\"insufficient_scope\"") } else { problem }
}

/// `GET /accounts`.
pub(super) async fn list(
    caller: Caller<ReadAccounts>,
    page: PageQuery,
    service: Data<Service>,
) -> Result<Json<Page<Account>>, Problem> {
    let accounts = service.store.list_accounts(&Owner::of(caller.token()), page.after(), page.fetch_limit()).await?;
    let accounts = accounts.ok_or_else(Problem::not_found)?;
    Ok(Json(page.page(accounts, |account| account.account_id.to_string())))
}

/// `GET /accounts/{account_id}`.
pub(super) async fn read(
    caller: Caller<ReadAccounts>,
    id: Path<AccountId>,
    service: Data<Service>,
) -> Result<Json<Account>, Problem> {
    let account = service.store.find_account(&Owner::of(caller.token()), &id).await?;
    account.map(Json).ok_or_else(Problem::not_found)
}
