//! For programs: one JSON object to a line, one line to a step, and a last line with the summary.

use std::io;

use serde_json::{Map, Value, json};

use super::{Out, Renderer, ShownBody, ShownExchange, ShownToken, Verdict};
use crate::walkthrough::{StepFailure, Summary};

pub(crate) struct Json<'o> {
    out: Out<'o>,
    step: Step,
}

#[derive(Default, serde::Serialize)]
struct Step {
    step: u8,
    title: String,
    requests: Vec<Value>,
    tokens: Vec<Value>,
    checks: Vec<Value>,
    notes: Vec<String>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'o> Json<'o> {
    pub(crate) fn new(out: Out<'o>) -> Self {
        Self { out, step: Step::default() }
    }

    fn write(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut *self.out, value)?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

impl Renderer for Json<'_> {
    fn step(&mut self, number: u8, title: &str) -> io::Result<()> {
        self.step = Step { step: number, title: title.to_owned(), ..Step::default() };
        Ok(())
    }

    fn exchange(&mut self, exchange: &ShownExchange) -> io::Result<()> {
        let headers: Map<String, Value> =
            exchange.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        let body = match &exchange.body {
            ShownBody::None => Value::Null,
            ShownBody::Json(body) => body.clone(),
            ShownBody::Text(text) => text.as_str().into(),
        };
        self.step.requests.push(json!({
            "method": exchange.method,
            "url": exchange.url,
            "curl": exchange.curl,
            "script": exchange.script,
            "status": exchange.status,
            "headers": headers,
            "body": body,
        }));
        Ok(())
    }

    fn token(&mut self, token: &ShownToken<'_>) -> io::Result<()> {
        self.step.tokens.push(json!({"name": token.name, "header": token.header, "claims": token.claims}));
        Ok(())
    }

    fn check(&mut self, what: &str, found: Option<&str>) -> io::Result<()> {
        self.step.checks.push(json!({"check": what, "passed": found.is_none(), "found": found}));
        Ok(())
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.step.notes.push(text.to_owned());
        Ok(())
    }

    fn skipped_part(&mut self, text: &str) -> io::Result<()> {
        self.note(&format!("SKIPPED: {text}"))
    }

    /// A table repeats for the eye what the body of a request has.
    fn table(&mut self, _columns: &[&str], _rows: &[Vec<String>]) -> io::Result<()> {
        Ok(())
    }

    fn verdict(&mut self, verdict: &Verdict<'_>) -> io::Result<()> {
        let (verdict, reason) = match verdict {
            Verdict::Passed => ("passed", None),
            Verdict::Skipped(why) => ("skipped", Some((*why).to_owned())),
            Verdict::Failed(why) => ("failed", Some((*why).to_owned())),
        };
        let step = Step { verdict, reason, ..std::mem::take(&mut self.step) };
        self.write(&step)
    }

    fn summary(&mut self, summary: &Summary, failure: Option<&StepFailure>) -> io::Result<()> {
        let token_requests: Map<String, Value> =
            summary.token_requests.iter().map(|(client, requests)| (client.clone(), (*requests).into())).collect();
        self.write(&json!({"summary": {
            "passed": summary.passed,
            "skipped": summary.skipped,
            "partly_skipped": summary.partly_skipped,
            "failed": failure.map(|failure| json!({"step": failure.step, "reason": failure.reason})),
            "requests": summary.requests,
            "token_requests": token_requests,
            "elapsed_seconds": summary.elapsed.as_secs_f64(),
        }}))
    }
}
