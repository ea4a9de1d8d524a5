//! A caller who may read orders, made into one who may place them.

use std::marker::PhantomData;

use shared_claims::extract::Caller;
use shared_claims::permission::orders::{ReadOrders, WriteOrders};

fn promote(caller: Caller<ReadOrders>) -> Caller<WriteOrders> {
    Caller { presented: caller.presented, permission: PhantomData }
}

fn main() {
    let _ = promote;
}
