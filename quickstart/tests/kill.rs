//! SIGKILL: at every step boundary, and at random instants within the steps that write. Whoever got an answer can rely
//! on it, whoever got none repeats the request with the same Idempotency-Key, and nothing happens twice.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{Answer, Chance, House, Operator, Partner, Service, persist};

/// Random instants for each service.
const INSTANTS: usize = 20;
/// Random instants at which all are killed.
const BLACKOUTS: usize = 10;
/// The instant is at most this long after the requests were sent; most are answered by then.
const LATEST: Duration = Duration::from_millis(30);

#[tokio::test]
async fn the_walk_goes_on_when_auth_service_is_killed_between_any_two_steps() {
    walk_while_killing(Service::Auth).await;
}

#[tokio::test]
async fn the_walk_goes_on_when_orders_service_is_killed_between_any_two_steps() {
    walk_while_killing(Service::Orders).await;
}

#[tokio::test]
async fn the_walk_goes_on_when_admin_service_is_killed_between_any_two_steps() {
    walk_while_killing(Service::Admin).await;
}

/// The tokens of steps 1 and 3 are used to the end: no service keeps a session (B17).
async fn walk_while_killing(victim: Service) {
    let house = House::open().await;
    let operator = house.sign_in().await;
    house.kill_and_restart(victim).await;

    let registered = operator.register("partner").await.unwrap().expect(201);
    house.kill_and_restart(victim).await;
    let mut partner = Partner::of(&house, &registered);
    let again = operator.register("partner").await.unwrap().expect(200);
    assert_eq!(again.text("client_id"), partner.client_id);

    partner.token = partner.ask_for_token().await.unwrap().expect(200).text("access_token");
    house.kill_and_restart(victim).await;

    let account = partner.open_account("account").await.unwrap().expect(201);
    house.kill_and_restart(victim).await;
    assert_eq!(partner.open_account("account").await.unwrap().expect(201).body, account.body);

    let order = partner.place_order(&account.text("account_id"), "order").await.unwrap().expect(201);
    let order_id = order.text("order_id");
    house.kill_and_restart(victim).await;
    assert_eq!(partner.place_order(&account.text("account_id"), "order").await.unwrap().expect(201).body, order.body);
    assert_eq!(partner.orders().await, [order.json()]);

    let fulfilment = partner.fulfil(&order_id, "fulfilment").await.unwrap().expect(202);
    house.kill_and_restart(victim).await;
    assert_eq!(partner.fulfil(&order_id, "fulfilment").await.unwrap().expect(202).body, fulfilment.body);
    partner.fulfil(&order_id, "another-key").await.unwrap().expect(409);

    let receipt = partner.get(&format!("/orders/{order_id}/receipt")).await.unwrap().expect(200).body;
    assert_eq!(receipt, fulfilment.text("receipt"));
    house.kill_and_restart(victim).await;

    let made = Made { account_id: account.text("account_id"), orders: vec![order], fulfilments: vec![fulfilment] };
    made.expect_all_of_it_once(&operator, &partner).await;
    let suspend = format!("/partners/{}/suspend", partner.client_id);
    operator.call(reqwest::Method::POST, &suspend).await.unwrap().expect(200);
    house.kill_and_restart(victim).await;
    assert_eq!(partner.ask_for_token().await.unwrap().expect(401).text("error"), "invalid_client");
    let trail = operator.trail_of(&partner.client_id).await;
    trail.expect_once(Service::Auth, "client.suspend", &partner.client_id);
    trail.expect_once(Service::Admin, "partner.suspend", &partner.client_id);
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_auth_service_is_killed_at_any_instant() {
    kill_at_random_instants(&[Service::Auth], INSTANTS).await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_orders_service_is_killed_at_any_instant() {
    kill_at_random_instants(&[Service::Orders], INSTANTS).await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_admin_service_is_killed_at_any_instant() {
    kill_at_random_instants(&[Service::Admin], INSTANTS).await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_all_services_are_killed_at_once() {
    kill_at_random_instants(&Service::ALL, BLACKOUTS).await;
}

/// At each instant an order is being placed, the one before it is being fulfilled, and a partner is being registered.
async fn kill_at_random_instants(victims: &[Service], instants: usize) {
    let mut chance = Chance::new();
    let house = House::open().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let account_id = partner.open_account("account").await.unwrap().expect(201).text("account_id");
    let first = partner.place_order(&account_id, "order-0").await.unwrap().expect(201);

    let mut made = Made { account_id, orders: vec![first], fulfilments: Vec::new() };
    let mut registered = Vec::new();
    let mut unanswered = 0;
    for instant in 1..=instants {
        let keys = ["order", "fulfilment", "partner"].map(|what| format!("{what}-{instant}"));
        let [order_key, fulfilment_key, partner_key] = &keys;
        let order_id = made.orders.last().unwrap().text("order_id");
        let kill = async {
            tokio::time::sleep(chance.below(LATEST)).await;
            victims.iter().for_each(|victim| house.kill(*victim));
        };
        let (order, fulfilment, registration, ()) = tokio::join!(
            partner.place_order(&made.account_id, order_key),
            partner.fulfil(&order_id, fulfilment_key),
            operator.register(partner_key),
            kill,
        );
        victims.iter().for_each(|victim| house.start(*victim));
        let attempts = [order, fulfilment, registration];
        unanswered +=
            attempts.iter().filter(|attempt| !attempt.as_ref().is_ok_and(|answer| answer.status < 500)).count();
        let [order, fulfilment, registration] = attempts;
        let again = tokio::join!(
            persist("the order", async || partner.place_order(&made.account_id, order_key).await),
            persist("the fulfilment", async || partner.fulfil(&order_id, fulfilment_key).await),
            persist("the registration", async || operator.register(partner_key).await),
        );
        made.orders.push(same(order, again.0.expect(201)));
        made.fulfilments.push(same(fulfilment, again.1.expect(202)));
        registered.push(same_client(registration, &again.2));
        for victim in victims {
            house.ready(*victim).await;
        }
    }
    println!("{unanswered} of {} requests got no answer", 3 * instants);
    assert!(unanswered > 0, "no instant was within a request");

    made.expect_all_of_it_once(&operator, &partner).await;
    registered.push(partner.client_id.clone());
    registered.sort();
    assert_eq!(house.column(Service::Auth, "clients", "client_id"), registered);
    join_all(registered.iter().map(|client_id| registered_once(&operator, client_id))).await;
}

/// What was acknowledged is still true; a request without an answer was not acknowledged.
#[track_caller]
fn same(first: Result<Answer, String>, again: Answer) -> Answer {
    match first {
        Ok(first) if first.status != 503 => assert_eq!((first.status, &first.body), (again.status, &again.body)),
        _ => {}
    }
    again
}

/// A registration that is repeated has the same `client_id`; the secret was shown once.
#[track_caller]
fn same_client(first: Result<Answer, String>, again: &Answer) -> String {
    let client_id = again.text("client_id");
    match first {
        Ok(first) if first.status == 201 => {
            assert_eq!((again.status, again.json().get("client_secret")), (200, None));
            assert_eq!(first.text("client_id"), client_id);
        }
        Ok(first) => assert_eq!(first.status, 503, "{first}"),
        Err(_) => {}
    }
    client_id
}

async fn registered_once(operator: &Operator<'_>, client_id: &str) {
    let trail = operator.trail_of(client_id).await;
    trail.expect_once(Service::Auth, "client.register", client_id);
    trail.expect_once(Service::Admin, "partner.register", client_id);
}

/// What a partner was told that it has.
struct Made {
    account_id: String,
    orders: Vec<Answer>,
    fulfilments: Vec<Answer>,
}

impl Made {
    /// Each thing exists once: as its owner sees it, as the operator sees it, as rows, and in the audit trail.
    async fn expect_all_of_it_once(&self, operator: &Operator<'_>, partner: &Partner<'_>) {
        let orders = texts(&self.orders, "order_id");
        let fulfilments = texts(&self.fulfilments, "fulfilment_id");
        let (seen, accepted) = (partner.orders().await, operator.fulfilments().await);
        assert_eq!(members(&seen, "order_id"), orders);
        assert_eq!(members(&accepted, "fulfilment_id"), fulfilments);
        assert_eq!(members(&accepted, "order_id"), texts(&self.fulfilments, "order_id"));

        for answer in &self.fulfilments {
            let order_id = answer.text("order_id");
            let order = partner.get(&format!("/orders/{order_id}")).await.unwrap().expect(200);
            assert_eq!(order.text("status"), "fulfilment_accepted");
            let receipt = partner.get(&format!("/orders/{order_id}/receipt")).await.unwrap().expect(200).body;
            assert_eq!(receipt, answer.text("receipt"));
        }
        self.expect_rows(operator.house, &orders, &fulfilments);

        let trail = operator.trail_of(&partner.client_id).await;
        trail.expect_once(Service::Orders, "account.create", &self.account_id);
        orders.iter().for_each(|id| trail.expect_once(Service::Orders, "order.create", id));
        for id in &fulfilments {
            trail.expect_once(Service::Orders, "fulfilment.request", id);
            trail.expect_once(Service::Admin, "fulfilment.accept", id);
        }
    }

    fn expect_rows(&self, house: &House, orders: &[String], fulfilments: &[String]) {
        assert_eq!(house.column(Service::Orders, "accounts", "account_id"), std::slice::from_ref(&self.account_id));
        assert_eq!(house.column(Service::Orders, "orders", "order_id"), orders);
        assert_eq!(house.column(Service::Orders, "fulfilments", "fulfilment_id"), fulfilments);
        assert_eq!(house.column(Service::Admin, "fulfilments", "fulfilment_id"), fulfilments);
    }
}

fn texts(answers: &[Answer], member: &str) -> Vec<String> {
    sorted(answers.iter().map(|answer| answer.text(member)))
}

fn members(items: &[Value], member: &str) -> Vec<String> {
    sorted(items.iter().map(|item| item[member].as_str().unwrap().to_owned()))
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts = texts.collect::<Vec<_>>();
    texts.sort();
    texts
}
