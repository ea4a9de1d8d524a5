//! A partner asks for access.

use askama::Template;
use shared_claims::scope::ScopeSet;

use super::shown::Shown;
use super::words;

/// What the partner would get. To allow and to deny are two buttons that look alike.
#[derive(Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// For the form.
    pub csrf: &'a str,
    /// The sealed authorization request.
    pub request: &'a str,
    /// Who asks.
    pub client_name: Shown<'a>,
    /// Where the browser goes afterwards, such as `https://partner.example`.
    pub client_origin: Shown<'a>,
    /// What for.
    pub scope: &'a ScopeSet,
    /// Whether the access outlives the session.
    pub offline_access: bool,
    /// Who is signed in: the name,
    pub name: Shown<'a>,
    /// and the address.
    pub email: Shown<'a>,
    /// Where somebody else signs in: a path here, with its query.
    pub not_you: &'a str,
}
