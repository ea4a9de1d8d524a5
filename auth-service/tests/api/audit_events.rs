//! `GET /audit-events`: the trail in pages, for an auditor through admin-service.

use std::time::Duration;

use crate::support::{Answer, TestApp};

async fn actions(app: &TestApp, query: &str) -> Vec<String> {
    app.read_trail(query).await.ids("action")
}

#[actix_web::test]
async fn a_row_is_shown_as_the_contract_says() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    app.request_token(&partner, &[("scope", "orders:burn")]).await.expect(400);
    let page = app.read_trail(&format!("?partner={}", partner.client_id)).await;
    let rows = page.expect(200).json()["items"].as_array().unwrap().clone();
    let refused = rows.last().unwrap();
    let mut names = refused.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    names.sort_unstable();
    let contract = [
        "action",
        "actor",
        "event_id",
        "object",
        "outcome",
        "partner",
        "reason",
        "request_id",
        "service",
        "subject",
        "time",
    ];
    assert_eq!(names, contract);
    assert!(refused["event_id"].as_str().unwrap().starts_with("evt_"));
    assert_eq!(refused["time"], "2026-01-01T00:00:00.000000Z");
    assert_eq!((&refused["service"], &refused["action"]), (&"auth-service".into(), &"token.issue".into()));
    assert_eq!((&refused["outcome"], &refused["reason"]), (&"refused".into(), &"unknown_scope".into()));
}

#[actix_web::test]
async fn the_trail_can_be_narrowed_to_a_partner_an_actor_and_a_time() {
    let app = TestApp::start().await;
    let one = app.register_partner("orders:read").await;
    let other = app.register_partner("orders:read").await;
    app.clock.advance(Duration::from_secs(60));
    app.request_token(&one, &[]).await.expect(200);
    app.clock.advance(Duration::from_secs(60));
    app.suspend(&one.client_id).await;

    let of_one = format!("?partner={}", one.client_id);
    assert_eq!(actions(&app, &of_one).await, ["client.register", "token.issue", "client.suspend"]);
    assert_eq!(actions(&app, &format!("?partner={}", other.client_id)).await, ["client.register"]);
    assert_eq!(actions(&app, &format!("?actor={}", one.client_id)).await, ["token.issue"]);
    let both = format!("?partner={}&actor=admin-service", one.client_id);
    assert_eq!(actions(&app, &both).await, ["client.register", "client.suspend"]);
    assert!(actions(&app, "?partner=cli_none").await.is_empty());

    let from = actions(&app, &format!("{of_one}&from=2026-01-01T00:01:00Z")).await;
    assert_eq!(from, ["token.issue", "client.suspend"], "from that time on");
    let to = actions(&app, &format!("{of_one}&to=2026-01-01T00:02:00.000000Z")).await;
    assert_eq!(to, ["client.register", "token.issue"], "before that time");
    let between = "&from=2026-01-01T01:00:01%2B01:00&to=2026-01-01T00:02:00Z";
    assert_eq!(actions(&app, &format!("{of_one}{between}")).await, ["token.issue"]);
}

#[actix_web::test]
async fn pages_follow_each_other_also_within_one_microsecond() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for _ in 0..7 {
        app.request_token(&partner, &[]).await.expect(200);
    }
    app.clock.advance(Duration::from_secs(1));
    app.request_token(&partner, &[]).await.expect(200);
    let filter = format!("partner={}", partner.client_id);
    let all = app.read_trail(&format!("?{filter}")).await.ids("event_id");
    assert_eq!(all.len(), 9);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = app.read_trail(&format!("?{filter}&limit=3{cursor}")).await;
        assert_eq!(page.ids("event_id").len(), 3);
        seen.extend(page.ids("event_id"));
        cursor = format!("&cursor={}", page.json()["next_cursor"].as_str().unwrap_or_default());
    }
    assert_eq!(seen, all);
    assert_eq!(cursor, "&cursor=", "the third page is the last");
}

#[actix_web::test]
async fn a_parameter_that_cannot_be_read_is_named() {
    let app = TestApp::start().await;
    let cases: [(&str, &[&str]); 6] = [
        ("from", &["", "yesterday", "2026-01-01", "1767225600", "2026-13-01T00:00:00Z", "%00"]),
        ("to", &["", "now", "2026-01-01T00:00:00"]),
        ("limit", &["0", "101", "-1", "x", ""]),
        ("cursor", &["", "x", "AA", "%00", "YWJj", "MTox", "OmV2dA"]),
        ("partner", &["%00", "a%00b"]),
        ("actor", &["%00", "a%0Ab"]),
    ];
    for (name, values) in cases {
        for value in values {
            let answer = app.read_trail(&format!("?{name}={value}")).await;
            // "1:1" can be read: nothing comes after it that would not come anyway.
            if *value != "MTox" {
                assert_eq!(answer.status, 422, "{name}={value}: {answer:?}");
                answer.expect_fields(&[name]);
            }
        }
    }
    app.read_trail("?partner=a&partner=b").await.expect_fields(&["partner"]);
    app.read_trail("?partnre=cli_1").await.expect_fields(&["partnre"]);
}

#[actix_web::test]
async fn reading_the_trail_leaves_a_row_itself() {
    let app = TestApp::start().await;
    let answer: Answer = app.read_trail("?limit=1").await;
    answer.expect(200);
    let row = app.last_row("audit.read").await;
    assert_eq!((row.outcome.as_str(), row.actor.as_str()), ("allowed", "admin-service"));
    assert!(row.subject.unwrap().starts_with("usr_"));
    assert_eq!(answer.header("x-request-id"), Some(row.request_id.as_str()));
}
