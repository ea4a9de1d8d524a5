//! A handler that reads a claim of a token which is only well-formed.

use shared_claims::verify::Raw;

fn main() {
    let token = Raw::new(b"a.b.c").well_formed().unwrap();
    println!("{:?}", token.claims.get("sub"));
}
