//! What is shown: the same events for people and for programs.

mod human;
mod json;
mod mask;
mod palette;
mod progress;
mod token;

use std::io::{self, Write};

use serde_json::{Map, Value};

pub(crate) use human::Human;
pub(crate) use json::Json;
pub(crate) use mask::{mask, mask_header, mask_text, mask_url};
pub(crate) use palette::{Palette, line};
pub(crate) use progress::wait;
pub(crate) use token::members;

use crate::walkthrough::{StepFailure, Summary};

/// Where a report goes.
pub(crate) type Out<'o> = &'o mut (dyn Write + Send);

/// A request and its answer, without anything secret.
pub(crate) struct ShownExchange {
    pub(crate) method: String,
    pub(crate) url: String,
    /// What to paste.
    pub(crate) script: Vec<String>,
    /// The curl command by itself.
    pub(crate) curl: String,
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: ShownBody,
    pub(crate) instead_of_body: Option<&'static str>,
}

pub(crate) enum ShownBody {
    None,
    Json(Value),
    Text(String),
}

/// A token, decoded.
pub(crate) struct ShownToken<'t> {
    pub(crate) name: &'t str,
    pub(crate) header: &'t Map<String, Value>,
    pub(crate) claims: &'t Map<String, Value>,
    /// Seconds since 1970, for "in 5 min".
    pub(crate) now: i64,
}

/// How a step ended.
pub(crate) enum Verdict<'v> {
    Passed,
    Skipped(&'v str),
    Failed(&'v str),
}

/// Shows the events of a walk in their order.
pub(crate) trait Renderer {
    fn step(&mut self, number: u8, title: &str) -> io::Result<()>;
    fn exchange(&mut self, exchange: &ShownExchange) -> io::Result<()>;
    fn token(&mut self, token: &ShownToken<'_>) -> io::Result<()>;
    /// Something that the sequence demands; `found` is what there was, if it is not what was demanded.
    fn check(&mut self, what: &str, found: Option<&str>) -> io::Result<()>;
    fn note(&mut self, text: &str) -> io::Result<()>;
    /// A part of a step that cannot be played.
    fn skipped_part(&mut self, text: &str) -> io::Result<()>;
    fn table(&mut self, columns: &[&str], rows: &[Vec<String>]) -> io::Result<()>;
    fn verdict(&mut self, verdict: &Verdict<'_>) -> io::Result<()>;
    fn summary(&mut self, summary: &Summary, failure: Option<&StepFailure>) -> io::Result<()>;
}
