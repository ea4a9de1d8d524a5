//! For people.

use std::io;

use super::{Out, Palette, Renderer, ShownBody, ShownExchange, ShownToken, Verdict, line, members};
use crate::walkthrough::{STEPS, StepFailure, Summary};

/// Lines of a body before the rest is left out; `--json` has it whole.
const LONGEST_BODY: usize = 40;

pub(crate) struct Human<'o> {
    out: Out<'o>,
    palette: Palette,
    step: u8,
}

impl<'o> Human<'o> {
    pub(crate) fn new(out: Out<'o>, color: bool) -> Self {
        Self { out, palette: Palette::new(color), step: 0 }
    }

    fn plain(&mut self, text: &str) -> io::Result<()> {
        line(self.out, 2, Palette::default().faint, text)
    }

    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn body(&mut self, exchange: &ShownExchange) -> io::Result<()> {
        if let Some(instead) = exchange.instead_of_body {
            return line(self.out, 2, self.palette.faint, instead);
        }
        let text = match &exchange.body {
            ShownBody::None => return Ok(()),
            ShownBody::Json(body) => serde_json::to_string_pretty(body).unwrap_or_default(),
            ShownBody::Text(text) => text.clone(),
        };
        for text in text.lines().take(LONGEST_BODY) {
            self.plain(text)?;
        }
        match text.lines().count().checked_sub(LONGEST_BODY) {
            None | Some(0) => Ok(()),
            Some(more) => line(self.out, 2, self.palette.faint, &format!("… {more} more lines; --json shows them all")),
        }
    }
}

impl Renderer for Human<'_> {
    fn step(&mut self, number: u8, title: &str) -> io::Result<()> {
        self.step = number;
        self.blank()?;
        line(self.out, 0, self.palette.heading, &format!("Step {number}: {title}"))
    }

    fn exchange(&mut self, exchange: &ShownExchange) -> io::Result<()> {
        self.blank()?;
        for text in exchange.script.iter().flat_map(|text| text.lines()) {
            line(self.out, 2, self.palette.command, text)?;
        }
        self.plain(&format!("HTTP {} {}", exchange.status, exchange.reason))?;
        for (name, value) in &exchange.headers {
            self.plain(&format!("{name}: {value}"))?;
        }
        self.body(exchange)
    }

    fn token(&mut self, token: &ShownToken<'_>) -> io::Result<()> {
        self.blank()?;
        self.plain(&format!("{}, decoded", token.name))?;
        line(self.out, 4, self.palette.faint, "header")?;
        members(self.out, 6, token.header, token.now)?;
        line(self.out, 4, self.palette.faint, "claims")?;
        members(self.out, 6, token.claims, token.now)
    }

    fn check(&mut self, what: &str, found: Option<&str>) -> io::Result<()> {
        match found {
            None => line(self.out, 2, self.palette.good, &format!("✓ {what}")),
            Some(found) => line(self.out, 2, self.palette.bad, &format!("✗ {what}: {found}")),
        }
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        line(self.out, 2, self.palette.faint, text)
    }

    fn skipped_part(&mut self, text: &str) -> io::Result<()> {
        line(self.out, 2, self.palette.open, &format!("SKIPPED: {text}"))
    }

    fn table(&mut self, columns: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
        let widths: Vec<usize> = (0..columns.len())
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
                cells.chain(columns.get(column).map(|name| name.chars().count())).max().unwrap_or_default()
            })
            .collect();
        let format = |cells: &mut dyn Iterator<Item = &str>| {
            let padded = cells.zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.blank()?;
        line(self.out, 2, self.palette.heading, &format(&mut columns.iter().copied()))?;
        for row in rows {
            self.plain(&format(&mut row.iter().map(String::as_str)))?;
        }
        Ok(())
    }

    fn verdict(&mut self, verdict: &Verdict<'_>) -> io::Result<()> {
        let step = self.step;
        match verdict {
            Verdict::Passed => line(self.out, 2, self.palette.good, &format!("step {step}: as the sequence says")),
            Verdict::Skipped(why) => line(self.out, 2, self.palette.open, &format!("step {step}: SKIPPED, {why}")),
            Verdict::Failed(why) => line(self.out, 2, self.palette.bad, &format!("step {step}: DIFFERS, {why}")),
        }?;
        self.out.flush()
    }

    fn summary(&mut self, summary: &Summary, failure: Option<&StepFailure>) -> io::Result<()> {
        let numbers = |steps: &[u8]| steps.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        let Summary { passed, skipped, partly_skipped, requests, .. } = summary;
        self.blank()?;
        let style = if failure.is_some() { self.palette.bad } else { self.palette.good };
        let seconds = summary.elapsed.as_secs_f32();
        let done =
            format!("{} of {STEPS} steps are as the sequence says: {requests} requests, {seconds:.1} s.", passed.len());
        line(self.out, 0, style, &done)?;
        if let Some(failure) = failure {
            line(self.out, 0, style, &format!("Step {} differs; the steps after it were not played.", failure.step))?;
        }
        if !skipped.is_empty() {
            line(self.out, 0, self.palette.open, &format!("Skipped: {}.", numbers(skipped)))?;
        }
        if !partly_skipped.is_empty() {
            line(self.out, 0, self.palette.open, &format!("Skipped in part: {}.", numbers(partly_skipped)))?;
        }
        self.out.flush()
    }
}
