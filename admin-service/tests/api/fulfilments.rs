//! Fulfilments: handed over by orders-service, completed by operators.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADMIN, TestApp};

fn fulfilment(id: &str) -> Value {
    json!({"fulfilment_id": id, "order_id": "ord_1", "account_id": "acc_1", "amount": {"minor_units": 1250, "currency": "EUR"}})
}

#[tokio::test]
async fn a_fulfilment_is_accepted_for_the_partner_who_asked() {
    let app = TestApp::start().await;
    let answer = app.hand_over("cli_1", fulfilment("ful_1")).await.expect(201);
    assert_eq!(answer.header("location"), "/fulfilments/ful_1");
    assert_eq!(
        answer.json(),
        json!({"fulfilment_id": "ful_1", "order_id": "ord_1", "client_id": "cli_1", "account_id": "acc_1",
               "amount": {"minor_units": 1250, "currency": "EUR"}, "status": "accepted",
               "accepted_at": "2026-01-01T00:00:00.000000Z", "completed_at": null})
    );
    let row = app.recorded().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.actor.as_str()), ("fulfilment.accept", "orders-service"));
    assert_eq!((row.subject.as_deref(), row.partner.as_deref()), (Some("cli_1"), Some("cli_1")));
    assert_eq!(row.object.as_deref(), Some("ful_1"));
}

/// Somebody else than the partner is the subject: the client that acted first is the partner, for the record and the
/// receipt.
#[tokio::test]
async fn a_fulfilment_for_a_person_or_an_account_is_the_partners_who_sent_it() {
    let app = TestApp::start().await;
    for (number, subject) in ["usr_ann", "acc_1", "https://id.example/ann"].into_iter().enumerate() {
        let id = format!("ful_{number}");
        let token = app.orders_service_through("cli_1", subject);
        let answer = app.post(&token, "/fulfilments", fulfilment(&id)).await.expect(201);
        assert_eq!(answer.json()["client_id"], "cli_1");
        let row = app.recorded().await.pop().unwrap();
        assert_eq!((row.actor.as_str(), row.subject.as_deref()), ("orders-service", Some(subject)));
        assert_eq!((row.partner.as_deref(), row.object.as_deref()), (Some("cli_1"), Some(id.as_str())));
        let listed = app.get(&app.fulfiller(), "/fulfilments").await.expect(200).json();
        assert_eq!(listed["items"][number]["client_id"], "cli_1");
        app.post(&token, "/fulfilments", fulfilment(&id)).await.expect(200);
        // Same partner, another of the sorts of token that orders-service takes: the record is the same one.
        app.hand_over("cli_1", fulfilment(&id)).await.expect(200);
        // Through another partner it would be another record under this id.
        app.post(&app.orders_service_through("cli_2", subject), "/fulfilments", fulfilment(&id)).await.expect(409);
    }
}

/// RFC 8693 section 4.1: an actor before the current one opens nothing.
#[tokio::test]
async fn an_actor_of_before_does_not_count_as_the_one_that_calls() {
    let app = TestApp::start().await;
    let token = app
        .mint
        .access_token(ADMIN, "admin-service", "fulfilment:accept")
        .claim("sub", json!("cli_1"))
        .claim("act", json!({"sub": "admin-service", "act": {"sub": "orders-service"}}))
        .build();
    app.post(&token, "/fulfilments", fulfilment("ful_1")).await.expect(403);
}

#[tokio::test]
async fn the_same_again_gets_the_same_answer_and_leaves_one_row() {
    let app = TestApp::start().await;
    let first = app.hand_over("cli_1", fulfilment("ful_1")).await.expect(201);
    app.clock.advance(std::time::Duration::from_secs(60));
    let again = app.hand_over("cli_1", fulfilment("ful_1")).await.expect(200);
    assert_eq!(first.json(), again.json());
    assert_eq!(app.recorded_lines().await, ["fulfilment.accept allowed - ful_1"]);
}

#[tokio::test]
async fn something_else_under_the_same_id_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let first = app.hand_over("cli_1", fulfilment("ful_1")).await.expect(201);
    let different = |pointer: &str, value: Value| {
        let mut other = fulfilment("ful_1");
        *other.pointer_mut(pointer).unwrap() = value;
        other
    };
    for other in [
        different("/order_id", json!("ord_2")),
        different("/account_id", json!("acc_2")),
        different("/amount/minor_units", json!(1251)),
        different("/amount/currency", json!("USD")),
    ] {
        app.hand_over("cli_1", other).await.expect(409);
    }
    app.hand_over("cli_2", fulfilment("ful_1")).await.expect(409);
    assert_eq!(app.get(&app.fulfiller(), "/fulfilments/ful_1").await.expect(200).json(), first.json());
    let rows = app.recorded_lines().await;
    assert_eq!(rows.len(), 6);
    assert!(rows[1..].iter().all(|row| row == "fulfilment.accept refused conflict ful_1"), "{rows:?}");
}

#[tokio::test]
async fn racing_twins_end_with_one_fulfilment() {
    let app = TestApp::start().await;
    let answers = join_all((0..8).map(|_| app.hand_over("cli_1", fulfilment("ful_1")))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert!(answers.iter().all(|answer| answer.json() == answers[0].json()));
    assert_eq!(app.recorded_lines().await, ["fulfilment.accept allowed - ful_1"]);
}

#[tokio::test]
async fn of_racing_rivals_under_one_id_one_wins() {
    let app = TestApp::start().await;
    let partners: Vec<String> = (0..8).map(|number| format!("cli_{number}")).collect();
    let answers = join_all(partners.iter().map(|partner| app.hand_over(partner, fulfilment("ful_1")))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn an_operator_completes_a_fulfilment_once() {
    let app = TestApp::start().await;
    app.hand_over("cli_1", fulfilment("ful_1")).await.expect(201);
    app.clock.advance(std::time::Duration::from_secs(60));
    let complete = || app.request(Method::POST, "/fulfilments/ful_1/complete").bearer_auth(app.fulfiller());
    let done = app.send(complete()).await.expect(200).json();
    assert_eq!((&done["status"], &done["completed_at"]), (&json!("completed"), &json!("2026-01-01T00:01:00.000000Z")));
    app.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(app.send(complete()).await.expect(200).json(), done, "safe to repeat");
    // And a repeated hand-over tells what has become of it.
    assert_eq!(app.hand_over("cli_1", fulfilment("ful_1")).await.expect(200).json(), done);

    let rows = app.recorded().await;
    assert_eq!(
        app.recorded_lines().await,
        ["fulfilment.accept allowed - ful_1", "fulfilment.complete allowed - ful_1"]
    );
    assert_eq!((rows[1].actor.as_str(), rows[1].partner.as_deref()), ("usr_operator", Some("cli_1")));
}

#[tokio::test]
async fn of_operators_who_complete_at_once_one_is_recorded() {
    let app = TestApp::start().await;
    app.hand_over("cli_1", fulfilment("ful_1")).await.expect(201);
    let token = app.fulfiller();
    let complete = (0..8).map(|_| app.call(&token, Method::POST, "/fulfilments/ful_1/complete", None));
    assert!(join_all(complete).await.iter().all(|answer| answer.status == 200));
    assert_eq!(app.recorded().await.len(), 2);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_read_or_completed() {
    let app = TestApp::start().await;
    app.get(&app.fulfiller(), "/fulfilments/ful_9").await.expect(404);
    app.call(&app.fulfiller(), Method::POST, "/fulfilments/ful_9/complete", None).await.expect(404);
    assert_eq!(app.recorded_lines().await, ["fulfilment.complete refused not_found ful_9"]);
}

#[tokio::test]
async fn fulfilments_are_listed_in_pages_the_newest_last() {
    let app = TestApp::start().await;
    for number in [3, 1, 5, 2, 4] {
        app.hand_over(&format!("cli_{number}"), fulfilment(&format!("ful_{number}"))).await.expect(201);
    }
    let ids = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["fulfilment_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let token = app.fulfiller();
    let all = app.get(&token, "/fulfilments").await.expect(200).json();
    assert_eq!(
        (ids(&all), &all["next_cursor"]),
        (["ful_1", "ful_2", "ful_3", "ful_4", "ful_5"].map(str::to_owned).to_vec(), &Value::Null)
    );

    let (mut seen, mut path) = (Vec::new(), "/fulfilments?limit=2".to_owned());
    loop {
        let page = app.get(&token, &path).await.expect(200).json();
        assert!(ids(&page).len() <= 2);
        seen.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/fulfilments?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ids(&all));
}
