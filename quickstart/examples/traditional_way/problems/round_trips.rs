//! What the documents say besides: a session has to be managed, and the database asked at each log-in and each request.

use std::time::Duration;

use crate::Failure;
use crate::legacy::{Legacy, SESSION};
use crate::ours::Ours;
use crate::told::{Told, answered, holds};

const STAYS: &str = "to stay in for two hours";
const REQUESTS: &str = "20 requests";
const SCOPE: &str = "orders:read offline_access";
const TIMES: u64 = 20;
const TWO_HOURS: Duration = Duration::from_secs(2 * 60 * 60);

/// Leaves auth-service stopped.
pub async fn play(legacy: &Legacy, ours: &Ours) -> Result<Told, Failure> {
    let mut told = Told::new("Besides: sessions, and who asks whom");
    let mut trusted = legacy.partner("ledger")?;
    let (mut person, partner) = (ours.customer().await?, ours.register("Ledger", SCOPE).await?);
    let tokens = person.allow(&partner, SCOPE).await?;

    let (before, mut passed) = (legacy.lookups(), Duration::ZERO);
    while passed < TWO_HOURS {
        answered(&trusted.log_in().await?, 204)?;
        legacy.later(SESSION);
        passed = passed.saturating_add(SESSION);
    }
    let passwords = legacy.lookups().passwords.saturating_sub(before.passwords);
    let refreshes = TWO_HOURS.as_secs().checked_div(tokens.expires_in).unwrap_or_default();
    told.row(STAYS, format!("{passwords} passwords checked"), format!("{refreshes} token requests"));

    answered(&trusted.log_in().await?, 204)?;
    let before = legacy.lookups();
    ours.stop_auth_service().await;
    for _ in 0..TIMES {
        answered(&trusted.visitor.get("orders").await?, 200)?;
        answered(&ours.orders(tokens.access_token.expose()).await?, 200)?;
    }
    let sessions = legacy.lookups().sessions.saturating_sub(before.sessions);
    holds(sessions == TIMES, "one look-up for each request")?;
    let away = ours.auth_service_is_away().await?;
    told.row(REQUESTS, format!("{sessions} sessions looked up"), format!("{TIMES} answers, {away}"));
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_session_is_looked_up_for_each_request_and_a_token_is_checked_without_its_issuer() {
        let (legacy, ours) = crate::both().await;
        let told = play(&legacy, &ours).await.unwrap();
        assert_eq!(told.of(STAYS), ("4 passwords checked", "24 token requests"));
        assert_eq!(told.of(REQUESTS), ("20 sessions looked up", "20 answers, auth-service stopped"));
        crate::stop(legacy, ours).await;
    }
}
