//! A refresh token is sent once, whatever a browser does meanwhile. The stub is as strict as a real server: one that is
//! sent twice looks stolen, and all ends.

use actix_web::rt::spawn;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::Shop;
use crate::browser::{Browser, Seen};
use crate::connecting::connect;

/// Another tab of the same browser.
fn tab(shop: &Shop, browser: &Browser) -> Browser {
    let mut tab = shop.browser();
    tab.cookie.clone_from(&browser.cookie);
    tab
}

/// Somebody connected whose access token is over, with the token of their forms.
async fn over(shop: &Shop) -> (Browser, String) {
    shop.stub.tell(|stub| stub.expires_in = 0);
    let mut browser = shop.browser();
    connect(shop, &mut browser).await;
    let csrf = browser.get("/").await.field("csrf");
    shop.stub.tell(|stub| stub.expires_in = 300);
    (browser, csrf)
}

#[track_caller]
fn is_connected(seen: &Seen) {
    assert!(seen.body.contains("ann@example.com"), "{}", seen.body);
}

/// Whatever was sent to the site before is there by now.
async fn is_there(shop: &Shop) {
    for _ in 0..3 {
        shop.browser().get("/what-the-browser-sent").await;
    }
}

#[actix_web::test]
async fn two_requests_of_a_browser_at_once_send_the_refresh_token_once() {
    let shop = Shop::open().await;
    let (mut browser, csrf) = over(&shop).await;
    let before = shop.stub.grants().len();
    let held = shop.stub.hold_the_next_token_request();
    let (mut one, mut other) = (tab(&shop, &browser), tab(&shop, &browser));
    let looks = spawn(async move { one.get("/").await });
    let orders = spawn(async move {
        let key = "an-order-beside-a-visit";
        let order = [("csrf", csrf.as_str()), ("key", key), ("description", "A book"), ("euros", "12")];
        other.post("/orders", &order).await
    });
    held.asked.notified().await;
    is_there(&shop).await;
    held.go_on.notify_one();
    is_connected(&looks.await.unwrap());
    assert_eq!(orders.await.unwrap().status, 303);
    assert_eq!(shop.stub.grants().len(), before + 1);
    is_connected(&browser.get("/").await);
}

#[actix_web::test]
async fn who_hangs_up_while_tokens_are_refreshed_stays_connected() {
    let shop = Shop::open().await;
    let (mut browser, _) = over(&shop).await;
    let before = shop.stub.grants().len();
    let held = shop.stub.hold_the_next_token_request();
    let host = shop.url.strip_prefix("http://").unwrap();
    let mut impatient = TcpStream::connect(host).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\n\r\n", browser.cookie.clone().unwrap());
    impatient.write_all(request.as_bytes()).await.unwrap();
    held.asked.notified().await;
    // With a reset, as a proxy does: then the server gives up what it was doing.
    impatient.set_zero_linger().unwrap();
    drop(impatient);
    is_there(&shop).await;
    held.go_on.notify_one();
    is_connected(&browser.get("/").await);
    assert_eq!(shop.stub.grants().len(), before + 1);
}

#[actix_web::test]
async fn browsers_do_not_wait_for_each_other() {
    let shop = Shop::open().await;
    let (browser, _) = over(&shop).await;
    let mut other = shop.browser();
    connect(&shop, &mut other).await;
    let held = shop.stub.hold_the_next_token_request();
    let mut waiting = tab(&shop, &browser);
    let looks = spawn(async move { waiting.get("/").await });
    held.asked.notified().await;
    is_connected(&other.get("/").await);
    held.go_on.notify_one();
    is_connected(&looks.await.unwrap());
}

#[actix_web::test]
async fn a_token_that_the_api_refuses_is_refreshed_once_and_no_more() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let before = shop.stub.grants().len();
    shop.stub.tell(|stub| stub.refuses_all_tokens = true);
    assert_eq!(browser.get("/").await.status, 502);
    assert_eq!(shop.stub.grants().len(), before + 1);
    shop.stub.tell(|stub| stub.refuses_all_tokens = false);
    is_connected(&browser.get("/").await);
}
