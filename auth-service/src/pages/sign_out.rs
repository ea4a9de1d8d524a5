//! Sign out.

use askama::Template;

use super::shown::Shown;

/// Asks first: a link that signs people out could be put into any page.
#[derive(Template)]
#[template(path = "sign_out.html")]
pub struct SignOut<'a> {
    /// For the form.
    pub csrf: &'a str,
    /// Who is signed in.
    pub email: Shown<'a>,
}

/// Nobody is signed in now.
#[derive(Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut;
