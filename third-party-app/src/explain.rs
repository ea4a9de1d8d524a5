//! One token, check by check: what is in it, and whether it would be accepted.

use std::io;

use url::Url;

use crate::clock::unix_now;
use crate::http::{ConnectTo, Http, HttpError, Request};
use crate::inspect::{Agreement, Inspection, InvalidKeySet, KeySet, Outcome, inspect, peek};
use crate::report::{Out, Palette, line, members};

/// The settings, one to a flag of `third-party-app explain`.
#[derive(Debug, Clone)]
pub struct ExplainOptions {
    /// The token.
    pub token: String,
    /// Where the keys of its issuer are. They are never looked for where the token says.
    pub jwks: Option<Url>,
    /// What it is compared with.
    pub agreement: Agreement,
    /// Detours, as with curl.
    pub connect_to: Vec<ConnectTo>,
    /// Colours in the text.
    pub color: bool,
}

/// Nothing can be said about the token.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The keys could not be fetched.
    #[error("the keys cannot be fetched: {0}")]
    Http(#[from] HttpError),
    /// The answer is no key set.
    #[error("{url} answers {status}, not a key set")]
    Refused {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
    },
    /// The answer is no key set.
    #[error(transparent)]
    Keys(#[from] InvalidKeySet),
    /// The report cannot be written.
    #[error("the report cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Explains a token to `out`, and tells whether it is accepted.
///
/// # Errors
/// [`ExplainError`], which is no verdict about the token.
pub async fn run(options: &ExplainOptions, out: &mut (dyn io::Write + Send)) -> Result<bool, ExplainError> {
    let keys = match &options.jwks {
        Some(url) => Some(fetch(url, &options.connect_to).await?),
        None => None,
    };
    let now = unix_now();
    let (token, palette) = (options.token.trim(), Palette::new(options.color));
    let inspection = inspect(token, keys.as_ref(), &options.agreement, now);
    content(token, now, &palette, out)?;
    report(&inspection, &palette, out)?;
    Ok(inspection.accepted())
}

async fn fetch(url: &Url, connect_to: &[ConnectTo]) -> Result<KeySet, ExplainError> {
    let answer = Http::new(connect_to)?.send(&Request::get(url.clone())).await?;
    if answer.status.as_u16() != 200 {
        return Err(ExplainError::Refused { url: url.to_string(), status: answer.status.as_u16() });
    }
    Ok(KeySet::read(answer.json()?)?)
}

/// Anybody can read a token; that needs no key.
fn content(token: &str, now: i64, palette: &Palette, out: Out<'_>) -> io::Result<()> {
    for (name, part) in ["header", "claims"].into_iter().zip(peek(token)) {
        if let Some(part) = part {
            line(out, 0, palette.heading, name)?;
            members(out, 2, &part, now)?;
        }
    }
    writeln!(out)
}

fn report(inspection: &Inspection, palette: &Palette, out: Out<'_>) -> io::Result<()> {
    check(out, palette, 0, "1 well-formed", &inspection.well_formed)?;
    check(out, palette, 0, "2 signature  ", &inspection.signature)?;
    check(out, palette, 0, "3 claims     ", &third(inspection))?;
    for finding in &inspection.claims {
        check(out, palette, 2, &format!("{:<11}", finding.claim), &finding.outcome)?;
    }
    writeln!(out)?;
    let (style, verdict) = match (inspection.accepted(), inspection.refusal()) {
        (true, _) => (palette.good, "accepted".to_owned()),
        (false, Some(reason)) => (palette.bad, format!("refused: {reason}")),
        (false, None) => (palette.open, format!("not accepted: {}", open_question(inspection))),
    };
    line(out, 0, style, &verdict)
}

/// What is missing for a verdict on a token that nothing speaks against.
fn open_question(inspection: &Inspection) -> String {
    if matches!(inspection.signature, Outcome::NotChecked(_)) {
        return "its signature was not checked, so anybody can have written it; give --jwks".to_owned();
    }
    let claims = inspection.not_compared();
    let options: Vec<&str> = claims.iter().map(|claim| option_of(claim)).collect();
    format!("{}; give {}", not_compared(&claims), and(&options))
}

fn not_compared(claims: &[&str]) -> String {
    let verb = if claims.len() == 1 { "was" } else { "were" };
    format!("{} {verb} not compared with anything", and(claims))
}

fn option_of(claim: &str) -> &'static str {
    match claim {
        "typ" => "--typ",
        "iss" => "--issuer",
        _ => "--audience",
    }
}

/// As one lists things in a sentence.
fn and(names: &[&str]) -> String {
    match names {
        [before @ .., one, last] => {
            let before: String = before.iter().map(|name| format!("{name}, ")).collect();
            format!("{before}{one} and {last}")
        }
        few => few.concat(),
    }
}

/// The third check as a whole.
fn third(inspection: &Inspection) -> Outcome {
    let failed = inspection.claims.iter().filter(|finding| matches!(finding.outcome, Outcome::Failed(_))).count();
    match (&inspection.decoded, &inspection.signature, failed) {
        (None, ..) => Outcome::NotChecked("not reached: the token is not well-formed".to_owned()),
        (_, Outcome::Failed(_), _) => Outcome::NotChecked(
            "not reached by a resource server, which stops at check 2; looked at for you".to_owned(),
        ),
        (.., 0) => match inspection.not_compared().as_slice() {
            [] => Outcome::Passed("as agreed".to_owned()),
            claims => Outcome::NotChecked(not_compared(claims)),
        },
        (.., count) => Outcome::Failed(format!("{count} not as agreed")),
    }
}

fn check(out: Out<'_>, palette: &Palette, indent: usize, name: &str, outcome: &Outcome) -> io::Result<()> {
    let (style, word, text) = match outcome {
        Outcome::Passed(text) => (palette.good, "pass", text),
        Outcome::Failed(text) => (palette.bad, "FAIL", text),
        Outcome::NotChecked(text) => (palette.open, " -  ", text),
    };
    line(out, indent, style, &format!("{name}  {word}  {text}"))
}
