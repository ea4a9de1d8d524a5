//! Authorization servers, and other sites, that mean it ill: each is refused, with its name.

use serde_json::{Value, json};

use crate::Shop;
use crate::browser::Seen;
use crate::connecting::connect;
use crate::stub::Stub;

#[track_caller]
fn refused(seen: &Seen, status: u16, why: &str) {
    assert_eq!(seen.status, status, "{}", seen.body);
    assert!(seen.body.contains(why), "{why}: {}", seen.body);
}

/// Nobody is connected, and no code was exchanged.
#[track_caller]
fn nothing_was_asked(shop: &Shop) {
    assert_eq!(shop.stub.grants(), [""; 0]);
}

#[actix_web::test]
async fn a_missing_or_another_state_is_refused() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let sent = browser.connect().await;
    let iss = shop.stub.issuer.as_str();
    refused(&browser.come_back(&[("code", "c"), ("iss", iss)]).await, 400, "there is no state");
    refused(
        &browser.come_back(&[("code", "c"), ("state", "forged"), ("iss", iss)]).await,
        400,
        "the state is not the one",
    );
    nothing_was_asked(&shop);
    // What was forged has not ended what the person began.
    shop.stub.tell(|stub| stub.nonce.clone_from(&sent["nonce"]));
    let back = browser.come_back(&[("code", "c"), ("state", &sent["state"]), ("iss", iss)]).await;
    assert_eq!(back.status, 303, "{}", back.body);
}

#[actix_web::test]
async fn an_answer_of_another_authorization_server_is_refused() {
    let shop = Shop::open().await;
    for iss in [None, Some("https://evil.example")] {
        let mut browser = shop.browser();
        let sent = browser.connect().await;
        let mut parameters = vec![("code", "c"), ("state", sent["state"].as_str())];
        parameters.extend(iss.map(|iss| ("iss", iss)));
        refused(&browser.come_back(&parameters).await, 400, "iss");
    }
    nothing_was_asked(&shop);
}

#[actix_web::test]
async fn a_code_of_another_browser_is_refused() {
    let shop = Shop::open().await;
    let (mut attacker, mut victim, mut stranger) = (shop.browser(), shop.browser(), shop.browser());
    let theirs = attacker.connect().await;
    let link = [("code", "the-attackers"), ("state", theirs["state"].as_str()), ("iss", shop.stub.issuer.as_str())];
    // Login CSRF: the victim would be at the site as the attacker.
    refused(&stranger.come_back(&link).await, 400, "this browser was not sent away");
    victim.connect().await;
    refused(&victim.come_back(&link).await, 400, "the state is not the one");
    nothing_was_asked(&shop);
}

#[actix_web::test]
async fn the_way_back_is_for_once() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let sent = browser.connect().await;
    shop.stub.tell(|stub| stub.nonce.clone_from(&sent["nonce"]));
    let back = [("code", "c"), ("state", sent["state"].as_str()), ("iss", shop.stub.issuer.as_str())];
    assert_eq!(browser.come_back(&back).await.status, 303);
    refused(&browser.come_back(&back).await, 400, "this browser was not sent away");
}

#[actix_web::test]
async fn an_id_token_of_somebody_elses_is_refused() {
    let cases: [(&str, Value, &str); 6] = [
        ("aud", json!("cli_2"), "3 claims: aud"),
        ("iss", json!("https://evil.example"), "3 claims: iss"),
        ("nonce", json!("another"), "3 claims: nonce"),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), "3 claims: at_hash"),
        ("azp", json!("cli_2"), "3 claims: azp"),
        ("exp", json!(1_000_000_000), "3 claims: exp"),
    ];
    let shop = Shop::open().await;
    for (claim, value, why) in cases {
        shop.stub.tell(|stub| stub.claims = vec![(claim, value)]);
        let mut browser = shop.browser();
        refused(&connect(&shop, &mut browser).await, 502, why);
        assert!(browser.get("/").await.body.contains("Connect your account"), "{claim}");
    }
}

#[actix_web::test]
async fn an_id_token_that_nobody_signed_is_refused() {
    let shop = Shop::open().await;
    shop.stub.tell(|stub| stub.unsigned = true);
    refused(&connect(&shop, &mut shop.browser()).await, 502, "it is not signed");
}

#[actix_web::test]
async fn an_access_token_of_another_person_is_noticed() {
    let shop = Shop::open().await;
    shop.stub.tell(|stub| stub.user = "usr_2");
    refused(&connect(&shop, &mut shop.browser()).await, 502, "somebody else");
}

#[actix_web::test]
async fn the_resource_does_not_choose_the_authorization_server() {
    let shop = Shop::open().await;
    shop.stub.tell(|stub| stub.named_issuer = "https://evil.example".to_owned());
    let mut browser = shop.browser();
    let csrf = browser.get("/").await.field("csrf");
    refused(&browser.post("/connect", &[("csrf", &csrf)]).await, 502, "https://evil.example");
}

#[actix_web::test]
async fn metadata_of_another_issuer_are_refused() {
    let shop = Shop::open().await;
    shop.stub.tell(|stub| stub.metadata = vec![("issuer", json!("https://evil.example"))]);
    let mut browser = shop.browser();
    let csrf = browser.get("/").await.field("csrf");
    refused(&browser.post("/connect", &[("csrf", &csrf)]).await, 502, "those of issuer");
}

#[actix_web::test]
async fn an_order_that_no_form_of_the_site_makes_is_refused_before_anybody_is_asked() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let page = browser.get("/").await;
    let (csrf, key) = (page.field("csrf"), page.field("key"));
    let long = "x".repeat(201);
    for (key, description) in [
        ("", "A book"),
        ("a\nb: c", "A book"),
        ("\u{0}", "A book"),
        ("ключ", "A book"),
        (&"k".repeat(256), "A book"),
        (&key, " "),
        (&key, &long),
        (&key, "A\u{0}book"),
        (&key, "A\nbook"),
    ] {
        let order = [("csrf", csrf.as_str()), ("key", key), ("description", description), ("euros", "12")];
        refused(&browser.post("/orders", &order).await, 400, "This cannot be ordered");
    }
    assert!(shop.stub.shared.lock().unwrap().orders.is_empty());
}

#[actix_web::test]
async fn that_a_server_is_away_is_told_without_its_address_and_without_the_cause() {
    let mut stub = Stub::start().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stub.issuer = format!("http://{nobody}");
    let shop = Shop::with(stub, None);
    let mut browser = shop.browser();
    let csrf = browser.get("/").await.field("csrf");
    let seen = browser.post("/connect", &[("csrf", &csrf)]).await;
    refused(&seen, 502, "Try again in a moment");
    for inside in [nobody.to_string().as_str(), "/orders", "error", "refused"] {
        assert!(!seen.body.contains(inside), "{inside}: {}", seen.body);
    }
}

#[actix_web::test]
async fn a_form_of_another_site_does_nothing() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let mut other = shop.browser();
    let theirs = other.get("/").await.field("csrf");
    for csrf in ["", "guessed", &theirs] {
        for path in ["/connect", "/disconnect"] {
            assert_eq!(browser.post(path, &[("csrf", csrf)]).await.status, 403, "{path}");
        }
        let order = [("csrf", csrf), ("key", "order-key-of-another"), ("description", "x"), ("euros", "1")];
        assert_eq!(browser.post("/orders", &order).await.status, 403);
    }
    assert!(browser.get("/").await.body.contains("ann@example.com"), "still connected");
    assert!(shop.stub.shared.lock().unwrap().orders.is_empty());
}
