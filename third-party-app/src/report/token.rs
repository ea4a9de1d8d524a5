//! The members of a token's header or claims, one to a line.

use std::io;

use serde_json::{Map, Value};

use super::{Out, Palette, line};
use crate::inspect::{date, in_words};

/// Claims that are seconds since 1970.
const TIMES: [&str; 4] = ["exp", "iat", "nbf", "auth_time"];

/// Writes the members, times also in words.
pub(crate) fn members(out: Out<'_>, indent: usize, members: &Map<String, Value>, now: i64) -> io::Result<()> {
    let width = members.keys().map(|name| name.chars().count()).max().unwrap_or_default();
    for (name, value) in members {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let time = value.as_i64().filter(|_| TIMES.contains(&name.as_str()));
        let in_words = time.map(|time| format!("  {} ({})", date(time), in_words(time, now))).unwrap_or_default();
        line(out, indent, Palette::default().faint, &format!("{name:width$}  {text}{in_words}"))?;
    }
    Ok(())
}
