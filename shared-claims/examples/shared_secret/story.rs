//! What happens, told on standard output. Every line that claims something is computed, and the program fails if it
//! does not hold.

use std::io::Write;
use std::time::Duration;

use aws_lc_rs::rand;
use serde_json::{Value, json};
use shared_claims::agreement::Algorithm;
use shared_claims::clock::{Clock, Timestamp};
use shared_claims::testing::TestClock;

use crate::Failure;
use crate::hs256::{self, Claims};
use crate::secret::{SHORTEST, SharedSecret};
use crate::{key_pair, published};

/// A service that holds the secret to verify tokens with.
struct Party {
    secret: SharedSecret,
}

impl Party {
    fn accepts(&self, token: &str, now: Timestamp) -> Result<Claims, hs256::Refusal> {
        hs256::verify(token, &self.secret, now)
    }
}

/// Tells the three parts.
///
/// # Errors
/// [`Failure::NotAsTold`] if something else happens than is told.
pub async fn tell(out: &mut impl Write) -> Result<(), Failure> {
    let mut bytes = [0; SHORTEST];
    rand::fill(&mut bytes).map_err(|_| Failure::NoRandomness)?;
    let now = Clock::system().now();
    the_signature(out, &bytes, now)?;
    the_shared_secret(out, &bytes, now)?;
    the_key_pair(out).await
}

fn claims_of(user_id: u64, username: &str, now: Timestamp) -> Claims {
    let expires_at = now.plus(Duration::from_secs(24 * 60 * 60));
    let pairs = [("user_id", json!(user_id)), ("username", json!(username)), ("exp", json!(expires_at))];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn holds(what: bool, told: &'static str) -> Result<&'static str, Failure> {
    if what { Ok(told) } else { Err(Failure::NotAsTold(told)) }
}

fn the_signature(out: &mut impl Write, bytes: &[u8], now: Timestamp) -> Result<(), Failure> {
    let secret = SharedSecret::parse(bytes)?;
    let claims = claims_of(123, "alice", now);
    let token = hs256::sign(&claims, &secret);
    let (signing_input, signature) = token.rsplit_once('.').ok_or(Failure::NotAsTold("three parts"))?;
    let (header, payload) = signing_input.split_once('.').ok_or(Failure::NotAsTold("three parts"))?;
    writeln!(out, "1. A token with a shared secret (HS256)\n")?;
    writeln!(out, "  header     {}\n          -> {header}", hs256::HEADER)?;
    writeln!(out, "  payload    {}\n          -> {payload}", Value::Object(claims.clone()))?;
    writeln!(out, "  signature  HMAC-SHA-256 over the two parts and the dot between them, keyed with the secret")?;
    writeln!(out, "          -> {signature}")?;
    let rfc = hs256::signature(published::SIGNING_INPUT, &published::secret()?);
    let told = holds(rfc == published::SIGNATURE, "as published")?;
    writeln!(out, "  RFC 7515 appendix A.1, over its two parts: {rfc}, {told}")?;
    let library = published::signed_by_the_library(&claims, bytes)?;
    let (signing_input, theirs) = library.rsplit_once('.').ok_or(Failure::NotAsTold("three parts"))?;
    let told = holds(hs256::signature(signing_input, &secret) == theirs, "the same")?;
    writeln!(out, "  jsonwebtoken, over the two parts that it writes: {theirs}, {told}")?;
    let short = SharedSecret::parse(bytes.get(1..).unwrap_or_default());
    let refusal = short.err().ok_or(Failure::NotAsTold("a short secret is refused"))?;
    writeln!(out, "  a secret of 31 bytes: refused, {refusal}\n")?;
    Ok(())
}

fn the_shared_secret(out: &mut impl Write, bytes: &[u8], now: Timestamp) -> Result<(), Failure> {
    let (billing, shop) =
        (Party { secret: SharedSecret::parse(bytes)? }, Party { secret: SharedSecret::parse(bytes)? });
    let issued = hs256::sign(&claims_of(123, "alice", now), &SharedSecret::parse(bytes)?);
    writeln!(out, "2. Whoever can verify can forge (HS256)\n")?;
    writeln!(out, "  An issuer, a shop and a billing service hold the same secret. The last two need it to verify.")?;
    let both = billing.accepts(&issued, now).is_ok() && shop.accepts(&issued, now).is_ok();
    writeln!(out, "  the issuer's token for alice: {} by both", holds(both, "accepted")?)?;
    let forged = hs256::sign(&claims_of(1, "root", now), &billing.secret);
    let claims = shop.accepts(&forged, now).map_err(|_| Failure::NotAsTold("the forged token is accepted"))?;
    writeln!(out, "  billing signs a token for root; the issuer never saw it: accepted by the shop, which reads")?;
    writeln!(out, "             {}", Value::Object(claims))?;
    let stranger = SharedSecret::parse(&[7; SHORTEST])?;
    let refused = shop.accepts(&hs256::sign(&claims_of(1, "root", now), &stranger), now).is_err();
    writeln!(out, "  a stranger who does not have the secret tries the same: {}\n", holds(refused, "refused")?)?;
    Ok(())
}

async fn the_key_pair(out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "3. Who has only the public key cannot (the verifier of shared-claims)")?;
    let clock = TestClock::new();
    for algorithm in [Algorithm::ES256, Algorithm::RS256] {
        let issuer = key_pair::issuer(algorithm, &clock)?;
        let shop = key_pair::verifier(algorithm, &issuer.jwks_json(), &clock)?;
        let honest = shop.verify(key_pair::honest_token(&issuer).as_bytes()).await;
        writeln!(out, "\n  {algorithm:?}: the issuer's token is {}", holds(honest.is_ok(), "accepted")?)?;
        for forgery in key_pair::forgeries(algorithm, issuer.key().public_jwk(), &clock)? {
            let refusal = shop.verify(forgery.token.as_bytes()).await.err().ok_or(Failure::NotAsTold("refused"))?;
            writeln!(out, "  {:<42} refused, {refusal}", forgery.how)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_story_holds() {
        let mut out = Vec::new();
        tell(&mut out).await.unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches("accepted").count(), 4, "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("refused, ")).count(), 15, "{text}");
        assert!(text.contains(published::SIGNATURE));
    }

    #[test]
    fn a_verifier_with_the_secret_forges_and_another_one_believes_it() {
        let now = Timestamp::from_seconds(1_000).unwrap();
        let party = || Party { secret: SharedSecret::parse(&[9; 32]).unwrap() };
        let (attacker, victim) = (party(), party());
        let forged = hs256::sign(&claims_of(1, "root", now), &attacker.secret);
        assert_eq!(victim.accepts(&forged, now), Ok(claims_of(1, "root", now)));
    }
}
