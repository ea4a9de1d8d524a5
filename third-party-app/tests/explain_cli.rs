//! `third-party-app explain`, as a shell sees it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod support;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::json;
use support::{AUDIENCE, ISSUER, Key, claims, encode, json_answer, jwks, now, serve};

/// All that a token is compared with.
const AGREED: [&str; 6] = ["--issuer", ISSUER, "--audience", AUDIENCE, "--typ", "at+jwt"];

fn explain(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The program without the settings of whoever runs the tests.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_third-party-app"));
    command.env_clear().arg("explain").args(arguments);
    command
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn jwks_url(key: &Key) -> String {
    let (address, _) = serve(json_answer(&jwks(&[key.jwk("k1")])));
    format!("http://{address}/jwks.json")
}

#[test]
fn a_good_token_is_accepted() {
    let key = Key::es256();
    let output = explain(&[&AGREED[..], &["--jwks", &jwks_url(&key), &key.access_token()]].concat());
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    for part in ["scope", "orders:read", "1 well-formed  pass", "2 signature    pass", "3 claims       pass", "(in "] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(shown.trim_end().ends_with("accepted"), "{shown}");
}

#[test]
fn a_token_on_standard_input_stays_out_of_the_history() {
    let key = Key::es256();
    let jwks = jwks_url(&key);
    let arguments = [&AGREED[..], &["-", "--jwks", &jwks]].concat();
    let mut child = command(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{}\n", key.access_token()).as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

/// A token with a good signature can still be another kind of token, or one for somebody else.
#[test]
fn what_was_compared_with_nothing_is_not_accepted() {
    let key = Key::es256();
    for (left_out, told) in [
        (vec!["--typ"], "typ was not compared with anything; give --typ"),
        (vec!["--issuer", "--audience"], "iss and aud were not compared with anything; give --issuer and --audience"),
        (
            vec!["--typ", "--issuer", "--audience"],
            "typ, iss and aud were not compared with anything; give --typ, --issuer and --audience",
        ),
    ] {
        let given = AGREED.chunks(2).filter(|option| !left_out.contains(&option[0])).flatten().copied();
        let arguments: Vec<&str> = given.chain(["--jwks"]).collect();
        let output = explain(&[&arguments[..], &[&jwks_url(&key), &key.access_token()]].concat());
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(1), "{shown}");
        assert!(shown.contains("2 signature    pass") && !shown.contains("3 claims       pass"), "{shown}");
        assert!(shown.trim_end().ends_with(&format!("\nnot accepted: {told}")), "{shown}");
    }
}

#[test]
fn an_expired_token_is_refused_with_the_reason() {
    let key = Key::es256();
    let mut claims = claims();
    claims["exp"] = json!(now() - 60);
    claims["iat"] = json!(now() - 360);
    let output = explain(&[&key.token(&key.header(), &claims), "--jwks", &jwks_url(&key)]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("1 min ago") && shown.contains("refused: 3 claims: exp"), "{shown}");
}

#[test]
fn a_token_of_another_key_is_refused_and_its_claims_are_still_explained() {
    let output = explain(&[&Key::es256().access_token(), "--jwks", &jwks_url(&Key::es256()), "--audience", "other"]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("2 signature    FAIL") && shown.contains("aud          FAIL"), "{shown}");
}

#[test]
fn without_a_key_the_signature_is_not_checked_and_the_token_not_accepted() {
    let output = explain(&[&Key::es256().access_token()]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("not checked: no key given") && shown.contains("not accepted"), "{shown}");
}

/// A token is signed and not encrypted: no key is needed to read it, only to believe it.
#[test]
fn anybody_reads_header_and_claims_without_a_key() {
    let key = Key::es256();
    let output = explain(&[&key.access_token()]);
    let shown = text(&output);
    let (header, token_claims) = (key.header(), claims());
    let members = header.as_object().unwrap().iter().chain(token_claims.as_object().unwrap());
    let mut count = 0;
    for (name, value) in members {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let line = shown.lines().find(|line| line.split_whitespace().next() == Some(name.as_str()));
        assert!(line.is_some_and(|line| line.contains(&value)), "{name}: {value} is not in\n{shown}");
        count += 1;
    }
    assert!(count >= 10, "{count} members");
    assert!(shown.contains("at+jwt") && shown.contains("ES256"), "{shown}");
}

#[test]
fn what_an_unsigned_token_says_is_shown_and_refused() {
    let header = encode(json!({"alg": "none"}).to_string().as_bytes());
    let output = explain(&[&format!("{header}.{}.", encode(claims().to_string().as_bytes()))]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("orders:read") && shown.contains("1 well-formed  FAIL  it is not signed"), "{shown}");
}

#[test]
fn what_is_no_token_is_refused_without_a_panic() {
    for token in ["", ".", "..", "....", "eyJ", "é.é.é", "-x", &"A.".repeat(20_000)] {
        let output = explain(&["--", token]);
        assert_eq!(output.status.code(), Some(1), "{token:.20}: {output:?}");
    }
}

#[test]
fn claims_cannot_steer_the_terminal_and_a_pipe_gets_no_colour() {
    let key = Key::es256();
    let mut claims = claims();
    claims["name"] = json!("\u{1b}]0;owned\u{7}\u{9b}31m");
    let output = explain(&[&key.token(&key.header(), &claims)]);
    assert!(!text(&output).chars().any(|character| character.is_control() && character != '\n'));
    let output = explain(&["--color", "always", &key.token(&key.header(), &claims)]);
    assert!(text(&output).contains("\u{1b}[1mheader"));
}

#[test]
fn keys_that_cannot_be_had_are_no_verdict() {
    let (address, _) = serve("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".into());
    let (html, _) = serve(json_answer(&json!("<html>")));
    let (endless, _) = serve(json_answer(&json!({"keys": [], "padding": "x".repeat(2_000_000)})));
    for jwks in [
        "http://127.0.0.1:1/",
        &format!("http://{address}/"),
        &format!("http://{html}/"),
        &format!("http://{endless}/"),
        "no-url",
    ] {
        let output = explain(&[&Key::es256().access_token(), "--jwks", jwks]);
        assert_eq!(output.status.code(), Some(2), "{jwks}: {output:?}");
    }
}

#[test]
fn a_detour_sends_the_request_elsewhere_under_the_same_name() {
    let key = Key::es256();
    let (address, asked) = serve(json_answer(&jwks(&[key.jwk("k1")])));
    let detour = format!("auth.example:8080:{address}");
    let request = [&key.access_token(), "--jwks", "http://auth.example:8080/keys", "--connect-to", &detour];
    let output = explain(&[&AGREED[..], &request].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let request = asked.recv().unwrap().to_ascii_lowercase();
    assert!(request.starts_with("get /keys ") && request.contains("host: auth.example:8080\r\n"), "{request}");
}
