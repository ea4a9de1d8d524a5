//! Reading what a peer answers, in bounds.

use reqwest::Response;
use serde::Deserialize;

use super::PeerError;

/// Longest answer that is read, bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// Longest text of a problem that is passed on, characters.
const LONGEST_DETAIL: usize = 300;

/// The whole body.
pub(super) async fn read(mut answer: Response) -> Result<Vec<u8>, PeerError> {
    let mut body = Vec::new();
    let cut =
        |error: reqwest::Error| PeerError::Unavailable(format!("the answer was cut off: {}", error.without_url()));
    while let Some(chunk) = answer.chunk().await.map_err(cut)? {
        if body.len().saturating_add(chunk.len()) > LONGEST_BODY {
            return Err(PeerError::Nonsense(format!("an answer of more than {LONGEST_BODY} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a problem body (RFC 9457) says to people.
pub(super) fn problem_detail(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Problem {
        detail: String,
    }
    let detail = serde_json::from_slice::<Problem>(body).map(|problem| problem.detail);
    let detail = detail.unwrap_or_else(|_| "It was refused without a reason.".to_owned());
    detail.chars().filter(|char| !char.is_control()).take(LONGEST_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_of_a_problem_is_passed_on_in_bounds() {
        assert_eq!(problem_detail(br#"{"title":"Conflict","detail":"no\nway"}"#), "noway");
        assert_eq!(problem_detail(b"<html>"), "It was refused without a reason.");
        let long = format!(r#"{{"detail":"{}"}}"#, "x".repeat(1000));
        assert_eq!(problem_detail(long.as_bytes()).len(), LONGEST_DETAIL);
    }
}
