//! The second act, steps 13 to 20: a person lets a partner act for them, and takes that back. There is no browser; a
//! small one of the walkthrough's own does what a browser without scripts would do.

mod acting;
mod browser;
mod consent;
mod customer;
mod exchange;
mod identity;
mod refreshing;
mod visit;
mod withdrawal;

use super::fault::Fault;
use super::session::Api;
use super::sign_in::Operator;
use super::stage::Stage;

const TITLES: [(u8, &str); 8] = [
    (13, customer::TITLE),
    (14, visit::TITLE),
    (15, consent::TITLE),
    (16, exchange::TITLE),
    (17, identity::TITLE),
    (18, acting::TITLE),
    (19, refreshing::TITLE),
    (20, withdrawal::TITLE),
];

/// Plays the steps. Without an operator nobody can create the customer.
pub(super) async fn play(stage: &mut Stage<'_>, operator: Option<&Operator>, api: &Api) -> Result<(), Fault> {
    let Some(operator) = operator else {
        return TITLES.into_iter().try_for_each(|(step, title)| stage.skip(step, title, "nobody plays the operator"));
    };
    let (customer, registration) = customer::step(stage, operator).await?;
    let (mut visit, pending, page) = visit::step(stage, api, &customer, registration).await?;
    let code = consent::step(stage, &mut visit, &pending, &page).await?;
    let (tokens, pending) = exchange::step(stage, &mut visit, pending, &code).await?;
    let (tokens, person) = identity::step(stage, &visit, &pending, tokens).await?;
    acting::step(stage, &visit, &tokens, &person).await?;
    let tokens = refreshing::step(stage, &mut visit, tokens).await?;
    withdrawal::step(stage, &mut visit, &tokens).await
}
