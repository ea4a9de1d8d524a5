//! `/accounts`.

use serde_json::json;

use super::support::TestApp;

#[tokio::test]
async fn an_account_is_opened_and_read() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let opened =
        partner.post("/accounts", &json!({"external_id": "reader-1", "display_name": "Änne"})).await.expect(201);
    let account = opened.json();
    let id = opened.text_of("account_id");
    assert!(id.starts_with("acc_"), "{id}");
    assert_eq!(
        account,
        json!({"account_id": id, "external_id": "reader-1", "display_name": "Änne", "created_at": "2026-01-01T00:00:00.000000Z"})
    );
    assert_eq!(partner.get(&format!("/accounts/{id}")).await.expect(200).json(), account);
    assert_eq!(partner.get("/accounts").await.expect(200).json(), json!({"items": [account], "next_cursor": null}));
}

#[tokio::test]
async fn a_partner_has_one_account_for_each_of_its_users() {
    let app = TestApp::start().await;
    let (partner, other) = (app.partner("cli_1"), app.partner("cli_2"));
    let body = json!({"external_id": "reader", "display_name": "A reader"});
    partner.post("/accounts", &body).await.expect(201);
    partner.post("/accounts", &body).await.expect(409);
    partner.post_under("another key", "/accounts", &body).await.expect(400);
    partner.post_under("another-key", "/accounts", &body).await.expect(409);
    other.post("/accounts", &body).await.expect(201);
}

#[tokio::test]
async fn another_partners_account_is_not_there() {
    let app = TestApp::start().await;
    let (partner, other) = (app.partner("cli_1"), app.partner("cli_2"));
    let account = partner.open_account("reader").await;
    let missing = other.get("/accounts/acc_0191b2c4-0000-7000-8000-000000000000").await.expect(404);
    let foreign = other.get(&format!("/accounts/{account}")).await.expect(404);
    let without_id = |answer: super::support::Answer| {
        let mut body = answer.json();
        body["request_id"].take();
        body
    };
    assert_eq!(without_id(foreign), without_id(missing), "the two cannot be told apart");
    assert_eq!(other.get("/accounts").await.page("account_id").0, Vec::<String>::new());
}

#[tokio::test]
async fn accounts_are_listed_in_pages_oldest_first() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let mut opened = Vec::new();
    for number in 0..5 {
        opened.push(partner.open_account(&format!("reader-{number}")).await);
        app.partner("cli_2").open_account(&format!("reader-{number}")).await;
    }
    let (mut listed, mut cursor) = partner.get("/accounts?limit=2").await.expect(200).page("account_id");
    while let Some(next) = cursor {
        let page = partner.get(&format!("/accounts?limit=2&cursor={next}")).await.expect(200);
        let (ids, next) = page.page("account_id");
        listed.extend(ids);
        cursor = next;
    }
    assert_eq!(listed, opened);
}
