//! Step 7: the partner has an order fulfilled. Behind the API, orders-service exchanges the token (RFC 8693) and
//! asks admin-service; of that the client sees nothing but the receipt.

use reqwest::Method;

use super::fault::{Fault, text};
use super::orders::Order;
use super::register::fresh;
use super::session::Session;
use super::stage::Stage;

/// An accepted fulfilment.
pub(super) struct Fulfilment {
    pub(super) fulfilment_id: String,
    pub(super) receipt: String,
    /// Under which the three services logged the request.
    pub(super) request_id: String,
}

pub(super) async fn step(stage: &mut Stage<'_>, client: &mut Session, order: &Order) -> Result<Fulfilment, Fault> {
    stage.begin(7, "POST /orders/{id}/fulfilment: a service of the enterprise is fired")?;
    let path = format!("{}/fulfilment", order.path());
    let key = fresh(stage, "FULFILMENT_KEY", "fulfilment");
    let other_key = fresh(stage, "OTHER_FULFILMENT_KEY", "fulfilment");

    let again = client.request(Method::POST, &path).idempotency_key(&key.value);
    let mut request = again.clone().capture("RECEIPT", "receipt");
    request.before.push(key.set_by);
    let answer = client.call(stage, request).await?;
    stage.expect_status(&answer, 202, "the fulfilment is accepted")?;
    let body = answer.json()?;
    let request_id = answer.header("x-request-id").unwrap_or_default().to_owned();
    stage.check("the answer names its X-Request-Id", !request_id.is_empty(), || "none".to_owned())?;
    let fulfilment =
        Fulfilment { fulfilment_id: text(&body, "fulfilment_id")?, receipt: text(&body, "receipt")?, request_id };

    let answer = client.call(stage, again).await?;
    stage.expect_status(&answer, 202, "the same key gets the same answer")?;
    let repeated = text(&answer.json()?, "fulfilment_id")?;
    stage.check("it is the same fulfilment", repeated == fulfilment.fulfilment_id, || repeated.clone())?;

    let mut request = client.request(Method::POST, &path).idempotency_key(&other_key.value);
    request.before.push(other_key.set_by);
    let answer = client.call(stage, request).await?;
    stage.expect_status(&answer, 409, "another key would be another fulfilment of the same order")?;
    stage.pass()?;
    Ok(fulfilment)
}
