//! What later commands need of an answer, and the shell lines that take it from there.

use serde_json::Value;
use url::Url;

use super::Answer;
use crate::html::Page;

/// A part of an answer, and the shell variable that holds it from then on.
#[derive(Debug, Clone, Copy)]
pub struct Capture {
    pub(super) variable: &'static str,
    pub(super) part: Part,
}

/// Where a value stands. An answer is JSON, a page or a redirect; a request captures from one of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// A member of a JSON object.
    Member(&'static str),
    /// The value of a form's field.
    Field(&'static str),
    /// The URL that a redirect goes to.
    Redirect,
    /// A parameter of that URL.
    Parameter(&'static str),
}

impl Capture {
    /// The shell variable.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// The value, if the answer has it.
    #[must_use]
    pub fn value(&self, answer: &Answer) -> Option<String> {
        match self.part {
            Part::Member(name) => answer.json().ok()?.get(name).and_then(Value::as_str).map(str::to_owned),
            Part::Field(name) => Page::read(answer)?.field(name).map(str::to_owned),
            Part::Redirect => answer.location().map(Url::into),
            Part::Parameter(name) => {
                let url = answer.location()?;
                url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
            }
        }
    }
}

/// The lines that run `command` (without `curl`) and set the variables.
pub(super) fn script(command: &str, captures: &[Capture]) -> Vec<String> {
    let is_redirect = |capture: &Capture| matches!(capture.part, Part::Redirect | Part::Parameter(_));
    match captures {
        [] => vec![format!("curl -sS -i {command}")],
        [Capture { variable, part: Part::Member(name) }] => {
            vec![format!("{variable}=$(curl -sS {command} | jq -r .{name})")]
        }
        [Capture { variable, part: Part::Redirect }] => vec![format!("{variable}={}", redirect(command))],
        several => {
            let answer =
                if several.iter().any(is_redirect) { redirect(command) } else { format!("$(curl -sS {command})") };
            let first = format!("ANSWER={answer}");
            std::iter::once(first).chain(several.iter().map(from_answer)).collect()
        }
    }
}

fn redirect(command: &str) -> String {
    format!("$(curl -sS -o /dev/null -w '%{{redirect_url}}' {command})")
}

fn from_answer(capture: &Capture) -> String {
    let variable = capture.variable;
    let filter = match capture.part {
        Part::Member(name) => format!("jq -r .{name}"),
        Part::Field(name) => format!("sed -n 's/.*name=\"{name}\"[^>]*value=\"\\([^\"]*\\)\".*/\\1/p' | head -n 1"),
        Part::Redirect => return format!("{variable}=$ANSWER"),
        // Codes and states are base64url, which a URL holds as it is.
        Part::Parameter(name) => format!("sed -n 's/.*[?&]{name}=\\([^&]*\\).*/\\1/p'"),
    };
    format!("{variable}=$(printf %s \"$ANSWER\" | {filter})")
}
