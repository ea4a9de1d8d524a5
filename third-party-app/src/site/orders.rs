//! A person's orders, at orders-service.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::connection::Connection;
use super::partner::Partner;
use super::trouble::Trouble;
use crate::http::{Answer, Request};

/// An order, as the page shows it.
pub(super) struct ShownOrder {
    pub(super) order_id: String,
    pub(super) description: String,
    pub(super) price: String,
    pub(super) status: String,
}

#[derive(Deserialize)]
struct Order {
    order_id: String,
    description: String,
    amount: Amount,
    status: String,
}

#[derive(Deserialize)]
struct Amount {
    minor_units: i64,
    currency: String,
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Account {
    account_id: String,
}

/// What a person orders. These are the shop's own bounds, within those of the API, which has the last word.
pub(super) struct NewOrder<'o> {
    /// The same for the same form, however often it is sent.
    pub(super) key: &'o str,
    pub(super) description: &'o str,
    pub(super) euros: u32,
}

impl<'o> NewOrder<'o> {
    /// Reads the form. No field of it is believed to be as the page made it.
    pub(super) fn read(key: &'o str, description: &'o str, euros: &str) -> Option<Self> {
        let (description, euros) = (description.trim(), euros.trim().parse().ok()?);
        let good = (1..=255).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic())
            && (1..=200).contains(&description.chars().count())
            && !description.contains(char::is_control)
            && (1..=9_999).contains(&euros);
        good.then_some(Self { key, description, euros })
    }
}

/// The first page of them.
pub(super) async fn list(partner: &Partner, connection: &mut Connection) -> Result<Vec<ShownOrder>, Trouble> {
    let answer = partner.call(connection, "/orders", Request::get).await?;
    let page: Page<Order> = read(&answer, 200)?;
    Ok(page.items.into_iter().map(shown).collect())
}

pub(super) async fn place(partner: &Partner, connection: &mut Connection, order: &NewOrder<'_>) -> Result<(), Trouble> {
    let account_id = account(partner, connection).await?;
    let body = json!({
        "account_id": account_id,
        "description": order.description,
        "amount": {"minor_units": u64::from(order.euros).saturating_mul(100), "currency": "EUR"},
    });
    let post = |url| Request::post(url).idempotency_key(order.key).json(body.clone());
    let answer = partner.call(connection, "/orders", post).await?;
    expect(&answer, 201)
}

/// The person's account at orders-service; a new one if they have none.
async fn account(partner: &Partner, connection: &mut Connection) -> Result<String, Trouble> {
    if let Some(known) = &connection.account_id {
        return Ok(known.clone());
    }
    let (subject, name) = (connection.identity.subject.clone(), connection.shown_name().to_owned());
    let page: Page<Account> = read(&partner.call(connection, "/accounts", Request::get).await?, 200)?;
    let account_id = match page.items.into_iter().next() {
        Some(account) => account.account_id,
        None => {
            let body = json!({"external_id": subject, "display_name": name});
            // The same person is given the same account, also by two requests at once.
            let key = format!("account-{subject}");
            let post = |url| Request::new(Method::POST, url).idempotency_key(&key).json(body.clone());
            read::<Account>(&partner.call(connection, "/accounts", post).await?, 201)?.account_id
        }
    };
    connection.account_id = Some(account_id.clone());
    Ok(account_id)
}

fn read<T: for<'de> Deserialize<'de>>(answer: &Answer, status: u16) -> Result<T, Trouble> {
    expect(answer, status)?;
    serde_json::from_slice(&answer.body).map_err(|_| unexpected(answer))
}

fn expect(answer: &Answer, status: u16) -> Result<(), Trouble> {
    if answer.status.as_u16() == status { Ok(()) } else { Err(unexpected(answer)) }
}

fn unexpected(answer: &Answer) -> Trouble {
    Trouble::Unexpected(answer.url.to_string(), answer.status.as_u16())
}

fn shown(order: Order) -> ShownOrder {
    let Amount { minor_units, currency } = order.amount;
    // Two decimals: this shop orders in euros alone, and shows what others ordered in the same form.
    let price = format!("{}.{:02} {currency}", minor_units / 100, (minor_units % 100).abs());
    ShownOrder { order_id: order.order_id, description: order.description, price, status: order.status }
}
