//! The sequence, from the command line.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use third_party_app::secret::Secret;
use third_party_app::walkthrough::{self, Cast, WalkthroughOptions};

use crate::support::{House, PATIENCE, Process, Service, send, until};

/// A walk waits 10 s for a token to expire; the rest is for a busy machine.
const WALK: Duration = Duration::from_secs(60);
/// "Quickly": a person does not press Ctrl-C a second time.
const END: Duration = Duration::from_secs(5);

fn quickstart(house: &House, arguments: &[&str]) -> Process {
    let mut all = house.place();
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    Process::start(house.path(), "quickstart", &all)
}

/// The same without `--data`, which goes ill with `--temporary`.
fn temporary(house: &House, arguments: &[&str]) -> Process {
    let mut all = house.place().split_off(2);
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    Process::start(house.path(), "quickstart", &all)
}

#[track_caller]
fn expect_all_steps(output: &str) {
    for step in 1..=20 {
        assert!(output.contains(&format!("step {step}: as the sequence says")), "step {step} is missing in:\n{output}");
    }
}

/// What is left of temporary directories.
fn left_behind(house: &House) -> Vec<String> {
    let names = std::fs::read_dir(house.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("jwt-reference")).collect()
}

#[tokio::test]
async fn one_command_plays_all_steps_and_leaves_nothing_behind() {
    let house = House::new();
    // The partner's site is for those who stay.
    let _other_program = TcpListener::bind((Ipv4Addr::LOCALHOST, house.ports().partner())).unwrap();
    let mut process = temporary(&house, &["--once", "--temporary"]);
    let code = process.exit_code(WALK).await;
    assert_eq!(code, 0, "{}{}", process.output(), process.log());
    expect_all_steps(&process.output());
    assert_eq!(process.log(), "");
    assert_eq!(left_behind(&house), [""; 0]);
}

#[tokio::test]
async fn as_json_it_is_one_object_to_a_line() {
    let house = House::new();
    let mut process = quickstart(&house, &["--once", "--json"]);
    let code = process.exit_code(WALK).await;
    assert_eq!(code, 0, "{}{}", process.output(), process.log());
    let lines: Vec<Value> = process.output().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, steps) = lines.split_last().unwrap();
    assert_eq!(steps.iter().map(|step| step["step"].as_i64().unwrap()).collect::<Vec<_>>(), Vec::from_iter(1..=20));
    assert!(steps.iter().all(|step| step["verdict"] == "passed"), "{steps:#?}");
    let summary = &summary["summary"];
    assert_eq!(summary["failed"], Value::Null);
    assert_eq!(summary["passed"], Value::from_iter(1..=20));
    // B13: one asks once for all its calls; the other, whose token expires, once more.
    assert_eq!(summary["token_requests"], json!({"Bright Books": 1, "Other Outlet": 2}));
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_option_that_chooses_another() {
    let house = House::new();
    for service in Service::ALL {
        for above in [0, 1000] {
            let port = house.ports().of(service) + above;
            let _other_program = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
            let mut process = quickstart(&house, &["--once"]);
            assert_eq!(process.exit_code(PATIENCE).await, 1);
            let log = process.log();
            let last = log.lines().last().unwrap_or_default();
            assert!(last.contains(&format!("port {port}")), "{last}");
            assert!(last.contains(&format!("--{}-port", service.word())), "{last}");
            assert!(!process.output().contains("Step 1"), "{}", process.output());
        }
    }
}

#[tokio::test]
async fn the_partners_port_in_use_is_named_before_the_walk() {
    let house = House::new();
    let port = house.ports().partner();
    let _other_program = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let mut process = quickstart(&house, &[]);
    assert_eq!(process.exit_code(PATIENCE).await, 1);
    let log = process.log();
    let last = log.lines().last().unwrap_or_default();
    assert!(last.contains(&format!(":{port} ")) && last.contains("--partner-port"), "{last}");
    assert!(!process.output().contains("Step 1"), "{}", process.output());
}

#[tokio::test]
async fn a_second_start_finds_the_first_ones_keys_and_data() {
    let house = House::new();
    let mut first = quickstart(&house, &[]);
    house.ready(Service::Auth).await;
    house.ready(Service::Admin).await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("before").await;
    let order_id = partner.new_order("before").await;
    let receipt = partner.fulfil(&order_id, "before").await.unwrap().expect(202).text("receipt");
    let serves_on = async || match first.output().contains("Serving on") {
        true => Ok(()),
        false => Err(first.output()),
    };
    until(WALK, "the end of the walk", serves_on).await;
    expect_all_steps(&first.output());
    partners_site_is_registered(&house).await;
    let kept_registration = std::fs::read(house.path().join("bright-books.json")).unwrap();
    // A connection that lies idle, as a browser's does, holds nothing up.
    let mut idle = TcpStream::connect((Ipv4Addr::LOCALHOST, house.ports().of(Service::Orders))).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert!(idle.read(&mut [0; 1024]).unwrap() > 0);
    assert_eq!(stop(&mut first).await, 0, "{}", first.log());

    let mut second = quickstart(&house, &["--once"]);
    house.ready(Service::Orders).await;
    partner.get(&format!("/orders/{order_id}")).await.unwrap().expect(200);
    let kept = partner.get(&format!("/orders/{order_id}/receipt")).await.unwrap().expect(200).body;
    assert_eq!(kept, receipt);
    house.ready(Service::Admin).await;
    assert!(operator.fulfilments().await.iter().any(|fulfilment| fulfilment["order_id"] == *order_id));
    assert_eq!(second.exit_code(WALK).await, 0, "{}{}", second.output(), second.log());
    assert_eq!(std::fs::read(house.path().join("bright-books.json")).unwrap(), kept_registration);
}

/// The site is served, and the authorization server takes its request: it asks the person to sign in.
async fn partners_site_is_registered(house: &House) {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let site = format!("http://127.0.0.1:{}", house.ports().partner());
    let page = browser.get(&site).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = page.text().await.unwrap();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let connect = browser.post(format!("{site}/connect")).header("cookie", cookie).form(&[("csrf", csrf)]);
    let away = connect.send().await.unwrap().headers()["location"].to_str().unwrap().to_owned();
    assert!(away.starts_with(&format!("{}/oauth/authorize?", house.url(Service::Auth))), "{away}");
    let asked = browser.get(away).send().await.unwrap();
    let to = asked.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(asked.status(), 303);
    assert!(to.contains("/sign-in?request="), "{to}");
}

#[tokio::test]
async fn sigterm_while_the_services_start_leaves_nothing_behind() {
    let house = House::new();
    for delay in (0..100).step_by(20).map(Duration::from_millis) {
        let mut process = temporary(&house, &["--temporary"]);
        let begun = async || left_behind(&house).pop().ok_or_else(|| "no directory".to_owned());
        let directory = until(PATIENCE, "it begins", begun).await;
        let mode = std::fs::metadata(house.path().join(directory)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "for nobody else");
        tokio::time::sleep(delay).await;
        assert_eq!(stop(&mut process).await, 0, "{}", process.log());
        assert_eq!(left_behind(&house), [""; 0], "stopped after {delay:?}");
    }
}

#[tokio::test]
async fn sigterm_in_the_middle_of_the_walk_ends_it_in_order() {
    let house = House::new();
    let mut process = temporary(&house, &["--temporary"]);
    let walks = async || match process.output().contains("step 4: as the sequence says") {
        true => Ok(()),
        false => Err(process.output()),
    };
    until(PATIENCE, "step 4", walks).await;
    assert_eq!(stop(&mut process).await, 0, "{}", process.log());
    assert!(!process.output().contains("step 12"), "it was not in the middle");
    assert_eq!(left_behind(&house), [""; 0]);
}

#[tokio::test]
async fn a_walk_that_is_stopped_has_not_passed() {
    let house = House::new();
    let mut process = quickstart(&house, &["--once"]);
    house.ready(Service::Admin).await;
    assert_eq!(stop(&mut process).await, 1, "{}", process.output());
    assert!(process.log().contains("stopped"), "{}", process.log());
}

/// SIGTERM; the exit code, which comes soon.
async fn stop(process: &mut Process) -> i32 {
    let begun = Instant::now();
    process.terminate();
    let code = process.exit_code(PATIENCE).await;
    assert!(begun.elapsed() < END, "it took {:?}", begun.elapsed());
    code
}

#[tokio::test]
async fn the_walk_passes_against_three_processes_of_their_own() {
    let house = House::open().await;
    expect_all_steps(&walked(&house).await);
}

#[tokio::test]
async fn the_walk_waits_for_a_service_that_is_busy() {
    let mut house = House::new();
    house.give(Service::Auth, &["--password-cost", "12"]);
    house.start_all().await;
    // More sign-ins than can be hashed in time: the next one is told to come again.
    let strangers = (0..12).map(|number| {
        let body = json!({"email": format!("{number}@example.com"), "password": "wrong, and long enough"});
        send(house.post(Service::Auth, "/login").json(&body))
    });
    let (report, answers) = tokio::join!(walked(&house), join_all(strangers));
    expect_all_steps(&report);
    assert!(answers.iter().flatten().any(|answer| answer.status == 503), "it was not busy");
}

/// Plays the walk as the third-party app does, against services that run; gives its report.
pub async fn walked(house: &House) -> String {
    let url = |service| house.url(service).parse().unwrap();
    let password = std::fs::read_to_string(house.path().join("operator-password")).unwrap();
    let password = Secret::from(password.trim().to_owned());
    let cast = Cast::OperatorAndClient { email: "operator@example.com".to_owned(), password };
    let options = WalkthroughOptions::new(house.url(Service::Auth), url(Service::Orders), url(Service::Admin), cast);
    let mut report = Vec::new();
    let walked = walkthrough::run(options, &mut report).await;
    let report = String::from_utf8(report).unwrap();
    assert_eq!(walked.unwrap_or_else(|failure| panic!("{failure}\n{report}")).passed, Vec::from_iter(1..=20));
    report
}
