//! Check 3: the claims are as agreed. Only here do claims become readable.

use std::ops::Deref;
use std::time::Duration;

use super::refusal::{ClaimFault, ClaimsRefusal};
use super::signature::SignatureChecked;
use crate::agreement::Agreement;
use crate::claims::{Kind, Members, Registered};
use crate::clock::Timestamp;

/// Claims that have passed all three checks. There is no other way to get one: it has no public constructor and
/// cannot be deserialized.
#[derive(Debug)]
pub struct Verified<K> {
    claims: K,
    not_before: Timestamp,
    expires_at: Timestamp,
    leeway: Duration,
}

impl<K> Verified<K> {
    /// Whether the token is within its time at `now`: for those who keep a verified token and use it again.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        time_fault(self.not_before, self.expires_at, self.leeway, now).is_none()
    }
}

impl<K> Deref for Verified<K> {
    type Target = K;
    fn deref(&self) -> &K {
        &self.claims
    }
}

impl SignatureChecked {
    /// Check 3 (RFC 7519 section 4.1, RFC 9068 section 4), in this order: kind, issuer, audience, times, then the
    /// claims of the kind.
    ///
    /// # Errors
    /// [`ClaimsRefusal`] names the claim and the fault.
    pub fn as_agreed<K: Kind>(self, agreement: &Agreement, now: Timestamp) -> Result<Verified<K>, ClaimsRefusal> {
        // RFC 8725 section 3.11: one kind of token must not pass for another.
        check_typ(self.typ.as_deref(), agreement)?;
        let members = Members::new(&self.claims);
        let registered = Registered::read(&members)?;
        if registered.issuer != agreement.issuer {
            return Err(ClaimFault::NotAgreed.of("iss"));
        }
        if !registered.audience.contains(&agreement.audience) {
            return Err(ClaimFault::NotAgreed.of("aud"));
        }
        check_times(&registered, agreement, now)?;
        let (not_before, expires_at) = (registered.valid_from(), registered.expires_at);
        let claims = K::read(registered, &members)?;
        Ok(Verified { claims, not_before, expires_at, leeway: agreement.leeway })
    }
}

/// Media types compare without case, and `application/` may be left out (RFC 7515 section 4.1.9).
fn check_typ(typ: Option<&str>, agreement: &Agreement) -> Result<(), ClaimsRefusal> {
    let Some(typ) = typ else {
        return if agreement.typ_may_be_absent { Ok(()) } else { Err(ClaimFault::Missing.of("typ")) };
    };
    let prefix = "application/";
    let short = match typ.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => typ.get(prefix.len()..).unwrap_or_default(),
        _ => typ,
    };
    let agreed = agreement.typ.iter().any(|accepted| accepted.eq_ignore_ascii_case(short));
    if agreed { Ok(()) } else { Err(ClaimFault::NotAgreed.of("typ")) }
}

fn check_times(claims: &Registered, agreement: &Agreement, now: Timestamp) -> Result<(), ClaimsRefusal> {
    if let Some(fault) = time_fault(claims.valid_from(), claims.expires_at, agreement.leeway, now) {
        let claim = match (fault, claims.not_before) {
            (ClaimFault::Expired, _) => "exp",
            (_, Some(not_before)) if not_before > now.plus(agreement.leeway) => "nbf",
            _ => "iat",
        };
        return Err(fault.of(claim));
    }
    // Whoever could make a token that never ends would not need to steal one.
    let lifetime = claims.expires_at.since(claims.issued_at);
    if lifetime.is_zero() || lifetime > agreement.longest_lifetime {
        return Err(ClaimFault::TooLong.of("exp"));
    }
    Ok(())
}

/// The time window, both ends with leeway. A token is good until the last second before `exp` plus leeway: `exp` is
/// the time "on or after which" it must not be accepted (RFC 7519 section 4.1.4).
fn time_fault(from: Timestamp, until: Timestamp, leeway: Duration, now: Timestamp) -> Option<ClaimFault> {
    if now >= until.plus(leeway) {
        Some(ClaimFault::Expired)
    } else if from > now.plus(leeway) {
        Some(ClaimFault::InFuture)
    } else {
        None
    }
}
