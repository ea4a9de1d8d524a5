//! serde's messages in words that may be shown.

use std::borrow::Cow;

/// Longest text that is shown of a message or name, characters.
const LONGEST_TEXT: usize = 200;

/// Puts serde's messages into words that hold no value: they quote what was sent.
pub(super) fn explain(message: &str) -> (Option<&str>, Cow<'static, str>) {
    let name = message.split('`').nth(1);
    if message.starts_with("unknown field") {
        return (name, "is not known here".into());
    }
    if message.starts_with("missing field") {
        return (name, "is required".into());
    }
    if message.starts_with("duplicate field") {
        return (name, "is given more than once".into());
    }
    let quotes_value = ["invalid type", "invalid value", "invalid length", "unknown variant"]
        .iter()
        .any(|start| message.starts_with(start));
    if !quotes_value {
        return (None, shown(message).into());
    }
    // The value may contain ", expected " as well: the last one is serde's, since what is expected comes from our
    // types.
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if expected.starts_with("struct ") => (None, "must be an object".into()),
        Some((_, "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize")) => {
            (None, "must be a whole number in range".into())
        }
        Some((_, expected)) => (None, format!("must be {}", shown(expected)).into()),
        None => (None, "is not valid".into()),
    }
}

/// A text that can be shown: without control characters and not endless.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(LONGEST_TEXT).collect()
}
