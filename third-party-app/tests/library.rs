//! The library, as `quickstart` calls it.

use std::time::Duration;

use third_party_app::secret::Secret;
use third_party_app::walkthrough::{Cast, Summary, WalkthroughOptions, run};

fn options() -> Option<WalkthroughOptions> {
    let nobody = "http://127.0.0.1:1".parse().ok()?;
    let cast =
        Cast::OperatorAndClient { email: "operator@example.com".to_owned(), password: Secret::from("hunter2hunter2") };
    Some(WalkthroughOptions::new("http://localhost:8080".to_owned(), nobody, "http://127.0.0.1:1".parse().ok()?, cast))
}

#[tokio::test]
async fn a_walk_may_be_spawned_and_its_failure_names_the_step() {
    let options = options().unwrap();
    let walk = tokio::spawn(async move {
        let mut report = Vec::new();
        (run(options, &mut report).await, report)
    });
    let (outcome, report) = tokio::time::timeout(Duration::from_secs(10), walk).await.unwrap().unwrap();
    let failure = outcome.map(|summary: Summary| summary.passed).unwrap_err();
    assert_eq!(failure.step, 1);
    assert!(failure.reason.contains("no answer to GET http://127.0.0.1:1/partners"), "{}", failure.reason);
    assert!(String::from_utf8(report).unwrap().contains("step 1: DIFFERS"));
}

#[test]
fn options_do_not_print_the_password() {
    let printed = format!("{:?}", options());
    assert!(printed.contains("operator@example.com") && !printed.contains("hunter2"), "{printed}");
}
