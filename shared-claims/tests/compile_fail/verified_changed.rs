//! Someone who adds a scope to a verified token.

use shared_claims::claims::AccessToken;
use shared_claims::scope::Scope;
use shared_claims::verify::Verified;

fn grant(token: &mut Verified<AccessToken>) {
    token.public.scope = Scope::ALL.iter().copied().collect();
}

fn main() {
    let _ = grant;
}
