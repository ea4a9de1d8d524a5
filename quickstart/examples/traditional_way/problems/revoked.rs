//! Fourth: "Resource owners cannot revoke access to an individual third party without revoking access to all third
//! parties, and must do so by changing the third party's password."

use serde_json::json;

use crate::Failure;
use crate::legacy::{Legacy, PROGRAMS, SHARED};
use crate::ours::Ours;
use crate::told::{Told, answered, holds, listed, refused};

const BEFORE: &str = "two partners come in";
const SHUT_OUT: &str = "one is to be shut out";
const THIS: &str = "that one";
const OTHER: &str = "the other";
const SCOPE: &str = "orders:read offline_access";

pub async fn play(legacy: &Legacy, ours: &Ours) -> Result<Told, Failure> {
    let mut told = Told::new("4. Shutting one partner out");
    let (mut ledger, mut courier) = (legacy.partner("ledger")?, legacy.partner("courier")?);
    let (one, other) = (ours.register("Ledger", SCOPE).await?, ours.register("Courier", SCOPE).await?);
    let mut person = ours.customer().await?;
    let logged_in = [answered(&ledger.log_in().await?, 204)?, answered(&courier.log_in().await?, 204)?];
    let mut read = Vec::new();
    for partner in [&one, &other] {
        let tokens = person.allow(partner, SCOPE).await?;
        read.push(answered(&ours.orders(tokens.access_token.expose()).await?, 200)?);
    }
    told.row(BEFORE, logged_in.join(" and "), read.join(" and "));

    let mut owner = legacy.visitor();
    answered(&owner.log_in(PROGRAMS, SHARED).await?, 204)?;
    let change = json!({"current": SHARED, "new": "moonlight2"});
    let changed = answered(&owner.put("password", change).await?, 204)?;
    let back = person.withdraw(&one).await?;
    holds(back == "/account", "back at the account")?;
    told.row(SHUT_OUT, format!("a new password: {changed}"), format!("withdrawn at {back}"));

    let refused_here = refused(&ours.refresh(&one.kept()?).await?, 400, "invalid_grant")?;
    told.row(THIS, answered(&ledger.log_in().await?, 401)?, refused_here);
    let in_its_session = answered(&courier.visitor.get("orders").await?, 401)?;
    let refreshed = other.refresh().await?;
    let goes_on = listed(&ours.orders(refreshed.access_token.expose()).await?)?;
    holds(in_its_session == answered(&courier.log_in().await?, 401)?, "out, with its session and without")?;
    told.row(OTHER, in_its_session, goes_on);
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn who_shuts_one_partner_out_shuts_all_out_the_traditional_way_and_that_one_here() {
        let (legacy, ours) = crate::both().await;
        let told = play(&legacy, &ours).await.unwrap();
        assert_eq!(told.of(BEFORE), ("204 and 204", "200 and 200"));
        assert_eq!(told.of(THIS), ("401", "400 invalid_grant"));
        assert_eq!(told.of(OTHER), ("401", "200, 1 order"));
        crate::stop(legacy, ours).await;
    }
}
