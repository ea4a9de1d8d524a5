//! Step 12: one trail of all that happened, joined from three services.

use std::collections::BTreeSet;

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::fault::Fault;
use super::fulfilment::Fulfilment;
use super::session::Session;
use super::sign_in::Operator;
use super::stage::Stage;

const TITLE: &str = "one audit trail of it all";
const SERVICES: [&str; 3] = ["admin-service", "auth-service", "orders-service"];
const COLUMNS: [&str; 6] = ["time", "service", "action", "outcome", "object", "request_id"];

/// A partner of this walk has some thirty events; whoever never ends a list is not followed for ever.
const MOST_PAGES: usize = 10;

#[derive(Deserialize)]
struct Page {
    items: Vec<Event>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    time: String,
    service: String,
    action: String,
    outcome: String,
    reason: Option<String>,
    partner: Option<String>,
    object: Option<String>,
    /// None of what no request caused.
    request_id: Option<String>,
}

pub(super) async fn step(
    stage: &mut Stage<'_>,
    operator: Option<&Operator>,
    client: &Session,
    fulfilment: &Fulfilment,
) -> Result<(), Fault> {
    let Some(operator) = operator else {
        return stage.skip(12, TITLE, "nobody plays the operator");
    };
    stage.begin(12, TITLE)?;
    let partner = client.tokens.registration.client_id.as_str();
    let events = fetch(stage, operator, partner).await?;
    let rows: Vec<_> = events.iter().map(row).collect();
    stage.table(&COLUMNS, &rows)?;

    let foreign = events.iter().find(|event| event.partner.as_deref() != Some(partner));
    let found = || foreign.map(|event| format!("{} of {:?}", event.action, event.partner)).unwrap_or_default();
    stage.check("all of it is about this partner", foreign.is_none(), found)?;
    // Times are RFC 3339 in UTC with microseconds, so text order is time order.
    let ordered = events.iter().map(|event| &event.time).is_sorted();
    stage.check("it is in the order of time", ordered, || "another order".to_owned())?;
    let all = services(events.iter());
    stage.check("all three services tell their part", all == SERVICES.into(), || format!("{all:?}"))?;
    let id = fulfilment.request_id.as_str();
    let joined = services(events.iter().filter(|event| event.request_id.as_deref() == Some(id)));
    stage.check(&format!("one request_id joins the fulfilment: {id}"), joined == SERVICES.into(), || {
        format!("it is known to {joined:?}")
    })?;
    stage.pass()
}

fn services<'e>(events: impl Iterator<Item = &'e Event>) -> BTreeSet<&'e str> {
    events.map(|event| event.service.as_str()).collect()
}

async fn fetch(stage: &mut Stage<'_>, operator: &Operator, partner: &str) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut request = operator.request(Method::GET, "/audit-events");
        request.url.query_pairs_mut().append_pair("partner", partner).append_pair("limit", "100");
        if let Some(cursor) = &cursor {
            request.url.query_pairs_mut().append_pair("cursor", cursor);
        }
        request.instead_of_body = Some("(the events, as a table below)");
        let answer = stage.send(request).await?;
        stage.expect_status(&answer, 200, "the trail")?;
        let page = read(answer.json()?)?;
        events.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(events);
        }
    }
    Err(Fault::Differs(format!("the trail does not end within {MOST_PAGES} pages")))
}

fn read(body: Value) -> Result<Page, Fault> {
    serde_json::from_value(body).map_err(|error| Fault::Differs(format!("an audit event cannot be read: {error}")))
}

fn row(event: &Event) -> Vec<String> {
    let outcome = match &event.reason {
        Some(reason) => format!("{}: {reason}", event.outcome),
        None => event.outcome.clone(),
    };
    let object = event.object.clone().unwrap_or_default();
    let request_id = event.request_id.clone().unwrap_or_default();
    vec![event.time.clone(), event.service.clone(), event.action.clone(), outcome, object, request_id]
}
