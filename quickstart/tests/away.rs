//! Another service is away: at start, later, and back again.

use std::time::{Duration, Instant};

use reqwest::Method;

use crate::support::{House, PATIENCE, Service, persist, send, until};

/// What was away is back, and within this all is as before.
const HEALED: Duration = Duration::from_secs(5);

#[tokio::test]
async fn services_start_without_auth_service_and_heal_when_it_comes() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    partner.new_order("order").await;
    Service::ALL.into_iter().for_each(|service| house.kill(service));

    for service in [Service::Orders, Service::Admin] {
        house.start(service);
        let lives = async || send(house.get(service, "/healthz")).await;
        assert_eq!(until(PATIENCE, "it lives", lives).await.expect(200).body, r#"{"status":"ok"}"#);
        send(house.get(service, "/readyz")).await.unwrap().expect_unavailable();
        for path in ["/.well-known/jwks.json", "/.well-known/oauth-protected-resource"] {
            send(house.get(service, path)).await.unwrap().expect(200);
        }
    }
    // It cannot be known whether the tokens are good, so nobody is told that they are not.
    let calls = [
        house.get(Service::Orders, "/orders").bearer_auth(&partner.token),
        house.get(Service::Admin, "/fulfilments").bearer_auth(&operator.token),
    ];
    for call in calls {
        let answer = send(call).await.unwrap().expect_unavailable();
        assert_eq!(answer.header("www-authenticate"), None);
    }
    send(house.get(Service::Orders, "/orders")).await.unwrap().expect(401);

    house.start(Service::Auth);
    house.ready(Service::Auth).await;
    let begun = Instant::now();
    persist("orders", async || partner.get("/orders").await).await.expect(200);
    persist("fulfilments", async || operator.call(Method::GET, "/fulfilments").await).await.expect(200);
    house.ready(Service::Orders).await;
    house.ready(Service::Admin).await;
    assert!(begun.elapsed() < HEALED, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn without_auth_service_every_unexpired_token_is_served() {
    let mut house = House::new();
    // So that keys are to be fetched again while auth-service is away.
    house.give(Service::Orders, &["--jwks-lifetime", "1"]);
    house.give(Service::Admin, &["--jwks-lifetime", "1"]);
    house.start_all().await;
    let operator = house.sign_in().await;
    let mut partner = operator.new_partner("partner").await;
    let order_id = partner.new_order("order").await;
    // No service has seen these, so that none remembers that they are good.
    let unseen = house.sign_in().await;
    partner.token = partner.ask_for_token().await.unwrap().expect(200).text("access_token");

    let before = [Service::Orders, Service::Admin].map(|service| (service, house.log(service).len()));
    house.kill(Service::Auth);
    for (service, before) in before {
        let tried = async || match house.log(service)[before..].contains("not fetched") {
            true => Ok(()),
            false => Err("no try".to_owned()),
        };
        until(PATIENCE, "a fetch that fails", tried).await;
    }
    assert_eq!(partner.orders().await.len(), 1);
    let account_id = partner.open_account("account-meanwhile").await.unwrap().expect(201).text("account_id");
    partner.place_order(&account_id, "order-meanwhile").await.unwrap().expect(201);
    assert_eq!(unseen.fulfilments().await.len(), 0);
    for service in [Service::Orders, Service::Admin] {
        send(house.get(service, "/readyz")).await.unwrap().expect(200);
    }
    partner.ask_for_token().await.unwrap_err();
    house.try_sign_in().await.unwrap_err();

    // What needs a token in exchange has to wait.
    partner.fulfil(&order_id, "fulfilment").await.unwrap().expect_unavailable();
    operator.call(Method::GET, "/audit-events").await.unwrap().expect_unavailable();
    operator.register("another").await.unwrap().expect_unavailable();

    house.start(Service::Auth);
    house.ready(Service::Auth).await;
    let begun = Instant::now();
    let fulfilment = persist("fulfilment", async || partner.fulfil(&order_id, "fulfilment").await).await.expect(202);
    assert!(begun.elapsed() < HEALED, "{:?}", begun.elapsed());
    operator.register("another").await.unwrap().expect(201);
    let trail = operator.trail_of(&partner.client_id).await;
    trail.expect_once(Service::Orders, "fulfilment.request", &fulfilment.text("fulfilment_id"));
    assert_eq!(trail.count(Service::Orders, "fulfilment.request", "failed", &fulfilment.text("fulfilment_id")), 1);
}

#[tokio::test]
async fn without_admin_service_a_fulfilment_is_neither_lost_nor_half_done() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let order_id = partner.new_order("order").await;
    let order = format!("/orders/{order_id}");

    house.kill(Service::Admin);
    for _ in 0..3 {
        partner.fulfil(&order_id, "fulfilment").await.unwrap().expect_unavailable();
    }
    partner.fulfil(&order_id, "another-key").await.unwrap().expect(409);
    assert_eq!(partner.get(&order).await.unwrap().expect(200).text("status"), "fulfilment_requested");
    partner.get(&format!("{order}/receipt")).await.unwrap().expect(404);
    assert_eq!(house.column(Service::Admin, "fulfilments", "fulfilment_id"), [""; 0]);
    let asked = house.column(Service::Orders, "fulfilments", "fulfilment_id");
    assert_eq!(asked.len(), 1);

    house.start(Service::Admin);
    house.ready(Service::Admin).await;
    let fulfilment = partner.fulfil(&order_id, "fulfilment").await.unwrap().expect(202);
    assert_eq!([fulfilment.text("fulfilment_id")], *asked, "it goes on where it stopped");
    assert_eq!(partner.get(&order).await.unwrap().expect(200).text("status"), "fulfilment_accepted");
    assert_eq!(partner.fulfil(&order_id, "fulfilment").await.unwrap().expect(202).body, fulfilment.body);
    assert_eq!(operator.fulfilments().await.len(), 1);

    // One id joins what the three services say of the request that succeeded.
    let trail = operator.trail_of(&partner.client_id).await;
    trail.expect_once(Service::Orders, "fulfilment.request", &asked[0]);
    trail.expect_once(Service::Admin, "fulfilment.accept", &asked[0]);
    let request_id = fulfilment.header("x-request-id").unwrap();
    assert_eq!(trail.services_under(request_id), ["admin-service", "auth-service", "orders-service"]);
}

#[tokio::test]
async fn there_is_no_audit_trail_with_a_gap() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    operator.call(Method::GET, "/audit-events").await.unwrap().expect(200);
    for peer in [Service::Orders, Service::Auth] {
        house.kill(peer);
        operator.call(Method::GET, "/audit-events").await.unwrap().expect_unavailable();
        house.start(peer);
        house.ready(peer).await;
        let begun = Instant::now();
        persist("the trail", async || operator.call(Method::GET, "/audit-events").await).await.expect(200);
        assert!(begun.elapsed() < HEALED, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_service_that_hangs_costs_its_callers_two_seconds_at_most() {
    let mut house = House::new();
    house.give(Service::Orders, &["--jwks-lifetime", "1"]);
    house.start_all().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let orders = [partner.new_order("first").await, partner.new_order("second").await];

    for (peer, order_id) in [Service::Auth, Service::Admin].into_iter().zip(&orders) {
        let key = format!("fulfilment-of-{order_id}");
        house.hang(peer, true);
        let (first, second, list) =
            tokio::join!(partner.fulfil(order_id, &key), partner.fulfil(order_id, &key), partner.get("/orders"),);
        first.unwrap().expect_unavailable();
        second.unwrap().expect_unavailable();
        let list = list.unwrap().expect(200);
        assert!(list.took < Duration::from_secs(1), "what needs no peer waits for none: {:?}", list.took);
        if peer == Service::Auth {
            operator.call(Method::GET, "/audit-events").await.unwrap().expect_unavailable();
            operator.register("another").await.unwrap().expect_unavailable();
        }
        house.hang(peer, false);
        let begun = Instant::now();
        let fulfil = async || partner.fulfil(order_id, &key).await;
        persist("fulfilment", fulfil).await.expect(202);
        assert!(begun.elapsed() < HEALED, "{:?}", begun.elapsed());
    }
    // What hung may have carried out what it was asked for; it was carried out once.
    assert_eq!(operator.fulfilments().await.len(), 2);
    let client_id = persist("another", async || operator.register("another").await).await.text("client_id");
    let trail = operator.trail_of(&client_id).await;
    trail.expect_once(Service::Auth, "client.register", &client_id);
    trail.expect_once(Service::Admin, "partner.register", &client_id);
}

#[tokio::test]
async fn a_service_starts_while_auth_service_hangs() {
    let house = House::open().await;
    let partner = house.sign_in().await.new_partner("partner").await;
    house.kill(Service::Orders);
    house.hang(Service::Auth, true);
    house.start(Service::Orders);
    let lives = async || send(house.get(Service::Orders, "/healthz")).await;
    until(PATIENCE, "it lives", lives).await.expect(200);
    send(house.get(Service::Orders, "/readyz")).await.unwrap().expect_unavailable();
    partner.get("/orders").await.unwrap().expect_unavailable();
    house.hang(Service::Auth, false);
    let begun = Instant::now();
    persist("orders", async || partner.get("/orders").await).await.expect(200);
    assert!(begun.elapsed() < HEALED, "{:?}", begun.elapsed());
}
