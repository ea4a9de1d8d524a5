//! A handler that reads a claim of a token which was only signed.

use shared_claims::verify::SignatureChecked;

fn subject(token: SignatureChecked) -> String {
    token.claims["sub"].to_string()
}

fn main() {
    let _ = subject;
}
