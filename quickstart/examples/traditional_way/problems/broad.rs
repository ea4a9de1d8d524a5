//! Third: "Third-party applications gain overly broad access to the resource owner's protected resources, leaving
//! resource owners without any ability to restrict duration or access to a limited subset of resources."

use std::time::Duration;

use quickstart::cli::Service;
use reqwest::Method;
use serde_json::json;

use crate::Failure;
use crate::legacy::{Legacy, PROGRAMS, SHARED};
use crate::ours::Ours;
use crate::told::{Told, answered, holds, listed, refused};

const READS: &str = "it reads the orders, as it should";
const WRITES: &str = "it writes: another address; an account";
const LATER: &str = "for how long";
const PASSWORD: &str = "it changes the password";
const DELETES: &str = "it deletes the account";
/// What the partner could be allowed, and what the person allows: without `offline_access`, so while they are there.
const AGREED: &str = "orders:read orders:write accounts:write";
const ALLOWED: &str = "orders:read";
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub async fn play(legacy: &Legacy, ours: &Ours) -> Result<Told, Failure> {
    let mut told = Told::new("3. A partner that is to read the orders");
    let mut trusted = legacy.partner("ledger")?;
    let (mut person, partner) = (ours.customer().await?, ours.register("Ledger", AGREED).await?);
    let tokens = person.allow(&partner, ALLOWED).await?;
    let token = tokens.access_token.expose();
    answered(&trusted.log_in().await?, 204)?;
    told.row(READS, listed(&trusted.visitor.get("orders").await?)?, listed(&ours.orders(token).await?)?);

    let written = answered(&trusted.visitor.put("address", json!({"address": "2 Thieves' Lane"})).await?, 204)?;
    let seen = legacy.owner().await?.0.get("address").await?.text();
    holds(seen.contains("2 Thieves' Lane"), "the owner sees another address")?;
    let opened = ours.open_account(token).await?;
    told.row(WRITES, written, refused(&opened, 403, "insufficient_scope")?);

    legacy.later(YEAR);
    let still = answered(&trusted.log_in().await?, 204)?;
    partner.refresh().await?;
    person.sign_out().await?;
    let ended = refused(&ours.refresh(&partner.kept()?).await?, 400, "invalid_grant")?;
    let life = tokens.expires_in;
    told.row(LATER, format!("{still} a year later"), format!("{life} s a token; signed out: {ended}"));

    let body = json!({"current": SHARED, "new": "the partner's own now"});
    let changed = answered(&trusted.visitor.put("password", body).await?, 204)?;
    let person_here = format!("/users/{}", person.user_id);
    let other = ours.with_token(Method::PATCH, Service::Admin, &person_here, token).await?;
    told.row(PASSWORD, changed, refused(&other, 401, "invalid_token")?);

    let mut owner = legacy.visitor();
    answered(&owner.log_in(PROGRAMS, SHARED).await?, 401)?;
    answered(&owner.log_in(PROGRAMS, "the partner's own now").await?, 204)?;
    let deleted = answered(&owner.post("account/delete", json!({"password": "the partner's own now"})).await?, 204)?;
    answered(&legacy.owner().await?.1, 401)?;
    let other = ours.with_token(Method::DELETE, Service::Auth, &person_here, token).await?;
    told.row(DELETES, deleted, refused(&other, 401, "invalid_token")?);
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_partner_can_do_all_that_its_user_can_the_traditional_way_and_what_was_allowed_here() {
        let (legacy, ours) = crate::both().await;
        let told = play(&legacy, &ours).await.unwrap();
        assert_eq!(told.of(READS), ("200, 1 order", "200, 1 order"));
        assert_eq!(told.of(WRITES), ("204", "403 insufficient_scope"));
        assert_eq!(told.of(LATER), ("204 a year later", "300 s a token; signed out: 400 invalid_grant"));
        assert_eq!(told.of(PASSWORD), ("204", "401 invalid_token"));
        assert_eq!(told.of(DELETES), ("204", "401 invalid_token"));
        crate::stop(legacy, ours).await;
    }
}
