//! What is told: rows with the traditional way on the left and ours on the right. What stands in them comes from the
//! answers, and what was to be seen and was not is a [`Failure`].

use std::io::Write;

use third_party_app::http::Answer;

use crate::Failure;

/// Widths, in characters, of what is done and of what came of it the traditional way.
const DONE: usize = 44;
const TRADITIONAL: usize = 32;

/// One problem, played on both sides.
#[derive(Debug)]
pub struct Told {
    title: &'static str,
    rows: Vec<[String; 3]>,
}

impl Told {
    pub fn new(title: &'static str) -> Self {
        Self { title, rows: Vec::new() }
    }

    /// Something that was done on both sides, and what came of it.
    pub fn row(&mut self, done: impl Into<String>, traditional: impl Into<String>, ours: impl Into<String>) {
        self.rows.push([done.into(), traditional.into(), ours.into()]);
    }

    pub fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "{}\n", self.title)?;
        writeln!(out, "  {:DONE$}{:TRADITIONAL$}here", "", "the traditional way")?;
        for [done, traditional, ours] in &self.rows {
            writeln!(out, "  {done:DONE$}{traditional:TRADITIONAL$}{ours}")?;
        }
        writeln!(out)
    }

    /// What came of something, the traditional way and here.
    #[cfg(test)]
    pub fn of(&self, done: &str) -> (&str, &str) {
        let [_, traditional, ours] = self.rows.iter().find(|[what, ..]| what == done).unwrap();
        (traditional, ours)
    }
}

/// Demands that something is so, and gives the words for it.
pub fn holds(so: bool, words: &'static str) -> Result<&'static str, Failure> {
    if so { Ok(words) } else { Err(Failure::NotAsTold(words.to_owned())) }
}

/// Demands this status, and tells it.
pub fn answered(answer: &Answer, status: u16) -> Result<String, Failure> {
    let found = answer.status.as_u16();
    if found == status {
        return Ok(found.to_string());
    }
    // Not the whole body: it may hold a token.
    let body = answer.json().unwrap_or_default();
    let said = ["error", "detail"].into_iter().find_map(|member| body.get(member)?.as_str()).unwrap_or_default();
    Err(Failure::NotAsTold(format!("{status} from {}, which answers {found} {said}", answer.url.path())))
}

/// Demands this status and this error of OAuth, in the body (RFC 6749 section 5.2) or in the challenge (RFC 6750 section
/// 3.1), and tells both.
pub fn refused(answer: &Answer, status: u16, error: &str) -> Result<String, Failure> {
    let status = answered(answer, status)?;
    let challenge = answer.bearer_challenge();
    let in_challenge = challenge.as_ref().and_then(|challenge| challenge.get("error")).map(str::to_owned);
    let in_body = || answer.json().ok().and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
    let found = in_challenge.or_else(in_body).unwrap_or_default();
    if found == error {
        return Ok(format!("{status} {found}"));
    }
    Err(Failure::NotAsTold(format!("{error} from {}, which says {found:?}", answer.url.path())))
}

/// How many items a list has, after its status.
pub fn listed(answer: &Answer) -> Result<String, Failure> {
    let status = answered(answer, 200)?;
    let items = answer.json()?.get("items").and_then(serde_json::Value::as_array).map(Vec::len);
    match items {
        Some(1) => Ok(format!("{status}, 1 order")),
        found => Err(Failure::NotAsTold(format!("one order from {}, which lists {found:?}", answer.url.path()))),
    }
}
