//! Steps 5 and 6: orders are placed and read.

use reqwest::Method;
use serde_json::{Value, json};

use super::fault::{Fault, text};
use super::register::fresh;
use super::session::Session;
use super::stage::Stage;

/// An order as the API told it.
pub(super) struct Order {
    pub(super) order_id: String,
    pub(super) account_id: String,
    pub(super) amount: Value,
}

impl Order {
    pub(super) fn path(&self) -> String {
        format!("/orders/{}", self.order_id)
    }
}

/// Step 5.
pub(super) async fn place(stage: &mut Stage<'_>, client: &mut Session, account_id: &str) -> Result<Order, Fault> {
    stage.begin(5, "POST /orders: an order, and the same request again")?;
    let key = fresh(stage, "ORDER_KEY", "order");
    let amount = json!({"minor_units": 1250, "currency": "EUR"});
    let again = client
        .request(Method::POST, "/orders")
        .idempotency_key(&key.value)
        .json(json!({"account_id": account_id, "description": "Two books", "amount": amount}));
    let mut request = again.clone().capture("ORDER_ID", "order_id");
    request.before.push(key.set_by);

    let answer = client.call(stage, request).await?;
    stage.expect_status(&answer, 201, "the order is placed")?;
    let order_id = text(&answer.json()?, "order_id")?;

    stage.note("The answer could have been lost on its way; the client repeats the request with the same key.")?;
    let answer = client.call(stage, again).await?;
    stage.expect_status(&answer, 201, "the same answer")?;
    let repeated = text(&answer.json()?, "order_id")?;
    stage.check("it is the same order, not a second one", repeated == order_id, || repeated.clone())?;
    stage.pass()?;
    Ok(Order { order_id, account_id: account_id.to_owned(), amount })
}

/// Step 6. A partner that was registered for this walk has this one order; another may have more.
pub(super) async fn read(
    stage: &mut Stage<'_>,
    client: &mut Session,
    order: &Order,
    registered_now: bool,
) -> Result<(), Fault> {
    stage.begin(6, "GET /orders: the protected resource")?;
    let answer = client.call(stage, client.request(Method::GET, "/orders")).await?;
    stage.expect_status(&answer, 200, "the list")?;
    let body = answer.json()?;
    let items = body.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let ids: Vec<&str> = items.iter().filter_map(|item| item.get("order_id")).filter_map(Value::as_str).collect();
    let found = || format!("{ids:?}");
    if registered_now {
        stage.check("it holds exactly the partner's own order", ids == [order.order_id.as_str()], found)?;
    } else {
        // A partner with more orders than fit on a page finds its newest on the last one.
        let more = body.get("next_cursor").is_some_and(Value::is_string);
        stage.check("it holds the order, or goes on", more || ids.contains(&order.order_id.as_str()), found)?;
    }

    let answer = client.call(stage, client.request(Method::GET, &order.path())).await?;
    stage.expect_status(&answer, 200, "the order")?;
    let found = text(&answer.json()?, "order_id")?;
    stage.check("it is the one that was placed", found == order.order_id, || found.clone())?;
    stage.pass()
}
