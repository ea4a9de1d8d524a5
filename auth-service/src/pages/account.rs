//! One's own account.

use askama::Template;
use shared_claims::scope::ScopeSet;

use super::shown::{Day, Shown};
use super::words;

/// Who is signed in, and what they have allowed.
#[derive(Template)]
#[template(path = "account.html")]
pub struct Account<'a> {
    /// For each form that withdraws.
    pub csrf: &'a str,
    /// Who is signed in: the name,
    pub name: Shown<'a>,
    /// and the address.
    pub email: Shown<'a>,
    /// What they have allowed.
    pub allowed: &'a [Allowed],
}

/// What a partner was allowed.
pub struct Allowed {
    /// Its id.
    pub consent_id: String,
    /// The partner.
    pub client_name: String,
    /// What it may do.
    pub scope: ScopeSet,
    /// Since when.
    pub since: Day,
}
