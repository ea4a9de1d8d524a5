//! First: "Third-party applications are required to store the resource owner's credentials for future use, typically a
//! password in clear-text."

use crate::Failure;
use crate::legacy::{COST, Legacy, PROGRAMS, SESSION, SHARED};
use crate::ours::Ours;
use crate::told::{Told, answered, holds, listed};

const KEEPS: &str = "the password in what the partner keeps";
const INSTEAD: &str = "if it keeps something else";
const OVER: &str = "when its session or its token is over";
const SCOPE: &str = "orders:read offline_access";

pub async fn play(legacy: &Legacy, ours: &Ours) -> Result<Told, Failure> {
    let mut told = Told::new("1. What a partner must keep");
    let mut trusted = legacy.partner("ledger")?;
    let (mut person, partner) = (ours.customer().await?, ours.register("Ledger", SCOPE).await?);
    person.allow(&partner, SCOPE).await?;
    let readable = holds(trusted.file()?.contains(SHARED), "there, in clear text")?;
    told.row(KEEPS, readable, holds(!partner.file()?.contains(&person.password), "not there")?);

    let hash = bcrypt::hash(SHARED, COST)?;
    let with_hash = answered(&legacy.visitor().log_in(PROGRAMS, &hash).await?, 401)?;
    let signed = answered(&ours.token_for_a_signature().await?, 200)?;
    told.row(INSTEAD, format!("its hash: {with_hash}"), format!("a key pair: {signed} for a signature"));

    answered(&trusted.log_in().await?, 204)?;
    listed(&trusted.visitor.get("orders").await?)?;
    legacy.later(SESSION);
    let over = answered(&trusted.visitor.get("orders").await?, 401)?;
    let again = answered(&trusted.log_in().await?, 204)?;
    let answer = ours.refresh(&partner.kept()?).await?;
    let renewed = answered(&answer, 200)?;
    told.row(OVER, format!("{over}; {again} for the password"), format!("{renewed} for its refresh token"));
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_partner_keeps_the_password_the_traditional_way_and_none_here() {
        let (legacy, ours) = crate::both().await;
        let told = play(&legacy, &ours).await.unwrap();
        assert_eq!(told.of(KEEPS), ("there, in clear text", "not there"));
        assert_eq!(told.of(INSTEAD), ("its hash: 401", "a key pair: 200 for a signature"));
        assert_eq!(told.of(OVER), ("401; 204 for the password", "200 for its refresh token"));
        crate::stop(legacy, ours).await;
    }
}
