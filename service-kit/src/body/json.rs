//! From JSON to a value, and from what is wrong with it to the field.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::words::{explain, shown};
use crate::problem::{FieldError, Problem};

/// Reads a JSON object into a `T`.
///
/// # Errors
/// 400 when it is no JSON (or more than one value), 422 naming the field when it is not a `T`.
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, Problem> {
    // serde would also fill a struct from a list, by position: two spellings of one request, one of them unheard of.
    if json.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid_field("", "must be an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = pointer(error.path());
        // serde_json calls a number where an enum's name is meant a syntax error.
        if !error.inner().is_data() && serde_json::from_slice::<Value>(json).is_ok() {
            return Problem::invalid_field(field, "has the wrong type");
        }
        json_problem(error.inner(), field)
    })?;
    reader.end().map_err(|error| json_problem(&error, String::new()))?;
    Ok(value)
}

pub(super) fn json_problem(error: &serde_json::Error, parent: String) -> Problem {
    if !error.is_data() {
        return Problem::bad_request("The body is not valid JSON.");
    }
    let message = error.to_string();
    // serde_json adds the place in the text, which says nothing to someone who sees the field's name.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let (name, detail) = explain(message);
    Problem::unprocessable(vec![FieldError::new(joined(parent, name), detail)])
}

fn joined(parent: String, name: Option<&str>) -> String {
    match name {
        // serde_path_to_error already ends with the name of an unknown or doubled field.
        Some(name) if !parent.ends_with(&format!("/{}", escaped(name))) => format!("{parent}/{}", escaped(name)),
        _ => parent,
    }
}

fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escaped(key)),
        Segment::Enum { variant } => format!("{pointer}/{}", escaped(variant)),
        Segment::Unknown => pointer,
    })
}

/// A name as a part of a JSON pointer (RFC 6901 section 3), cut to a length that can be shown.
fn escaped(name: &str) -> String {
    shown(name).replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::from_json;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Order {
        account_id: String,
        #[serde(deserialize_with = "crate::body::object")]
        amount: Amount,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Amount {
        minor_units: u32,
        currency: Currency,
    }

    #[derive(Debug, Deserialize)]
    enum Currency {
        #[serde(rename = "EUR")]
        Eur,
    }

    fn answer(json: &str) -> (u16, String, String) {
        let problem = from_json::<Order>(json.as_bytes()).unwrap_err();
        assert!(!problem.to_json().contains("hunter2"), "{}", problem.to_json());
        let first = problem.errors().first();
        (
            problem.status().as_u16(),
            first.map(|error| error.field.clone()).unwrap_or_default(),
            first.map(|error| error.detail.to_string()).unwrap_or_default(),
        )
    }

    #[test]
    fn a_number_in_place_of_a_name_has_the_wrong_type() {
        let wrong = r#"{"account_id":"a","amount":{"minor_units":1,"currency":7}}"#;
        assert_eq!(answer(wrong), (422, "/amount/currency".into(), "has the wrong type".into()));
    }

    /// serde's derived code would also take `["a", [1, "EUR"]]`.
    #[test]
    fn a_list_is_no_object_at_any_depth() {
        assert_eq!(
            answer(r#"{"account_id":"a","amount":[1,"EUR"]}"#),
            (422, "/amount".into(), "must be an object".into())
        );
        assert_eq!(answer(r#"["a",{"minor_units":1,"currency":"EUR"}]"#).0, 422);
        assert!(from_json::<Order>(br#"{"account_id":"a","amount":{"minor_units":1,"currency":"EUR"}}"#).is_ok());
    }

    #[test]
    fn a_wrong_field_is_named_and_its_value_is_not_shown() {
        let cases = [
            (
                r#"{"account_id":"a","amount":{"minor_units":"hunter2","currency":"EUR"}}"#,
                "/amount/minor_units",
                "must be a whole number in range",
            ),
            (
                r#"{"account_id":"a","amount":{"minor_units":-1,"currency":"EUR"}}"#,
                "/amount/minor_units",
                "must be a whole number in range",
            ),
            (
                r#"{"account_id":"a","amount":{"minor_units":1,"currency":"hunter2, expected x"}}"#,
                "/amount/currency",
                "must be `EUR`",
            ),
            (r#"{"account_id":"a","amount":{"minor_units":1}}"#, "/amount/currency", "is required"),
            (
                r#"{"account_id":"a","amount":{"minor_units":1,"currency":"EUR","x/y":"hunter2"}}"#,
                "/amount/x~1y",
                "is not known here",
            ),
            (r#"{"account_id":"a","account_id":"hunter2"}"#, "/account_id", "is given more than once"),
            (r#"{"account_id":"a","amount":"hunter2"}"#, "/amount", "must be an object"),
            (
                r#"{"account_id":"a","amount":{"minor_units":1,"currency":"EUR"},"tags":["a",1]}"#,
                "/tags/1",
                "must be a string",
            ),
            ("[]", "", "must be an object"),
        ];
        for (json, field, detail) in cases {
            assert_eq!(answer(json), (422, field.to_owned(), detail.to_owned()), "{json}");
        }
    }

    #[test]
    fn what_is_no_json_is_400() {
        let deep = "[".repeat(100_000);
        for json in ["", "{", "hunter2", r#"{"account_id":"hunter2"#, "{}{}", deep.as_str(), "\u{feff}{}"] {
            let status = answer(json).0;
            assert!(status == 400 || (json == "{}{}" || json == deep) && status == 422, "{status}");
        }
    }
}
