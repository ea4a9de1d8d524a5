//! A caller who may read orders, where one is wanted who may manage partners.

use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;
use shared_claims::permission::orders::ReadOrders;

fn suspend_partner(_: Caller<ManagePartners>) {}

fn handler(caller: Caller<ReadOrders>) {
    suspend_partner(caller);
}

fn main() {
    let _ = handler;
}
