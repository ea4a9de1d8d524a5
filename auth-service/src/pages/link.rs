//! Sign in with a link that comes by e-mail.

use askama::Template;

use super::shown::Shown;

/// A link is under way: the same for everybody, whether there is such a person or not.
#[derive(Template)]
#[template(path = "link_sent.html")]
pub struct LinkSent;

/// The link leads here, and here is a button: programs that look at links in mails must not sign anybody in.
#[derive(Template)]
#[template(path = "link_confirm.html")]
pub struct LinkConfirm<'a> {
    /// For the form.
    pub csrf: &'a str,
    /// The token of the link.
    pub token: &'a str,
    /// Who would be signed in.
    pub email: Shown<'a>,
}
