//! Where a step acts: it sends, checks and notes, and everything is shown.

use std::time::{Duration, Instant};

use super::fault::Fault;
use super::{StepFailure, Summary, WalkthroughOptions};
use crate::clock::unix_now;
use crate::html::Page;
use crate::http::{Answer, Curl, Http, Request, Variables};
use crate::inspect::{Decoded, decode};
use crate::report::{
    Human, Json, Out, Renderer, ShownBody, ShownExchange, ShownToken, Verdict, mask, mask_header, mask_text, mask_url,
    wait,
};

/// The headers of an answer that the sequence speaks of.
const SHOWN_HEADERS: [&str; 6] =
    ["WWW-Authenticate", "Cache-Control", "Retry-After", "Location", "Set-Cookie", "X-Request-Id"];

/// How often a request is repeated that was answered "come again", and how long is waited for each at most, in seconds.
/// Nothing of the sequence is harmed by a repetition: what creates something has an Idempotency-Key.
const REPEATS: usize = 3;
const LONGEST_RETRY: u64 = 5;

pub(super) struct Stage<'o> {
    http: Http,
    variables: Variables,
    renderer: Box<dyn Renderer + Send + 'o>,
    show_secrets: bool,
    /// Whether a bar is drawn; if not, a line says what is waited for.
    progress: bool,
    step: u8,
    begun: Instant,
    summary: Summary,
}

impl<'o> Stage<'o> {
    pub(super) fn new(options: &WalkthroughOptions, out: Out<'o>) -> Result<Self, Fault> {
        let renderer: Box<dyn Renderer + Send + 'o> =
            if options.json { Box::new(Json::new(out)) } else { Box::new(Human::new(out, options.color)) };
        Ok(Self {
            http: Http::new(&options.connect_to)?,
            variables: Variables::default(),
            renderer,
            show_secrets: options.show_secrets,
            progress: options.progress && !options.json,
            step: 1,
            begun: Instant::now(),
            summary: Summary::default(),
        })
    }

    pub(super) fn begin(&mut self, step: u8, title: &str) -> Result<(), Fault> {
        self.step = step;
        Ok(self.renderer.step(step, title)?)
    }

    pub(super) fn pass(&mut self) -> Result<(), Fault> {
        self.summary.passed.push(self.step);
        Ok(self.renderer.verdict(&Verdict::Passed)?)
    }

    pub(super) fn skip(&mut self, step: u8, title: &str, why: &str) -> Result<(), Fault> {
        self.begin(step, title)?;
        self.summary.skipped.push(step);
        Ok(self.renderer.verdict(&Verdict::Skipped(why))?)
    }

    /// A part of the step is not played.
    pub(super) fn skip_part(&mut self, why: &str) -> Result<(), Fault> {
        if !self.summary.partly_skipped.contains(&self.step) {
            self.summary.partly_skipped.push(self.step);
        }
        Ok(self.renderer.skipped_part(why)?)
    }

    pub(super) fn note(&mut self, text: &str) -> Result<(), Fault> {
        Ok(self.renderer.note(text)?)
    }

    pub(super) fn table(&mut self, columns: &[&str], rows: &[Vec<String>]) -> Result<(), Fault> {
        Ok(self.renderer.table(columns, rows)?)
    }

    /// A value that commands refer to by a shell variable.
    pub(super) fn remember(&mut self, variable: &str, value: &str) {
        self.variables.set(variable, value);
    }

    pub(super) fn count_token_requests(&mut self, client: &str, requests: u32) {
        self.summary.token_requests.push((client.to_owned(), requests));
    }

    /// Sends a request, and again when it is told to come again.
    pub(super) async fn send(&mut self, request: Request) -> Result<Answer, Fault> {
        for _ in 0..REPEATS {
            let answer = self.send_once(&request).await?;
            let Some(wait) = retry_after(&answer) else { return Ok(answer) };
            self.wait(wait, "because the service is busy, as it says").await?;
        }
        self.send_once(&request).await
    }

    /// Sends a request, remembers what later commands refer to, and shows both sides.
    async fn send_once(&mut self, request: &Request) -> Result<Answer, Fault> {
        let curl = Curl::new(request, &self.variables, self.http.rule_for(&request.url));
        let answer = self.http.send(request).await?;
        self.summary.requests = self.summary.requests.saturating_add(1);
        for capture in &request.captures {
            if let Some(value) = capture.value(&answer) {
                self.variables.set(capture.variable(), &value);
            }
        }
        let shown = self.shown(request, &curl, &answer);
        self.renderer.exchange(&shown)?;
        Ok(answer)
    }

    fn shown(&self, request: &Request, curl: &Curl, answer: &Answer) -> ShownExchange {
        let body = match answer.json() {
            _ if answer.body.is_empty() => ShownBody::None,
            _ if answer.media_type() == "text/html" => ShownBody::Text(page(answer)),
            Ok(body) if self.show_secrets => ShownBody::Json(body),
            Ok(body) => ShownBody::Json(mask(body)),
            Err(_) if self.show_secrets => ShownBody::Text(answer.text()),
            Err(_) => ShownBody::Text(mask_text(&answer.text())),
        };
        let open = |_: &str, value: &str| value.to_owned();
        let shown_header = if self.show_secrets { open } else { mask_header };
        let header = |name: &'static str| answer.header(name).map(|value| (name, shown_header(name, value)));
        ShownExchange {
            method: request.method.to_string(),
            url: if self.show_secrets { request.url.to_string() } else { mask_url(request.url.as_str()) },
            script: curl.script(),
            curl: curl.command(),
            status: answer.status.as_u16(),
            reason: answer.status.canonical_reason().unwrap_or_default(),
            headers: SHOWN_HEADERS.into_iter().filter_map(header).collect(),
            body,
            instead_of_body: request.instead_of_body,
        }
    }

    /// Something that the sequence demands and that has been seen to hold.
    pub(super) fn holds(&mut self, what: &str) -> Result<(), Fault> {
        Ok(self.renderer.check(what, None)?)
    }

    /// Demands something of the sequence.
    pub(super) fn check(&mut self, what: &str, holds: bool, found: impl FnOnce() -> String) -> Result<(), Fault> {
        if holds {
            return self.holds(what);
        }
        let found = found();
        self.renderer.check(what, Some(&found))?;
        Err(Fault::Differs(format!("demanded {what:?}, found {found}")))
    }

    /// Demands a status.
    pub(super) fn expect_status(&mut self, answer: &Answer, status: u16, what: &str) -> Result<(), Fault> {
        self.check(&format!("{status}: {what}"), answer.status.as_u16() == status, || found(answer))
    }

    /// Shows a token decoded. Nothing is verified by it.
    pub(super) fn show_token(&mut self, name: &str, token: &str) -> Result<Decoded, Fault> {
        let decoded = decode(token).map_err(|reason| Fault::Differs(format!("{name} is not well-formed: {reason}")))?;
        let shown = ShownToken { name, header: &decoded.header, claims: &decoded.claims, now: unix_now() };
        self.renderer.token(&shown)?;
        Ok(decoded)
    }

    /// Waits, and says so.
    pub(super) async fn wait(&mut self, time: Duration, what: &str) -> Result<(), Fault> {
        if !self.progress {
            self.renderer.note(&format!("waiting {:.1} s {what}", time.as_secs_f32()))?;
        }
        wait(time, what, self.progress).await;
        Ok(())
    }

    pub(super) fn end(mut self, outcome: Result<(), Fault>) -> Result<Summary, StepFailure> {
        self.summary.elapsed = self.begun.elapsed();
        let failed = |step: u8, fault: &Fault| StepFailure { step, reason: fault.to_string() };
        let failure = outcome.err().map(|fault| failed(self.step, &fault));
        let reported = match &failure {
            None => Ok(()),
            Some(failure) => self.renderer.verdict(&Verdict::Failed(&failure.reason)),
        }
        .and_then(|()| self.renderer.summary(&self.summary, failure.as_ref()));
        match (failure, reported) {
            (Some(failure), _) => Err(failure),
            (None, Err(error)) => Err(failed(self.step, &error.into())),
            (None, Ok(())) => Ok(self.summary),
        }
    }
}

/// A page in a line: what it is called, and how long it is.
fn page(answer: &Answer) -> String {
    let title = Page::read(answer).map(|page| page.title).unwrap_or_default();
    format!("(a page of {} bytes: {title})", answer.body.len())
}

/// When to come again (RFC 9110 section 10.2.3), if that is the answer.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let seconds: u64 = answer.header("retry-after").filter(|_| answer.status.as_u16() == 503)?.parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_RETRY)))
}

/// What a service says of its own answer: a problem body (RFC 9457) or an OAuth error (RFC 6749 section 5.2).
fn found(answer: &Answer) -> String {
    let body = answer.json().unwrap_or_default();
    let said =
        ["detail", "error_description", "error", "title"].into_iter().find_map(|member| body.get(member)?.as_str());
    let said = said.map(|said| format!(": {}", mask_text(said))).unwrap_or_default();
    format!("{} from {}{said}", answer.status.as_u16(), mask_url(answer.url.as_str()))
}
