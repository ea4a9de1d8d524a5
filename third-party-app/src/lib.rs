//! The *Client* of the reference architecture: a partner's program.
//!
//! It knows HTTP and the public standards and imports no crate of the services, so it shows what a partner needs to
//! know: the URL of the API, and the issuer with which it is registered. All else is discovered (RFC 6750, RFC 9728,
//! RFC 8414, OpenID Connect Discovery).
//!
//! | room | what is in it |
//! |---|---|
//! | [`walkthrough`] | the sequence, steps 1 to 20, against running services |
//! | [`site`] | the partner's web site, for people with a browser |
//! | [`explain`] | one token, check by check |
//! | [`inspect`] | the three checks that both of them share |
//! | [`discovery`], [`challenge`], [`tokens`] | from a 401 to a token |
//! | [`oauth`] | a person signs in, and lets the partner act for them |
//! | [`html`] | pages as a browser without scripts sees them |
//! | [`http`] | requests, their answers, and the same as curl commands |
//! | `report` | for people, for programs |

#![warn(missing_docs)]

pub mod challenge;
mod clock;
pub mod discovery;
pub mod explain;
pub mod html;
pub mod http;
pub mod inspect;
pub mod oauth;
pub mod random;
mod report;
pub mod secret;
pub mod site;
pub mod tokens;
pub mod walkthrough;
