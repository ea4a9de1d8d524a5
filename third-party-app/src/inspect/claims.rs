//! Check 3: the claims are as agreed. Each is looked at by itself, so that all faults are named at once.

use serde_json::Value;

use super::times::{date, in_words};
use super::well_formed::Decoded;
use super::{Finding, Outcome};

/// How far the clocks of issuer and verifier may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 5;

/// The seconds from 1970 to the end of the year 9999.
const DATES: std::ops::RangeInclusive<i64> = 0..=253_402_300_799;

/// What issuer and verifier agreed on. What is left out is not checked, and that is said.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    /// The one issuer whose tokens are accepted.
    pub issuer: Option<String>,
    /// The name that must be in `aud`.
    pub audience: Option<String>,
    /// The kind of token: its media type without `application/`.
    pub typ: Option<String>,
}

type Checked = Result<String, String>;

/// Makes check 3 at the time `now` (seconds since 1970).
pub(super) fn check(token: &Decoded, agreement: &Agreement, now: i64) -> Vec<Finding> {
    let mut findings = vec![
        against("typ", agreement.typ.as_deref(), |agreed| typ(token, agreed)),
        against("iss", agreement.issuer.as_deref(), |agreed| issuer(token, agreed)),
        against("aud", agreement.audience.as_deref(), |agreed| audience(token, agreed)),
        finding("exp", expiry(token, now)),
        finding("iat", issued(token, now)),
    ];
    if token.claims.contains_key("nbf") {
        findings.push(finding("nbf", not_in_future(token, "nbf", now)));
    }
    // RFC 9068 section 2.2 demands these of an access token.
    if token.parameter("typ").is_some_and(|typ| same_media_type(typ, "at+jwt")) {
        findings.extend(["sub", "client_id", "jti"].map(|claim| finding(claim, text(token, claim))));
    }
    findings
}

fn finding(claim: &'static str, checked: Checked) -> Finding {
    let outcome = match checked {
        Ok(found) => Outcome::Passed(found),
        Err(reason) => Outcome::Failed(reason),
    };
    Finding { claim, outcome }
}

/// Without an agreed value, the claim must still be there and of its type.
fn against(claim: &'static str, agreed: Option<&str>, check: impl Fn(Option<&str>) -> Checked) -> Finding {
    match (agreed, check(agreed)) {
        (None, Ok(found)) => {
            Finding { claim, outcome: Outcome::NotChecked(format!("{found}; not checked: no agreed value given")) }
        }
        (_, checked) => finding(claim, checked),
    }
}

fn typ(token: &Decoded, agreed: Option<&str>) -> Checked {
    match (token.parameter("typ"), agreed) {
        (None, None) => Ok("is not there".to_owned()),
        (None, Some(agreed)) => Err(format!("is missing in the header, agreed is {agreed}")),
        (Some(found), Some(agreed)) if !same_media_type(found, agreed) => {
            Err(format!("is {found}, agreed is {agreed}: another kind of token"))
        }
        (Some(found), _) => Ok(format!("is {found}")),
    }
}

/// RFC 7515 section 4.1.9: media types compare without case, and `application/` may be left out.
fn same_media_type(one: &str, other: &str) -> bool {
    let short = |typ: &str| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").map(str::to_owned).unwrap_or(typ)
    };
    short(one) == short(other)
}

/// One string, compared as it stands (RFC 7519 section 4.1.1; no normalization of URLs).
fn issuer(token: &Decoded, agreed: Option<&str>) -> Checked {
    let found = text(token, "iss")?;
    match agreed {
        Some(agreed) if token.claims.get("iss").and_then(Value::as_str) != Some(agreed) => {
            Err(format!("{found}, agreed is {agreed:?}"))
        }
        _ => Ok(found),
    }
}

/// A string or a list of strings (RFC 7519 section 4.1.3).
fn audience(token: &Decoded, agreed: Option<&str>) -> Checked {
    let found: Vec<&str> = match token.claims.get("aud") {
        None => return Err("is missing".to_owned()),
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => {
            several.iter().map(Value::as_str).collect::<Option<_>>().ok_or("is a list of other things than strings")?
        }
        Some(_) => return Err("is neither a string nor a list of strings".to_owned()),
    };
    let list = found.join(", ");
    match agreed {
        None => Ok(format!("is {list}")),
        Some(agreed) if found.contains(&agreed) => Ok(format!("holds {agreed:?}")),
        Some(agreed) => Err(format!("is {list}, agreed is {agreed:?}: it was issued for somebody else")),
    }
}

/// RFC 7519 section 4.1.4: not accepted "on or after" this time.
fn expiry(token: &Decoded, now: i64) -> Checked {
    let expiry = seconds(token, "exp")?;
    let said = format!("{} ({})", date(expiry), in_words(expiry, now));
    if now < expiry.saturating_add(LEEWAY_SECONDS) {
        Ok(format!("is {said}"))
    } else {
        Err(format!("was {said}; the leeway is {LEEWAY_SECONDS} s: expired"))
    }
}

fn issued(token: &Decoded, now: i64) -> Checked {
    let found = not_in_future(token, "iat", now)?;
    match (seconds(token, "iat")?, seconds(token, "exp")) {
        (issued, Ok(expiry)) if expiry <= issued => Err("is not before exp".to_owned()),
        _ => Ok(found),
    }
}

fn not_in_future(token: &Decoded, claim: &str, now: i64) -> Checked {
    let from = seconds(token, claim)?;
    let said = format!("is {} ({})", date(from), in_words(from, now));
    if from <= now.saturating_add(LEEWAY_SECONDS) {
        Ok(said)
    } else {
        Err(format!("{said}; the leeway is {LEEWAY_SECONDS} s: not valid yet, or the clocks differ"))
    }
}

/// A NumericDate (RFC 7519 section 2). Fractions are allowed there and cut off here.
fn seconds(token: &Decoded, claim: &str) -> Result<i64, String> {
    let value = token.claims.get(claim).ok_or("is missing")?;
    let fraction = |seconds: f64| time::Duration::saturating_seconds_f64(seconds).whole_seconds();
    let seconds = value.as_i64().or_else(|| value.as_f64().map(fraction));
    seconds
        .filter(|seconds| DATES.contains(seconds))
        .ok_or_else(|| format!("is {value}, not a time in seconds since 1970"))
}

fn text(token: &Decoded, claim: &str) -> Checked {
    match token.claims.get(claim) {
        None => Err("is missing".to_owned()),
        Some(Value::String(text)) if text.is_empty() => Err("is empty".to_owned()),
        Some(Value::String(text)) => Ok(format!("is {text:?}")),
        Some(other) => Err(format!("is {other}, not a string")),
    }
}
