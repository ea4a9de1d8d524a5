//! Fifth: "Compromise of any third-party application results in compromise of the end-user's password and all of the
//! data protected by that password."

use serde_json::json;
use third_party_app::oauth::Tokens;

use crate::Failure;
use crate::legacy::{self, Legacy};
use crate::ours::{self, Ours, Partner, Person};
use crate::told::{Told, answered, listed, refused};

const READS: &str = "the thief reads the orders";
const WRITES: &str = "the thief writes: an address; an account";
const LOGS_IN: &str = "the thief takes it to the log-in page";
const PASSES: &str = "the thief passes for the other partner";
const SHOWS: &str = "the robbed partner's next turn";
const MENDED: &str = "a new password; a new secret: the thief";
const LAST: &str = "what the thief had begun before";
const OTHER: &str = "the other partner";
const SCOPE: &str = "orders:read offline_access";

pub async fn play(legacy: &Legacy, ours: &Ours) -> Result<Told, Failure> {
    let mut told = Told::new("5. What one partner kept is stolen");
    let (mut ledger, mut courier) = (legacy.partner("ledger")?, legacy.partner("courier")?);
    let (mut robbed, other) = (ours.register("Ledger", SCOPE).await?, ours.register("Courier", SCOPE).await?);
    let mut person = ours.customer().await?;
    for partner in [&robbed, &other] {
        person.allow(partner, SCOPE).await?;
    }
    let taken: legacy::Kept = serde_json::from_str(&ledger.file()?)?;
    let mut thief = legacy.visitor();
    let in_at_once = answered(&thief.log_in(&taken.user, &taken.password).await?, 204)?;
    let taken_here = robbed.kept()?;
    let stolen = Tokens::read(&ours.refresh(&taken_here).await?)?;
    let token = stolen.access_token.expose();

    told.row(READS, listed(&thief.get("orders").await?)?, listed(&ours.orders(token).await?)?);
    let written = answered(&thief.put("address", json!({"address": "2 Thieves' Lane"})).await?, 204)?;
    told.row(WRITES, written, refused(&ours.open_account(token).await?, 403, "insufficient_scope")?);
    told.row(LOGS_IN, in_at_once, answered(&ours.try_password(&person, &taken_here.client_secret).await?, 401)?);
    let same_user: legacy::Kept = serde_json::from_str(&courier.file()?)?;
    let as_other = answered(&legacy.visitor().log_in(&same_user.user, &taken.password).await?, 204)?;
    told.row(PASSES, as_other, passes_for(ours, &taken_here, &other).await?);

    // The thief has spent the partner's refresh token. A second use tells on both.
    let unnoticed = answered(&ledger.log_in().await?, 204)?;
    told.row(SHOWS, unnoticed, refused(&ours.refresh(&taken_here).await?, 400, "invalid_grant")?);
    let next = stolen.refresh_token.as_ref().map(|token| token.expose().to_owned());
    let stolen_next = ours::Kept { refresh_token: next, ..taken_here.clone() };
    refused(&ours.refresh(&stolen_next).await?, 400, "invalid_grant")?;

    let mut owner = legacy.visitor();
    answered(&owner.log_in(&taken.user, &taken.password).await?, 204)?;
    let change = json!({"current": taken.password, "new": "moonlight2"});
    answered(&owner.put("password", change).await?, 204)?;
    robbed.take_secret(&ours.replace_secret(&taken_here.client_id).await?)?;
    let out = answered(&legacy.visitor().log_in(&taken.user, &taken.password).await?, 401)?;
    told.row(MENDED, out, refused(&ours.refresh(&taken_here).await?, 401, "invalid_client")?);
    let session = answered(&thief.get("orders").await?, 401)?;
    let until = format!("{}, for {} s at most", answered(&ours.orders(token).await?, 200)?, stolen.expires_in);
    told.row(LAST, session, until);
    let untouched = other.refresh().await?;
    let goes_on = listed(&ours.orders(untouched.access_token.expose()).await?)?;
    told.row(OTHER, answered(&courier.log_in().await?, 401)?, goes_on);
    comes_back(&mut person, &robbed).await?;
    Ok(told)
}

/// With the other's name, and the secret that was stolen.
async fn passes_for(ours: &Ours, taken: &ours::Kept, other: &Partner<'_>) -> Result<String, Failure> {
    let disguised = ours::Kept { client_id: other.client.client_id.clone(), ..taken.clone() };
    refused(&ours.refresh(&disguised).await?, 401, "invalid_client")
}

/// The robbed partner, with its new secret.
async fn comes_back(person: &mut Person<'_>, robbed: &Partner<'_>) -> Result<(), Failure> {
    person.allow(robbed, SCOPE).await?;
    robbed.refresh().await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn who_robs_one_partner_has_everything_the_traditional_way_and_what_that_partner_could_do_here() {
        let (legacy, ours) = crate::both().await;
        let told = play(&legacy, &ours).await.unwrap();
        assert_eq!(told.of(READS), ("200, 1 order", "200, 1 order"));
        assert_eq!(told.of(WRITES), ("204", "403 insufficient_scope"));
        assert_eq!(told.of(LOGS_IN), ("204", "401"));
        assert_eq!(told.of(PASSES), ("204", "401 invalid_client"));
        assert_eq!(told.of(SHOWS), ("204", "400 invalid_grant"));
        assert_eq!(told.of(MENDED), ("401", "401 invalid_client"));
        assert_eq!(told.of(LAST), ("401", "200, for 300 s at most"));
        assert_eq!(told.of(OTHER), ("401", "200, 1 order"));
        crate::stop(legacy, ours).await;
    }
}
