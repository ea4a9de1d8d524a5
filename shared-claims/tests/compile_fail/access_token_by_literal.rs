//! Someone who writes an access token's claims down.

use shared_claims::claims::{AccessPrivate, AccessPublic, AccessToken, Registered};

fn forge(registered: Registered, public: AccessPublic) -> AccessToken {
    AccessToken { registered, public, private: AccessPrivate::default() }
}

fn main() {
    let _ = forge;
}
