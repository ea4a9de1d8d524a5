//! `/accounts`: users of a partner.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use service_kit::body::JsonBody;
use service_kit::page::{Page, PageQuery};
use service_kit::{Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::orders::{ReadAccounts, WriteAccounts};

use super::Service;
use super::idempotency::Idempotency;
use crate::domain::account::{Account, NewAccount};
use crate::domain::ids::AccountId;
use crate::domain::party::Party;

/// `POST /accounts`.
pub(super) async fn create(
    caller: Caller<WriteAccounts>,
    idempotency: Idempotency,
    JsonBody(new): JsonBody<NewAccount>,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let now = service.clock.micros();
    let fingerprint = idempotency.fingerprint(&new)?;
    let account = Account::open(new, now);
    let once = idempotency.once(caller.client_id(), fingerprint, &account, now)?;
    let event = Party::partner(caller.token()).event("account.create", Outcome::Allowed, now);
    let event = event.object(account.account_id.as_str());
    Ok(service.store.insert_account(account, once, event).await?.into())
}

/// `GET /accounts`.
pub(super) async fn list(
    caller: Caller<ReadAccounts>,
    page: PageQuery,
    service: Data<Service>,
) -> Result<Json<Page<Account>>, Problem> {
    let accounts = service.store.list_accounts(caller.client_id(), page.after(), page.fetch_limit()).await?;
    Ok(Json(page.page(accounts, |account| account.account_id.to_string())))
}

/// `GET /accounts/{account_id}`.
pub(super) async fn read(
    caller: Caller<ReadAccounts>,
    id: Path<AccountId>,
    service: Data<Service>,
) -> Result<Json<Account>, Problem> {
    let account = service.store.find_account(caller.client_id(), &id).await?;
    account.map(Json).ok_or_else(Problem::not_found)
}
