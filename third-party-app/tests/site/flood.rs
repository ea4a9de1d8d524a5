//! Strangers, in numbers.

use crate::Shop;
use crate::connecting::connect;

/// More than accounts are connected at a time.
const MANY: usize = 1_100;

#[actix_web::test]
async fn a_flood_of_strangers_does_not_disconnect_anybody() {
    let shop = Shop::open().await;
    let (mut person, mut stranger) = (shop.browser(), shop.browser());
    connect(&shop, &mut person).await;
    for _ in 0..MANY {
        stranger.cookie = None;
        stranger.connect().await;
    }
    assert!(person.get("/").await.body.contains("ann@example.com"));
    assert_eq!(shop.stub.grants().len(), 2, "and the stranger got nothing");
}

/// Who has an account could otherwise connect it until nobody else's is.
#[actix_web::test]
async fn one_person_is_connected_in_so_many_browsers_and_takes_nobody_elses_place() {
    const MOST: usize = 20;
    let shop = Shop::open().await;
    let mut ann = shop.browser();
    connect(&shop, &mut ann).await;
    shop.stub.tell(|stub| {
        stub.claims = vec![("sub", serde_json::json!("usr_2"))];
        stub.user = "usr_2";
    });
    let mut browsers = Vec::new();
    for _ in 0..=MOST {
        let mut browser = shop.browser();
        connect(&shop, &mut browser).await;
        browsers.push(browser);
    }
    let mut connected = 0;
    for browser in &mut browsers {
        connected += usize::from(browser.get("/").await.body.contains("ann@example.com"));
    }
    assert_eq!(connected, MOST);
    assert!(browsers[0].get("/").await.body.contains("Connect your account"), "the oldest went");
    assert!(ann.get("/").await.body.contains("ann@example.com"));
}

#[actix_web::test]
async fn a_flood_of_visits_ends_nothing_that_a_person_has_begun() {
    let shop = Shop::open().await;
    let (mut person, mut stranger) = (shop.browser(), shop.browser());
    let sent = person.connect().await;
    for _ in 0..MANY {
        stranger.cookie = None;
        stranger.get("/").await;
    }
    shop.stub.tell(|stub| stub.nonce.clone_from(&sent["nonce"]));
    let parameters = [("code", "c"), ("state", sent["state"].as_str()), ("iss", &shop.stub.issuer)];
    assert_eq!(person.come_back(&parameters).await.status, 303);
}
