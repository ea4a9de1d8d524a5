//! What a person does.

use crate::Shop;
use crate::browser::{Browser, Seen};
use crate::stub::ACCESS_TOKEN;

/// Connects, as far as the way back.
pub async fn connect(shop: &Shop, browser: &mut Browser) -> Seen {
    let sent = browser.connect().await;
    shop.stub.tell(|stub| stub.nonce.clone_from(&sent["nonce"]));
    browser.come_back(&[("code", "the-code"), ("state", &sent["state"]), ("iss", &shop.stub.issuer)]).await
}

#[actix_web::test]
async fn an_account_is_connected_and_no_page_holds_a_token() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let before = browser.get("/").await;
    assert!(before.body.contains("Connect your account"), "{}", before.body);
    let back = connect(&shop, &mut browser).await;
    assert_eq!((back.status, back.location.as_str()), (303, "/"), "{}", back.body);
    let page = browser.get("/").await;
    assert!(page.body.contains("ann@example.com"), "{}", page.body);
    assert!(page.body.contains("&#60;b&#62;Ann"), "what others wrote is escaped: {}", page.body);
    for secret in [ACCESS_TOKEN, "refresh-token", "the-code", "eyJ", "a secret of the client"] {
        assert!(!page.body.contains(secret), "{secret}");
    }
    assert_eq!(shop.stub.grants(), ["authorization_code", "refresh_token"]);
}

#[actix_web::test]
async fn the_code_is_exchanged_with_the_verifier_that_belongs_to_the_challenge() {
    use aws_lc_rs::digest::{SHA256, digest};

    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let sent = browser.connect().await;
    shop.stub.tell(|stub| stub.nonce.clone_from(&sent["nonce"]));
    browser.come_back(&[("code", "the-code"), ("state", &sent["state"]), ("iss", &shop.stub.issuer)]).await;
    let asked = shop.stub.shared.lock().unwrap().token_requests[0].clone();
    assert_eq!(asked["redirect_uri"], sent["redirect_uri"]);
    let challenge = crate::support::encode(digest(&SHA256, asked["code_verifier"].as_bytes()).as_ref());
    assert_eq!(challenge, sent["code_challenge"]);
}

#[actix_web::test]
async fn the_cookie_is_renewed_when_an_account_is_connected() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.get("/").await;
    let planted = browser.cookie.clone();
    let back = connect(&shop, &mut browser).await;
    for attribute in ["bright-books=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(back.set_cookie.contains(attribute), "{}", back.set_cookie);
    }
    assert_ne!(browser.cookie, planted);
    let mut attacker = Browser::new(&shop.url);
    attacker.cookie = planted;
    assert!(!attacker.get("/").await.body.contains("ann@example.com"));
}

#[actix_web::test]
async fn an_order_is_placed_and_shown() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let page = browser.get("/").await;
    let (csrf, key) = (page.field("csrf"), page.field("key"));
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("description", "A <i>book"), ("euros", "12")];
    let placed = browser.post("/orders", &fields).await;
    assert_eq!((placed.status, placed.location.as_str()), (303, "/"), "{}", placed.body);
    let page = browser.get("/").await;
    assert!(page.body.contains("12.00 EUR") && page.body.contains("A &#60;i&#62;book"), "{}", page.body);
    for euros in ["", "0", "1.5", "-1", "10000"] {
        let fields = [("csrf", csrf.as_str()), ("key", &key), ("description", "A book"), ("euros", euros)];
        assert_eq!(browser.post("/orders", &fields).await.status, 400, "{euros}");
    }
}

#[actix_web::test]
async fn tokens_that_are_over_are_refreshed_once_for_several_requests_at_a_time() {
    let shop = Shop::open().await;
    shop.stub.tell(|stub| stub.expires_in = 0);
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    shop.stub.tell(|stub| stub.expires_in = 300);
    let tabs = (0..5).map(|_| {
        let mut tab = Browser::new(&shop.url);
        tab.cookie.clone_from(&browser.cookie);
        async move { tab.get("/").await }
    });
    for seen in futures(tabs).await {
        assert!(seen.body.contains("ann@example.com"), "{}", seen.body);
    }
    assert_eq!(shop.stub.grants(), ["authorization_code", "refresh_token", "refresh_token"]);
    let shared = shop.stub.shared.lock().unwrap();
    assert_eq!(shared.token_requests[2]["refresh_token"], "refresh-token-2", "the newest, and each of them once");
}

async fn futures<F: Future<Output = Seen> + 'static>(all: impl Iterator<Item = F>) -> Vec<Seen> {
    let running: Vec<_> = all.map(actix_web::rt::spawn).collect();
    let mut seen = Vec::new();
    for one in running {
        seen.push(one.await.unwrap());
    }
    seen
}

#[actix_web::test]
async fn what_was_withdrawn_is_over_and_the_person_is_told() {
    let shop = Shop::open().await;
    shop.stub.tell(|stub| stub.expires_in = 0);
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    shop.stub.tell(|stub| stub.withdrawn = true);
    let told = browser.get("/").await;
    assert_eq!(told.status, 403);
    assert!(told.body.contains("no longer connected") && told.body.contains("invalid_grant"), "{}", told.body);
    assert!(browser.get("/").await.body.contains("Connect your account"));
    assert_eq!(shop.stub.grants().len(), 3, "the refresh token was not sent again");
}

#[actix_web::test]
async fn disconnecting_forgets_the_tokens() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let old = browser.cookie.clone();
    let csrf = browser.get("/").await.field("csrf");
    assert_eq!(browser.post("/disconnect", &[("csrf", &csrf)]).await.status, 303);
    assert!(browser.get("/").await.body.contains("Connect your account"));
    browser.cookie = old;
    assert!(!browser.get("/").await.body.contains("ann@example.com"));
}
