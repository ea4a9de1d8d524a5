//! A receipt where an access token is wanted.

use shared_claims::claims::{AccessToken, Receipt};
use shared_claims::verify::Verified;

fn list_orders(_: &Verified<AccessToken>) {}

fn show(receipt: &Verified<Receipt>) {
    list_orders(receipt);
}

fn main() {
    let _ = show;
}
