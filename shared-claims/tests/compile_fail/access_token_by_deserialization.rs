//! Someone who reads an access token's claims out of a text.

use shared_claims::claims::AccessToken;

fn main() {
    let _ = serde_json::from_str::<AccessToken>("{}");
}
