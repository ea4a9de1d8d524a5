//! Partners and people of any name: an id that looks like another's shows nothing of theirs.

use diesel::{RunQueryDsl as _, sql_query};
use serde_json::json;
use service_kit::{AnyConnection, StoreError};

use crate::support::{TestApp, order_for};

/// What another issuer calls its clients and its people is not ours to choose.
#[tokio::test]
async fn a_partner_called_like_a_person_or_an_account_is_neither() {
    let app = TestApp::start().await;
    let (ann, partner) = (app.through("cli_1", "usr_ann"), app.partner("cli_1"));
    let order = ann.any_order().await;
    let account = partner.open_account("reader").await;
    partner.place_order(&account).await;
    for name in ["usr_ann", &account, "person", "personusr_ann"] {
        let called_like = app.partner(name);
        assert_eq!(called_like.get("/orders").await.expect(200).page("order_id").0, [""; 0], "{name}");
        called_like.get(&format!("/orders/{order}")).await.expect(404);
        called_like.post("/orders", &order_for(&account)).await.expect(422);
        called_like.any_order().await;
    }
    assert_eq!(ann.get("/orders").await.page("order_id").0, [order]);
}

#[tokio::test]
async fn a_person_called_like_a_partner_is_none() {
    let app = TestApp::start().await;
    let order = app.partner("cli_1").any_order().await;
    let person = app.through("cli_2", "cli_1");
    person.get(&format!("/orders/{order}")).await.expect(404);
    assert_eq!(person.get("/accounts").await.expect(200).page("account_id").0, [""; 0]);
}

#[tokio::test]
async fn a_subject_of_another_issuer_is_a_person() {
    let app = TestApp::start().await;
    for name in ["auth0|5f7c", "ann@example.com", "https://id.example/ann", "USR_1", "ACC_1", "client@clients", "ü"] {
        let person = app.through("cli_1", name);
        let order = person.any_order().await;
        assert_eq!(app.through("cli_2", name).get("/orders").await.expect(200).page("order_id").0, [order], "{name}");
    }
    assert_eq!(app.partner("cli_1").get("/orders").await.expect(200).page("order_id").0, [""; 0]);
}

/// The texts in the tables are told apart by a character that no name can hold.
#[tokio::test]
async fn a_name_with_what_stands_between_two_names_gets_nobody_in() {
    let app = TestApp::start().await;
    app.through("cli_1", "usr_ann").any_order().await;
    app.partner("person\tusr_ann").get("/orders").await.expect(401);
    app.through("cli_1", "cli_1\tusr_ann").get("/orders").await.expect(401);
}

#[tokio::test]
async fn what_partners_had_when_there_were_only_partners_is_still_theirs() {
    let app = TestApp::start().await;
    let (account, order) = ("acc_0191b2c4-0000-7000-8000-000000000001", "ord_0191b2c4-0000-7000-8000-000000000001");
    let rows = [
        format!("INSERT INTO accounts VALUES ('{account}', 'cli_1', 'reader', 'A reader', 1)"),
        format!("INSERT INTO orders VALUES ('{order}', 'cli_1', '{account}', 'Two books', 1250, 'EUR', 'placed', 1)"),
    ];
    let write = move |connection: &mut AnyConnection| {
        for row in &rows {
            sql_query(row).execute(connection)?;
        }
        Ok::<_, StoreError>(())
    };
    app.database.database.write(write).await.unwrap();
    let partner = app.partner("cli_1");
    assert_eq!(partner.get("/accounts").await.page("account_id").0, [account]);
    partner.ask_for_fulfilment(order, Some("key-1")).await.expect(202);
    app.through("cli_1", account).get(&format!("/orders/{order}")).await.expect(200);
    app.through("cli_1", "usr_ann").get(&format!("/orders/{order}")).await.expect(404);
    partner.post("/accounts", &json!({"external_id": "reader", "display_name": "Again"})).await.expect(409);
}
