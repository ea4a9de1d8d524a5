//! Someone who reads verified claims out of a text.

use shared_claims::claims::AccessToken;
use shared_claims::verify::Verified;

fn main() {
    let _ = serde_json::from_str::<Verified<AccessToken>>("{}");
}
