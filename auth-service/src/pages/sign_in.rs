//! Sign in.

use askama::Template;

use super::shown::Shown;

/// With a password, or by asking for a link.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// For the form with the password.
    pub csrf: &'a str,
    /// For the form that asks for a link.
    pub link_csrf: &'a str,
    /// The sealed authorization request that waits, if one does.
    pub request: Option<&'a str>,
    /// Whose request it is.
    pub client_name: Option<Shown<'a>>,
    /// What stands in the field for the address already.
    pub email: Shown<'a>,
    /// What was wrong with the last try, in words of ours.
    pub error: Option<&'static str>,
}
