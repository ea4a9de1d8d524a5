//! Every sort of token at every route, for its own things and for everybody else's.

use std::collections::BTreeSet;

use orders_service::routes::endpoints;
use serde_json::json;
use shared_claims::extract::Access;

use crate::support::{Caller, TestApp, order_for};

const NOBODY: &str = "acc_0191b2c4-0000-7000-8000-000000000000";

/// An account and an order of it, with its receipt.
struct Thing {
    account: String,
    order: String,
}

async fn thing(owner: &Caller<'_>, external_id: &str) -> Thing {
    let account = owner.open_account(external_id).await;
    let order = owner.place_order(&account).await;
    owner.ask_for_fulfilment(&order, None).await.expect(202);
    Thing { account, order }
}

/// Somebody with a token, and what of all things is theirs.
struct Row<'a> {
    who: &'static str,
    caller: Caller<'a>,
    /// In the order in which they were made.
    theirs: Vec<&'a Thing>,
    /// What is said to a repeated request for fulfilment of what is theirs.
    fulfilment: u16,
}

fn row<'a>(who: &'static str, caller: Caller<'a>, theirs: Vec<&'a Thing>, fulfilment: u16) -> Row<'a> {
    Row { who, caller, theirs, fulfilment }
}

/// Reads and writes, one by one; the patterns of the routes that were tried.
async fn try_one(row: &Row<'_>, thing: &Thing, tried: &mut BTreeSet<&'static str>) {
    let Row { who, caller, .. } = row;
    let own = row.theirs.iter().any(|own| own.order == thing.order);
    let expected = if own { 200 } else { 404 };
    for (pattern, path) in [
        ("GET /accounts/{account_id}", format!("/accounts/{}", thing.account)),
        ("GET /orders/{order_id}", format!("/orders/{}", thing.order)),
        ("GET /orders/{order_id}/receipt", format!("/orders/{}/receipt", thing.order)),
    ] {
        assert_eq!(caller.get(&path).await.status, expected, "{who}: {pattern}");
        tried.insert(pattern);
    }
    let asked = caller.ask_for_fulfilment(&thing.order, None).await;
    assert_eq!(asked.status, if own { row.fulfilment } else { 404 }, "{who}: {}", asked.text);
    tried.insert("POST /orders/{order_id}/fulfilment");
    if !own {
        let asked = caller.ask_for_fulfilment(&thing.order, Some("a-key")).await;
        assert_eq!(asked.status, 404, "{who}: {}", asked.text);
        // Whose it is, the database knows: another's account is one that is not there.
        let placed = caller.post("/orders", &order_for(&thing.account)).await;
        let (foreign, unknown) = (placed.status, caller.post("/orders", &order_for(NOBODY)).await.status);
        assert_eq!((foreign, [404, 422].contains(&foreign)), (unknown, true), "{who}: {}", placed.text);
        tried.insert("POST /orders");
    }
}

async fn try_lists(row: &Row<'_>, tried: &mut BTreeSet<&'static str>) {
    let Row { who, caller, theirs, .. } = row;
    let accounts = caller.get("/accounts").await.expect(200).page("account_id").0;
    assert_eq!(accounts, theirs.iter().map(|thing| thing.account.clone()).collect::<Vec<_>>(), "{who}");
    let orders = caller.get("/orders").await.expect(200).page("order_id").0;
    assert_eq!(orders, theirs.iter().map(|thing| thing.order.clone()).collect::<Vec<_>>(), "{who}");
    tried.extend(["GET /accounts", "GET /orders"]);
}

#[tokio::test]
async fn everybody_sees_what_is_theirs_and_nothing_else_at_every_route() {
    let app = TestApp::start().await;
    let first = thing(&app.partner("cli_1"), "reader").await;
    let second = thing(&app.partner("cli_1"), "another").await;
    let foreign = thing(&app.partner("cli_2"), "reader").await;
    let ann = thing(&app.through("cli_1", "usr_ann"), "reader").await;
    let bob = thing(&app.through("cli_1", "usr_bob"), "reader").await;
    let all = [&first, &second, &foreign, &ann, &bob];
    let rows = [
        row("a partner", app.partner("cli_1"), vec![&first, &second], 202),
        row("another partner", app.partner("cli_2"), vec![&foreign], 202),
        row("a third partner", app.partner("cli_3"), vec![], 0),
        row("a person", app.through("cli_1", "usr_ann"), vec![&ann], 202),
        // It was asked for through the other, whom admin-service and the receipt name.
        row("the same person through another partner", app.through("cli_2", "usr_ann"), vec![&ann], 409),
        row("another person", app.through("cli_1", "usr_bob"), vec![&bob], 202),
        row("a third person", app.through("cli_1", "usr_eve"), vec![], 0),
        row("an account", app.through("cli_1", &first.account), vec![&first], 202),
        row("another account", app.through("cli_1", &second.account), vec![&second], 202),
        row("another partner's account", app.through("cli_2", &foreign.account), vec![&foreign], 202),
    ];
    let mut tried = BTreeSet::new();
    for row in &rows {
        try_lists(row, &mut tried).await;
        for thing in all {
            try_one(row, thing, &mut tried).await;
        }
    }
    tried.insert("POST /accounts"); // By every owner above; by accounts, see there.
    let routes = endpoints().into_iter().filter(|row| matches!(row.access, Access::Permission(_)));
    let routes: BTreeSet<_> = routes.map(|row| format!("{} {}", row.method, row.path)).collect();
    let mut tried: BTreeSet<_> = tried.into_iter().map(str::to_owned).collect();
    tried.insert("GET /audit-events".to_owned()); // Nobody of these may.
    assert_eq!(tried, routes);
}

/// auth-service does not know accounts: that one is the partner's is said by the partner alone.
#[tokio::test]
async fn an_account_that_is_not_the_partners_gets_404_everywhere() {
    let app = TestApp::start().await;
    let own = thing(&app.partner("cli_1"), "reader").await;
    let foreign = thing(&app.partner("cli_2"), "reader").await;
    let ann = thing(&app.through("cli_1", "usr_ann"), "reader").await;
    for subject in [foreign.account.as_str(), ann.account.as_str(), NOBODY, "acc_", "acc_hunter2", "acc_' OR 1=1"] {
        let caller = app.through("cli_1", subject);
        for thing in [&own, &foreign, &ann] {
            for path in [
                "/accounts".to_owned(),
                "/orders".to_owned(),
                format!("/orders?account_id={}", thing.account),
                format!("/accounts/{}", thing.account),
                format!("/orders/{}", thing.order),
                format!("/orders/{}/receipt", thing.order),
            ] {
                assert_eq!(caller.get(&path).await.expect(404).text_of("title"), "Not Found", "{subject} {path}");
            }
            caller.post("/orders", &order_for(&thing.account)).await.expect(404);
            caller.post_under("key", "/orders", &order_for(&thing.account)).await.expect(404);
            caller.ask_for_fulfilment(&thing.order, None).await.expect(404);
        }
        let account = json!({"external_id": "new", "display_name": "New"});
        caller.post("/accounts", &account).await.expect(404);
    }
    // The first partner's own account, through the second.
    app.through("cli_2", &own.account).get("/orders").await.expect(404);
}
