//! What a client believes of what a browser brings.

use third_party_app::oauth::{Code, Pending, RedirectError};
use url::form_urlencoded::Serializer;

use crate::client;
use crate::support::ISSUER;

fn read(pending: &Pending, parameters: &[(&str, &str)]) -> Result<Code, RedirectError> {
    let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
    pending.read_redirect(&query)
}

fn pending() -> Pending {
    Pending::begin(&client()).unwrap()
}

#[test]
fn a_code_with_state_and_issuer_is_taken() {
    let pending = pending();
    let code = read(&pending, &[("code", "c+d"), ("state", pending.state.expose()), ("iss", ISSUER)]).unwrap();
    assert_eq!(code.expose(), "c+d");
}

#[test]
fn a_missing_or_another_state_is_refused() {
    let (pending, other) = (pending(), pending());
    assert_eq!(read(&pending, &[("code", "c"), ("iss", ISSUER)]).unwrap_err(), RedirectError::NoState);
    for state in ["", "forged", other.state.expose()] {
        let refused = read(&pending, &[("code", "c"), ("state", state), ("iss", ISSUER)]).unwrap_err();
        assert_eq!(refused, RedirectError::OtherState, "{state}");
    }
}

#[test]
fn a_missing_or_another_issuer_is_refused_even_with_the_right_state() {
    let pending = pending();
    let state = pending.state.expose();
    assert_eq!(read(&pending, &[("code", "c"), ("state", state)]).unwrap_err(), RedirectError::NoIssuer);
    for issuer in ["https://evil.example", "http://localhost:8080/", "http://LOCALHOST:8080", ""] {
        let refused = read(&pending, &[("code", "c"), ("state", state), ("iss", issuer)]).unwrap_err();
        assert!(matches!(refused, RedirectError::OtherIssuer { .. }), "{issuer}: {refused}");
    }
}

#[test]
fn an_error_is_believed_only_with_state_and_issuer() {
    let pending = pending();
    let state = pending.state.expose();
    let denied = read(&pending, &[("error", "access_denied"), ("state", state), ("iss", ISSUER)]).unwrap_err();
    assert_eq!(denied.to_string(), "access_denied");
    let forged = read(&pending, &[("error", "access_denied"), ("state", "forged"), ("iss", ISSUER)]).unwrap_err();
    assert_eq!(forged, RedirectError::OtherState);
    let foreign = read(&pending, &[("error", "access_denied"), ("state", state), ("iss", "https://evil.example")]);
    assert!(matches!(foreign.unwrap_err(), RedirectError::OtherIssuer { .. }));
}

#[test]
fn a_parameter_that_stands_twice_is_refused() {
    let pending = pending();
    let state = pending.state.expose();
    let good = [("code", "c"), ("state", state), ("iss", ISSUER)];
    for (twice, name) in [(("code", "d"), "code"), (("state", state), "state"), (("iss", ISSUER), "iss")] {
        let parameters: Vec<_> = good.into_iter().chain([twice]).collect();
        assert_eq!(read(&pending, &parameters).unwrap_err(), RedirectError::Repeated(name));
    }
}

#[test]
fn neither_a_code_nor_an_error_is_nothing() {
    let pending = pending();
    let state = pending.state.expose();
    assert_eq!(read(&pending, &[("state", state), ("iss", ISSUER)]).unwrap_err(), RedirectError::NoCode);
    assert_eq!(read(&pending, &[("code", ""), ("state", state), ("iss", ISSUER)]).unwrap_err(), RedirectError::NoCode);
}
