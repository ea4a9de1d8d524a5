//! `third-party-app walkthrough`, as far as no service is needed. The walk itself is tested from `quickstart`, against
//! the real ones.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod support;

use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{json_answer, serve};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_third-party-app"))
        .env_clear()
        .envs(environment.iter().copied())
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_option_has_a_variable_and_the_help_names_it() {
    for command in ["walkthrough", "serve", "explain"] {
        let help = String::from_utf8(run(&[command, "--help"], &[("COLUMNS", "10000")]).stdout).unwrap();
        let options: Vec<_> = help.split("\n      --").skip(1).collect();
        assert!(options.len() >= 6, "{help}");
        for option in options {
            assert!(option.contains("[env: "), "{command} --{option}");
        }
    }
}

#[test]
fn somebody_must_be_played() {
    let output = run(&["walkthrough"], &[("OPERATOR_PASSWORD", "")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("auth-service operator-password"));
    let output = run(&["walkthrough", "--client-id", "cli_1"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--client-secret"));
}

#[test]
fn a_secret_and_its_file_are_not_both_taken_and_no_secret_is_echoed() {
    let output = run(&["walkthrough"], &[("OPERATOR_PASSWORD", "hunter2hunter2"), ("OPERATOR_PASSWORD_FILE", "/x")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!said(&output).contains("hunter2"));
    let help = run(&["walkthrough", "--help"], &[("OPERATOR_PASSWORD", "hunter2hunter2")]);
    assert!(!String::from_utf8(help.stdout).unwrap().contains("hunter2"));
}

#[test]
fn the_site_needs_a_registration() {
    assert_eq!(run(&["serve"], &[]).status.code(), Some(2));
    let output = run(&["serve", "--client-id", "cli_1"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--client-secret"), "{}", said(&output));
    let output =
        run(&["serve", "--client-id", "cli_1", "--issuer", "http://a.example"], &[("CLIENT_SECRET", "hunter2")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("neither https nor on this machine"), "{}", said(&output));
}

#[test]
fn a_difference_ends_the_walk_with_its_step() {
    let (address, _) = serve(json_answer(&json!({"access_token": "opaque-but-a-token"})));
    let url = format!("http://{address}");
    let environment = [("OPERATOR_PASSWORD", "hunter2hunter2"), ("ADMIN_URL", url.as_str())];
    let output = run(&["walkthrough", "--json"], &environment);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("step 1 differs"), "{}", said(&output));
    let lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["verdict"], "failed");
    assert_eq!(lines[0]["requests"][0]["status"], 200);
    assert_eq!(lines[0]["requests"][0]["body"]["access_token"], "opaq…");
    assert_eq!(lines[1]["summary"]["failed"]["step"], 1);
}

#[test]
fn a_client_alone_begins_at_step_3_and_says_so() {
    let output = run(
        &["walkthrough", "--orders-url", "http://127.0.0.1:1"],
        &[("CLIENT_ID", "cli_1"), ("CLIENT_SECRET", "hunter2hunter2")],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("step 3 differs"), "{}", said(&output));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("step 1: SKIPPED") && shown.contains("step 2: SKIPPED"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "a pipe gets no colour");
}

#[test]
fn nothing_is_asked_in_the_clear_beyond_this_machine() {
    let output =
        run(&["walkthrough", "--admin-url", "http://admin.example"], &[("OPERATOR_PASSWORD", "hunter2hunter2")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("neither https nor on this machine"), "{}", said(&output));
}
