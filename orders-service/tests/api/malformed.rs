//! Requests that cannot be meant: each gets its 4xx, names the field, repeats no value, and is never a 5xx.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, Caller, TestApp, order_for};

/// Stands wherever a value is wrong, and must not come back.
const ECHO: &str = "hunter2";

async fn post_text(
    app: &TestApp,
    caller: &Caller<'_>,
    path: &str,
    content_type: &str,
    body: impl Into<String>,
) -> Answer {
    let request = app.request(Method::POST, path).bearer_auth(&caller.token);
    let request = request.header("content-type", content_type).body(body.into());
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn what_is_no_json_is_400_and_what_is_no_object_422() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    for path in ["/accounts", "/orders"] {
        for body in ["", "{", "hunter2", "{hunter2}", "\u{feff}{}"] {
            let answer = post_text(&app, &partner, path, "application/json", body).await.expect(400);
            assert!(!answer.text.contains(ECHO), "{}", answer.text);
        }
        for body in ["[]", "null", "\"hunter2\"", "1", &"[".repeat(50_000)] {
            let answer = post_text(&app, &partner, path, "application/json", body).await.expect(422);
            assert!(!answer.text.contains(ECHO), "{}", answer.text);
        }
    }
}

/// Half a surrogate pair is no text (RFC 8259 section 8.2).
#[tokio::test]
async fn half_a_character_is_no_json() {
    let app = TestApp::start().await;
    let body = r#"{"external_id":"\ud800","display_name":"x"}"#;
    post_text(&app, &app.partner("cli_1"), "/accounts", "application/json", body).await.expect(400);
}

/// serde reads a struct from an array as well, member by member in the order of the declaration.
#[tokio::test]
async fn an_array_is_no_object_whatever_is_in_it() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    refused(&partner, "/accounts", &json!(["reader", "A reader"]), "").await;
    let mut order = order_for(&partner.open_account("reader").await);
    let all = json!([order["account_id"], order["description"], order["amount"]]);
    refused(&partner, "/orders", &all, "").await;
    order["amount"] = json!([1250, "EUR"]);
    refused(&partner, "/orders", &order, "/amount").await;
}

#[tokio::test]
async fn another_content_type_is_415_and_a_parameter_of_it_is_nothing() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    for path in ["/accounts", "/orders"] {
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", "*/*"]
        {
            post_text(&app, &partner, path, content_type, "{}").await.expect(415);
        }
        post_text(&app, &partner, path, "Application/JSON; charset=utf-8", "{}").await.expect(422);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    for path in ["/accounts", "/orders"] {
        let body = json!({"display_name": "x".repeat(70_000)}).to_string();
        post_text(&app, &partner, path, "application/json", body).await.expect(413);
    }
}

/// `field` of a good body replaced by `value`, or left out.
fn with(mut body: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    body
}

async fn refused(caller: &Caller<'_>, path: &str, body: &Value, field: &str) {
    let answer = caller.post(path, body).await;
    let what = format!("{path} {body}: {}", answer.text);
    assert_eq!(answer.status, 422, "{what}");
    assert_eq!(answer.wrong_field(), field, "{what}");
    assert!(!answer.text.contains(ECHO), "{what}");
    answer.expect(422);
}

#[tokio::test]
async fn every_wrong_field_of_an_account_is_named() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let good = json!({"external_id": "reader", "display_name": "A reader"});
    for (field, most) in [("/external_id", 128), ("/display_name", 200)] {
        let long = "ü".repeat(most + 1);
        for wrong in [
            json!(""),
            json!(" "),
            json!("hunter2\n"),
            json!("hunter2\0"),
            json!(long),
            json!(1),
            json!(null),
            json!([ECHO]),
        ] {
            refused(&partner, "/accounts", &with(good.clone(), field, Some(wrong)), field).await;
        }
        refused(&partner, "/accounts", &with(good.clone(), field, None), field).await;
        let longest = with(json!({"external_id": field, "display_name": "x"}), field, Some(json!("ü".repeat(most))));
        partner.post("/accounts", &longest).await.expect(201);
    }
    refused(&partner, "/accounts", &with(good.clone(), "/owner", Some(json!(ECHO))), "/owner").await;
    refused(&partner, "/accounts", &with(good, "/account_id", Some(json!(ECHO))), "/account_id").await;
}

#[tokio::test]
async fn every_wrong_field_of_an_order_is_named() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let good = order_for(&partner.open_account("reader").await);
    let cases = [
        ("/account_id", vec![json!(ECHO), json!(""), json!(1), json!("acc_\0"), json!(null)]),
        ("/description", vec![json!(""), json!("x".repeat(501)), json!("a\u{7f}"), json!(true)]),
        ("/amount", vec![json!(1250), json!("12.50 EUR"), json!(null), json!([])]),
        (
            "/amount/minor_units",
            vec![
                json!(0),
                json!(-1),
                json!(12.5),
                json!(1_000_000_000_001_i64),
                json!("1"),
                json!(u64::MAX),
                json!(null),
            ],
        ),
        ("/amount/currency", vec![json!("eur"), json!("EURO"), json!(""), json!(ECHO), json!("XXX"), json!(978)]),
    ];
    for (field, wrongs) in cases {
        refused(&partner, "/orders", &with(good.clone(), field, None), field).await;
        for wrong in wrongs {
            refused(&partner, "/orders", &with(good.clone(), field, Some(wrong)), field).await;
        }
    }
    for unknown in ["/status", "/owner", "/amount/value"] {
        refused(&partner, "/orders", &with(good.clone(), unknown, Some(json!(ECHO))), unknown).await;
    }
    assert_eq!(partner.get("/orders").await.page("order_id").0.len(), 0);
}

#[tokio::test]
async fn a_member_that_stands_twice_is_named() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let body = r#"{"external_id":"a","external_id":"hunter2","display_name":"x"}"#;
    let answer = post_text(&app, &partner, "/accounts", "application/json", body).await.expect(422);
    assert_eq!(answer.wrong_field(), "/external_id");
    assert!(!answer.text.contains(ECHO), "{}", answer.text);
}

#[tokio::test]
async fn an_id_that_cannot_be_one_is_404() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let ids = [
        "hunter2",
        "%00",
        "ord_",
        "..%2F..%2Fetc%2Fpasswd",
        "%FF",
        "ord_%F0%9F%92%A9",
        &"a".repeat(5000),
        "'%20OR%201=1--",
    ];
    for id in ids {
        for path in ["/accounts/{id}", "/orders/{id}", "/orders/{id}/receipt"] {
            let answer = partner.get(&path.replace("{id}", id)).await.expect(404);
            assert!(!answer.text.contains(ECHO), "{}", answer.text);
        }
        partner.ask_for_fulfilment(id, None).await.expect(404);
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_asked_for_names_the_parameter() {
    let app = TestApp::start().await;
    let (partner, auditor) = (app.partner("cli_1"), app.auditor());
    for (caller, path) in [(&partner, "/accounts"), (&partner, "/orders"), (&auditor, "/audit-events")] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=hunter2", "limit"),
            ("limit=1&limit=2", "limit"),
            ("cursor=hunter2!", "cursor"),
            ("cursor=", "cursor"),
            ("cursor=AAAA", "cursor"),
            ("cursor=%00", "cursor"),
        ] {
            let answer = caller.get(&format!("{path}?{query}")).await.expect(422);
            assert_eq!(answer.wrong_field(), field, "{path}?{query}");
            assert!(!answer.text.contains(ECHO), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_meant_names_the_parameter() {
    let app = TestApp::start().await;
    let (partner, auditor) = (app.partner("cli_1"), app.auditor());
    for query in ["account_id=hunter2", "account_id=", "account_id=%00"] {
        assert_eq!(partner.get(&format!("/orders?{query}")).await.expect(422).wrong_field(), "account_id");
    }
    partner.get("/orders?account_id=a&account_id=b").await.expect(422);
    let cases = [
        ("from=yesterday", "from"),
        ("to=2026-01-01", "to"),
        ("from=", "from"),
        ("partner=", "partner"),
        ("actor=a%00b", "actor"),
        // base64url of "hunter2", of "1:" and of "x:evt_1": no places of ours.
        ("cursor=aHVudGVyMg", "cursor"),
        ("cursor=MTo", "cursor"),
        ("cursor=eDpldnRfMQ", "cursor"),
    ];
    for (query, field) in cases {
        assert_eq!(auditor.get(&format!("/audit-events?{query}")).await.expect(422).wrong_field(), field, "{query}");
    }
    auditor.get("/audit-events?partner=a&partner=b").await.expect(422);
}

#[tokio::test]
async fn a_cursor_of_another_list_reads_nothing_that_is_not_the_callers() {
    let app = TestApp::start().await;
    let (partner, other) = (app.partner("cli_1"), app.partner("cli_2"));
    for number in 0..2 {
        partner.any_order_of(&format!("reader-{number}")).await;
    }
    let (_, cursor) = partner.get("/orders?limit=1").await.page("order_id");
    let stolen = format!("/orders?cursor={}", cursor.unwrap());
    assert_eq!(other.get(&stolen).await.expect(200).page("order_id"), (vec![], None));
}
