//! Step 18: the partner acts for the person, with the person's rights and not with its own.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::discover::below;
use super::super::fault::{Fault, text};
use super::super::register::fresh;
use super::super::session::Session;
use super::super::stage::Stage;
use super::visit::Visit;
use crate::http::Request;
use crate::oauth::{Identity, Tokens};

pub(super) const TITLE: &str = "the partner acts for the person";

pub(super) async fn step(
    stage: &mut Stage<'_>,
    visit: &Visit,
    tokens: &Tokens,
    person: &Identity,
) -> Result<(), Fault> {
    stage.begin(18, TITLE)?;
    speaks_for(person, stage, visit, tokens)?;
    let account_id = open_account(stage, visit, tokens, person).await?;
    let order_id = place_order(stage, visit, tokens, &account_id).await?;
    let path = format!("/orders/{order_id}");
    let answer = stage.send(request(visit, tokens, Method::GET, &path)).await?;
    stage.expect_status(&answer, 200, "the person's order, read through the partner")?;

    stage.note("Now the partner speaks for itself.")?;
    let (api, registration) = (visit.api.clone(), visit.registration.clone());
    let mut own = Session::authenticate(stage, api, registration, Some("orders:read"), "OWN_ACCESS_TOKEN").await?;
    let answer = own.call(stage, own.request(Method::GET, &path)).await?;
    stage.expect_status(&answer, 404, "what is the person's is not the partner's")?;
    stage.pass()
}

fn speaks_for(person: &Identity, stage: &mut Stage<'_>, visit: &Visit, tokens: &Tokens) -> Result<(), Fault> {
    let token = stage.show_token("the access token of the person", tokens.access_token.expose())?;
    let demanded = [
        ("it speaks for the person", "sub", person.subject.as_str()),
        ("it was given to the partner", "client_id", visit.client.client_id.as_str()),
        ("it is for orders-service alone", "aud", visit.api.resource.resource.as_str()),
    ];
    for (what, claim, value) in demanded {
        let found = token.claims.get(claim).cloned().unwrap_or_default();
        stage.check(what, found == json!(value), || format!("{claim} = {found}"))?;
    }
    Ok(())
}

async fn open_account(
    stage: &mut Stage<'_>,
    visit: &Visit,
    tokens: &Tokens,
    person: &Identity,
) -> Result<String, Fault> {
    let key = fresh(stage, "PERSON_ACCOUNT_KEY", "account");
    let mut request = request(visit, tokens, Method::POST, "/accounts")
        .idempotency_key(&key.value)
        .json(json!({"external_id": person.subject, "display_name": "A reader of books"}))
        .capture("PERSON_ACCOUNT_ID", "account_id");
    request.before.push(key.set_by);
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 201, "an account of the person's own")?;
    text(&answer.json()?, "account_id")
}

async fn place_order(stage: &mut Stage<'_>, visit: &Visit, tokens: &Tokens, account_id: &str) -> Result<String, Fault> {
    let key = fresh(stage, "PERSON_ORDER_KEY", "order");
    let amount = json!({"minor_units": 990, "currency": "EUR"});
    let mut post = request(visit, tokens, Method::POST, "/orders")
        .idempotency_key(&key.value)
        .json(json!({"account_id": account_id, "description": "One book", "amount": amount}))
        .capture("PERSON_ORDER_ID", "order_id");
    post.before.push(key.set_by);
    let answer = stage.send(post).await?;
    stage.expect_status(&answer, 201, "an order of the person's own")?;
    let order_id = text(&answer.json()?, "order_id")?;

    let answer = stage.send(request(visit, tokens, Method::GET, "/orders")).await?;
    stage.expect_status(&answer, 200, "the person's orders")?;
    let body = answer.json()?;
    let items = body.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<&str> = items.iter().filter_map(|item| item.get("order_id")).filter_map(Value::as_str).collect();
    stage.check("it is the only one", ids == [order_id.as_str()], || format!("{ids:?}"))?;
    Ok(order_id)
}

fn request(visit: &Visit, tokens: &Tokens, method: Method, path: &str) -> Request {
    Request::new(method, below(&visit.api.base, path)).bearer(tokens.access_token.expose())
}
