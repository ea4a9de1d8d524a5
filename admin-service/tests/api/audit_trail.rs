//! One trail of three services.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use service_kit::time::to_rfc3339;

use crate::support::{Reply, Request, TestApp};

/// 2026-01-01T00:00:00Z, when the test's clock starts.
const START: i64 = 1_767_225_600_000_000;

/// What orders-service has is from no request: only so that there is such a row.
fn row(service: &str, micros: i64, id: &str) -> Value {
    let request_id = (service != "orders-service").then_some("request-1");
    json!({"event_id": id, "time": to_rfc3339(micros), "service": service, "action": "login", "outcome": "allowed",
           "reason": null, "actor": "usr_1", "subject": null, "partner": "cli_1", "object": null, "request_id": request_id})
}

/// A service that keeps these rows, in order, and gives them out as it is asked.
fn keeping(service: &'static str, rows: Vec<(i64, &'static str)>) -> impl Fn(&Request) -> Reply + Send + 'static {
    move |request| {
        let after = request.query.get("cursor").map(|cursor| {
            let place = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
            let (time, id) = place.split_once(':').unwrap();
            (time.parse::<i64>().unwrap(), id.to_owned())
        });
        let left =
            rows.iter().filter(|(time, id)| after.as_ref().is_none_or(|after| (*time, *id) > (after.0, &after.1)));
        let left: Vec<_> = left.collect();
        let limit: usize = request.query["limit"].parse().unwrap();
        let items: Vec<Value> = left.iter().take(limit).map(|(time, id)| row(service, *time, id)).collect();
        let next = (left.len() > limit).then_some("more");
        Reply::Json(200, json!({"items": items, "next_cursor": next}))
    }
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["event_id"].as_str().unwrap().to_owned()).collect()
}

/// With own rows at START, and the others' before and after it.
async fn app_with_rows() -> TestApp {
    let app = TestApp::start().await;
    app.auth.answers(keeping("auth-service", vec![(START - 2, "evt_b"), (START + 1, "evt_a"), (START + 9, "evt_z")]));
    app.orders.answers(keeping("orders-service", vec![(START - 2, "evt_a"), (START + 1, "evt_b")]));
    let fulfilment = json!({"fulfilment_id": "ful_1", "order_id": "ord_1", "account_id": "acc_1", "amount": {"minor_units": 1, "currency": "EUR"}});
    app.hand_over("cli_1", fulfilment).await.expect(201);
    app
}

#[tokio::test]
async fn rows_of_all_three_services_come_in_the_order_of_time_and_then_id() {
    let app = app_with_rows().await;
    let page = app.get(&app.auditor(), "/audit-events").await.expect(200);
    assert_eq!(page.header("cache-control"), "no-store");
    let page = page.json();
    let places: Vec<String> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| format!("{} {}", item["time"].as_str().unwrap(), item["service"].as_str().unwrap()))
        .collect();
    assert_eq!(
        places,
        [
            "2025-12-31T23:59:59.999998Z orders-service",
            "2025-12-31T23:59:59.999998Z auth-service",
            "2026-01-01T00:00:00.000000Z admin-service",
            "2026-01-01T00:00:00.000001Z auth-service",
            "2026-01-01T00:00:00.000001Z orders-service",
            "2026-01-01T00:00:00.000009Z auth-service",
        ]
    );
    assert_eq!(page["next_cursor"], Value::Null);
    assert_eq!(page["items"][0], row("orders-service", START - 2, "evt_a"), "a row is as its service tells it");
}

#[tokio::test]
async fn page_by_page_no_row_is_lost_or_told_twice() {
    let app = app_with_rows().await;
    // Reading is recorded as well; a later clock keeps those rows behind the ones that are read.
    let to = to_rfc3339(START + 1_000_000);
    app.clock.advance(std::time::Duration::from_secs(1));
    let whole = app.get(&app.auditor(), &format!("/audit-events?to={to}")).await.expect(200).json();
    for limit in 1..=7 {
        let (mut seen, mut path) = (Vec::new(), format!("/audit-events?to={to}&limit={limit}"));
        loop {
            let page = app.get(&app.auditor(), &path).await.expect(200).json();
            assert!(ids(&page).len() <= limit);
            seen.extend(ids(&page));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/audit-events?to={to}&limit={limit}&cursor={cursor}");
        }
        assert_eq!(seen, ids(&whole), "limit {limit}");
    }
}

#[tokio::test]
async fn a_cursor_is_a_place_that_all_services_understand() {
    let app = app_with_rows().await;
    let page = app.get(&app.auditor(), "/audit-events?limit=2").await.expect(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let place = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    assert_eq!(place, format!("{}:evt_b", START - 2));
    app.get(&app.auditor(), &format!("/audit-events?limit=2&cursor={cursor}")).await.expect(200);
    for peer in [&app.auth, &app.orders] {
        assert_eq!(peer.seen().pop().unwrap().query["cursor"], cursor);
    }
}

#[tokio::test]
async fn filters_are_handed_on_and_hold_for_own_rows_too() {
    let app = app_with_rows().await;
    let nothing = json!({"items": [], "next_cursor": null});
    app.auth.always(Reply::Json(200, nothing.clone()));
    app.orders.always(Reply::Json(200, nothing));
    let query = "partner=cli_1&actor=orders-service&from=2026-01-01T01:00:00%2B01:00&to=2026-01-02T00:00:00Z&limit=7";
    let page = app.get(&app.auditor(), &format!("/audit-events?{query}")).await.expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    for peer in [&app.auth, &app.orders] {
        let request = peer.seen().pop().unwrap();
        assert_eq!(request.line(), "GET /audit-events");
        let mut query: Vec<_> = request.query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        query.sort();
        assert_eq!(
            query,
            [
                "actor=orders-service",
                "from=2026-01-01T00:00:00.000000Z",
                "limit=7",
                "partner=cli_1",
                "to=2026-01-02T00:00:00.000000Z",
            ]
        );
    }
    for other in ["partner=cli_2", "actor=usr_1", "from=2026-01-02T00:00:00Z", "to=2026-01-01T00:00:00Z"] {
        let page = app
            .get(
                &app.auditor(),
                &format!("/audit-events?{other}&partner=cli_1").replace("partner=cli_2&partner=cli_1", "partner=cli_2"),
            )
            .await;
        assert!(ids(&page.expect(200).json()).is_empty(), "{other}");
    }
}

#[tokio::test]
async fn reading_the_trail_is_in_the_trail() {
    let app = app_with_rows().await;
    app.get(&app.auditor(), "/audit-events").await.expect(200);
    assert_eq!(app.recorded_lines().await.last().unwrap(), "audit.read allowed - -");
    let row = app.recorded().await.pop().unwrap();
    assert_eq!((row.actor.as_str(), row.partner), ("usr_operator", None));
}

/// A trail with a gap that nobody sees is worse than none.
#[tokio::test]
async fn without_one_services_part_there_is_no_trail() {
    let app = app_with_rows().await;
    let rows = |rows: Vec<Value>, next: Option<&str>| Reply::Json(200, json!({"items": rows, "next_cursor": next}));
    let broken = [
        (Reply::Close, 503),
        (Reply::Json(500, json!({})), 503),
        (Reply::Json(401, json!({"status": 401})), 502),
        (Reply::Json(404, json!({"status": 404})), 502),
        (Reply::Json(422, json!({"status": 422})), 502),
        (Reply::Json(200, json!({})), 502),
        (Reply::Json(200, json!({"items": [{"event_id": "evt_1"}], "next_cursor": null})), 502),
        (Reply::Body(200, "text/html", "<html>".to_owned()), 502),
        (rows(vec![row("x", 2, "a"), row("x", 1, "b")], None), 502),
        (rows(vec![row("x", 1, "a"), row("x", 1, "a")], None), 502),
        (rows(vec![row("x", 1, "a")], Some("there is more, it says")), 502),
    ];
    for (reply, status) in broken {
        for (away, well) in [(&app.auth, &app.orders), (&app.orders, &app.auth)] {
            away.always(reply.clone());
            well.answers(keeping("x", Vec::new()));
            let answer = app.get(&app.auditor(), "/audit-events").await.expect(status);
            assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
            assert!(answer.json().get("items").is_none());
        }
    }
    assert!(app.recorded_lines().await.iter().any(|row| row == "audit.read failed peer_unavailable -"));
    assert!(app.recorded_lines().await.iter().any(|row| row == "audit.read failed peer_answer -"));
}
