//! What another service refused, and what of that concerns our caller.

use reqwest::StatusCode;
use serde::Deserialize;
use service_kit::FieldError;

use super::error::PeerError;

/// Longest text that is passed on, in characters, and most fields that are named.
const LONGEST_TEXT: usize = 200;
const MOST_FIELDS: usize = 20;

/// A problem body (RFC 9457), as far as it is passed on.
#[derive(Deserialize)]
struct Body {
    status: u16,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    field: String,
    detail: String,
}

/// The error that a status outside the 200s means. Only what says that it is a problem of this kind is passed on: a
/// 404 of whatever else stands at the address must not look like "there is no such partner".
pub(super) fn refusal(status: StatusCode, body: &[u8]) -> PeerError {
    let said = || serde_json::from_slice::<Body>(body).ok().filter(|body| body.status == status.as_u16());
    let nonsense = || PeerError::Nonsense(format!("status {status}"));
    match status {
        StatusCode::NOT_FOUND => said().map_or_else(nonsense, |_| PeerError::NotFound),
        StatusCode::CONFLICT => said().map_or_else(nonsense, |body| PeerError::Conflict(shown(&body.detail))),
        StatusCode::UNPROCESSABLE_ENTITY => said().map_or_else(nonsense, invalid),
        StatusCode::TOO_MANY_REQUESTS => PeerError::Unavailable(format!("status {status}")),
        _ if status.is_server_error() => PeerError::Unavailable(format!("status {status}")),
        _ => nonsense(),
    }
}

fn invalid(body: Body) -> PeerError {
    let fields = body.errors.into_iter().take(MOST_FIELDS);
    let fields = fields.map(|error| FieldError::new(shown(&error.field), shown(&error.detail))).collect();
    PeerError::Invalid { detail: shown(&body.detail), fields }
}

fn shown(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> PeerError {
        refusal(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn only_a_problem_of_the_same_status_is_believed() {
        assert!(matches!(read(404, r#"{"status":404,"detail":"x"}"#), PeerError::NotFound));
        assert!(matches!(read(409, r#"{"status":409,"detail":"x"}"#), PeerError::Conflict(detail) if detail == "x"));
        for (status, body) in [
            (404, "<html>"),
            (404, ""),
            (404, r#"{"status":200}"#),
            (404, "[]"),
            (409, "{}"),
            (422, "null"),
            (401, r#"{"status":401}"#),
            (403, r#"{"status":403}"#),
            (302, ""),
            (418, r#"{"status":418}"#),
        ] {
            assert!(matches!(read(status, body), PeerError::Nonsense(_)), "{status} {body}");
        }
        for status in [429, 500, 502, 503, 504] {
            assert!(matches!(read(status, "<html>"), PeerError::Unavailable(_)), "{status}");
        }
    }

    #[test]
    fn fields_are_passed_on_and_not_without_end() {
        let field = format!(r#"{{"field":"/scope\n","detail":"{}"}}"#, "x".repeat(10_000));
        let body = format!(r#"{{"status":422,"detail":"d","errors":[{}]}}"#, vec![field; 100].join(","));
        let PeerError::Invalid { detail, fields } = read(422, &body) else { panic!("422") };
        assert_eq!((detail.as_str(), fields.len()), ("d", MOST_FIELDS));
        assert!(fields.iter().all(|error| error.field == "/scope" && error.detail.len() == LONGEST_TEXT));
    }
}
