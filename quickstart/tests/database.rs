//! The database is away, hangs, or is held by another process.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use reqwest::Method;

use crate::support::{Databases, House, Operator, Partner, Postgres, Service, persist, send};

/// It is back, and within this all is as before, without a restart.
const HEALED: Duration = Duration::from_secs(5);

/// Needs PostgreSQL on this machine, and says so where there is none.
async fn house_and_its_server() -> Option<(House, Postgres)> {
    let Some(server) = Postgres::start_new() else {
        eprintln!("SKIPPED: PostgreSQL is not installed under /usr/lib/postgresql");
        return None;
    };
    let house = House::with(|home| Databases::on_server(server.admin_url(), home));
    house.start_all().await;
    Some((house, server))
}

/// Everything that needs the database says 503 in time; everything that does not goes on.
async fn expect_all_unavailable(operator: &Operator<'_>, partner: &Partner<'_>, order_id: &str) {
    let house = operator.house;
    for service in Service::ALL {
        send(house.get(service, "/healthz")).await.unwrap().expect(200);
        send(house.get(service, "/.well-known/jwks.json")).await.unwrap().expect(200);
        send(house.get(service, "/readyz")).await.unwrap().expect_unavailable();
    }
    send(house.get(Service::Auth, "/.well-known/oauth-authorization-server")).await.unwrap().expect(200);
    send(house.get(Service::Orders, "/.well-known/oauth-protected-resource")).await.unwrap().expect(200);
    send(house.get(Service::Admin, "/.well-known/oauth-protected-resource")).await.unwrap().expect(200);

    // The three checks need no database: a token that is good, and for another service, is told so.
    for (service, token) in [(Service::Orders, &operator.token), (Service::Admin, &partner.token)] {
        let path = if service == Service::Orders { "/orders" } else { "/fulfilments" };
        let answer = send(house.get(service, path).bearer_auth(token)).await.unwrap().expect(401);
        assert!(answer.header("www-authenticate").unwrap().contains("invalid_token"), "{answer}");
    }

    let receipt = format!("/orders/{order_id}/receipt");
    let (account, order, fulfilment, list, receipt) = tokio::join!(
        partner.open_account("meanwhile"),
        partner.place_order("acc_01890a5d-ac96-774b-bcce-b302099a8057", "meanwhile"),
        partner.fulfil(order_id, "fulfilment"),
        partner.get("/orders"),
        partner.get(&receipt),
    );
    for answer in [account, order, fulfilment, list, receipt] {
        answer.unwrap().expect_unavailable();
    }
    let (registration, fulfilments, trail) = tokio::join!(
        operator.register("meanwhile"),
        operator.call(Method::GET, "/fulfilments"),
        operator.call(Method::GET, "/audit-events"),
    );
    for answer in [registration, fulfilments, trail] {
        answer.unwrap().expect_unavailable();
    }
    // Never a token without the record that it needs.
    let (token, sign_in) = tokio::join!(partner.ask_for_token(), house.try_sign_in());
    for answer in [token, sign_in] {
        assert!(!answer.unwrap().expect_unavailable().body.contains("access_token"));
    }
}

/// All as before, with the same tokens.
async fn expect_all_back(operator: &Operator<'_>, partner: &Partner<'_>, order_id: &str) {
    let begun = Instant::now();
    let fulfilment = persist("a fulfilment", async || partner.fulfil(order_id, "fulfilment").await).await.expect(202);
    persist("a token", async || partner.ask_for_token().await).await.expect(200);
    operator.house.sign_in().await;
    let account = persist("an account", async || partner.open_account("meanwhile").await).await.expect(201);
    let registered = persist("a partner", async || operator.register("meanwhile").await).await;
    for service in Service::ALL {
        operator.house.ready(service).await;
    }
    assert!(begun.elapsed() < HEALED, "{:?}", begun.elapsed());

    let trail = operator.trail_of(&partner.client_id).await;
    trail.expect_once(Service::Orders, "fulfilment.request", &fulfilment.text("fulfilment_id"));
    trail.expect_once(Service::Admin, "fulfilment.accept", &fulfilment.text("fulfilment_id"));
    trail.expect_once(Service::Orders, "account.create", &account.text("account_id"));
    let client_id = registered.text("client_id");
    operator.trail_of(&client_id).await.expect_once(Service::Auth, "client.register", &client_id);
    assert_eq!(partner.orders().await.len(), 1);
    assert_eq!(operator.fulfilments().await.len(), 1);
}

#[tokio::test]
async fn a_database_that_is_away_makes_503_in_time_and_nobody_restarts_anything() {
    let Some((house, server)) = house_and_its_server().await else { return };
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let order_id = partner.new_order("order").await;
    server.stop();
    expect_all_unavailable(&operator, &partner, &order_id).await;
    server.start();
    expect_all_back(&operator, &partner, &order_id).await;
}

#[tokio::test]
async fn a_database_that_hangs_makes_503_in_time_and_nobody_restarts_anything() {
    let Some((house, server)) = house_and_its_server().await else { return };
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let order_id = partner.new_order("order").await;
    server.hang(true);
    expect_all_unavailable(&operator, &partner, &order_id).await;
    server.hang(false);
    expect_all_back(&operator, &partner, &order_id).await;
}

#[tokio::test]
async fn an_sqlite_file_that_another_process_writes_to_makes_503_in_time_for_writers_alone() {
    let house = House::with(|home| Databases::Files(home.to_owned()));
    house.start_all().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let order_id = partner.new_order("order").await;

    let file = house.path().join("orders-service.db").display().to_string();
    let mut other = SqliteConnection::establish(&file).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    partner.open_account("meanwhile").await.unwrap().expect_unavailable();
    partner.fulfil(&order_id, "fulfilment").await.unwrap().expect_unavailable();
    assert_eq!(partner.orders().await.len(), 1, "readers do not wait for writers");
    other.batch_execute("ROLLBACK").unwrap();
    expect_all_back(&operator, &partner, &order_id).await;
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_issued_that_could_not_be_recorded() {
    let house = House::with(|home| Databases::Files(home.to_owned()));
    house.start_all().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    house.kill(Service::Auth);
    house.start_with_little_disk(Service::Auth);
    house.ready(Service::Auth).await;

    let mut issued = 1;
    let refused = loop {
        let answer = partner.ask_for_token().await.unwrap();
        if answer.status != 200 {
            break answer;
        }
        issued += 1;
        assert!(issued < 1000, "the disk is not full");
    };
    assert!(!refused.expect_unavailable().body.contains("access_token"));
    partner.ask_for_token().await.unwrap().expect_unavailable();
    operator.register("on-a-full-disk").await.unwrap().expect_unavailable();
    send(house.get(Service::Auth, "/.well-known/jwks.json")).await.unwrap().expect(200);
    assert_eq!(partner.orders().await.len(), 0, "the tokens that there are stay good");

    house.kill_and_restart(Service::Auth).await;
    partner.ask_for_token().await.unwrap().expect(200);
    let recorded = operator.trail_of(&partner.client_id).await.of(Service::Auth, "token.issue", "allowed");
    assert_eq!(recorded, issued + 1, "each token has its row");
    assert_eq!(house.column(Service::Auth, "clients", "client_id"), [partner.client_id]);
}
