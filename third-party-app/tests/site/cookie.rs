//! The one cookie.

use crate::Shop;
use crate::browser::Browser;
use crate::connecting::connect;

const NAME: &str = "__Host-bright-books";

/// The attributes of a cookie, and its value.
fn parts(set_cookie: &str, name: &str) -> (String, String) {
    let (pair, attributes) = set_cookie.split_once("; ").unwrap();
    let (found, value) = pair.split_once('=').unwrap();
    assert_eq!(found, name);
    (value.to_owned(), attributes.to_owned())
}

#[actix_web::test]
async fn behind_https_the_cookie_is_for_this_host_alone_and_never_sent_in_the_clear() {
    let shop = Shop::behind("https://books.example").await;
    let mut browser = shop.browser();
    let attributes = "Path=/; HttpOnly; SameSite=Lax; Secure";
    assert_eq!(parts(&browser.get("/").await.set_cookie, NAME).1, attributes);
    let back = connect(&shop, &mut browser).await;
    assert_eq!(parts(&back.set_cookie, NAME).1, attributes);
    assert!(browser.get("/").await.body.contains("ann@example.com"));
}

#[actix_web::test]
async fn over_http_on_this_machine_the_cookie_has_its_plain_name() {
    let shop = Shop::behind("http://localhost").await;
    let mut browser = shop.browser();
    let attributes = "Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(parts(&browser.get("/").await.set_cookie, "bright-books").1, attributes);
    let back = connect(&shop, &mut browser).await;
    assert_eq!(parts(&back.set_cookie, "bright-books").1, attributes);
    assert!(browser.get("/").await.body.contains("ann@example.com"));
}

#[actix_web::test]
async fn behind_https_what_a_neighbour_can_set_is_not_the_cookie() {
    let shop = Shop::behind("https://books.example").await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let own = browser.cookie.clone().unwrap();
    let value = own.strip_prefix("__Host-bright-books=").unwrap();
    for name in ["bright-books", "%5F%5FHost-bright-books", "__host-bright-books", "__Host-bright-books[0]", "__Host-"]
    {
        let mut other = shop.browser();
        other.cookie = Some(format!("{name}={value}"));
        assert!(other.get("/").await.body.contains("Connect your account"), "{name}");
    }
    // What is no white space of RFC 6265 is part of the name. Browsers see no prefix in it, and let neighbours set it.
    for space in ["\u{2003}", "\u{a0}", "\u{85}", "\u{3000}"] {
        let planted = format!("{space}__Host-bright-books={value}");
        let seen = shop.browser().get_with_cookies(planted.as_bytes()).await;
        assert!(seen.body.contains("Connect your account"), "{space:?}");
        let both = format!("{space}__Host-bright-books={}; {own}", "A".repeat(43));
        assert!(browser.get_with_cookies(both.as_bytes()).await.body.contains("ann@example.com"), "{space:?}");
    }
    browser.cookie = Some(format!("bright-books=planted; %5F%5FHost-bright-books=planted; {own}"));
    assert!(browser.get("/").await.body.contains("ann@example.com"), "and it does not hide the cookie");
}

#[actix_web::test]
async fn what_other_sites_set_does_not_hide_the_cookie() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let own = browser.cookie.clone().unwrap();
    for others in [&b"odd; "[..], b"=; ;; ", b"name=\xff\xfe; ", b"bright-books2=x; ", b"a=%ff%fe; "] {
        let header = [others, own.as_bytes()].concat();
        let seen = browser.get_with_cookies(&header).await;
        assert!(seen.body.contains("ann@example.com"), "{others:?}: {}", seen.body);
    }
}

#[actix_web::test]
async fn of_two_cookies_with_the_name_neither_is_believed() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let own = browser.cookie.clone().unwrap();
    let planted = format!("bright-books={}", "A".repeat(43));
    for both in [format!("{own}; {planted}"), format!("{planted}; {own}")] {
        let seen = browser.get_with_cookies(both.as_bytes()).await;
        assert!(seen.body.contains("Connect your account"), "{both}");
    }
}

#[actix_web::test]
async fn a_name_that_the_site_cannot_have_given_is_none() {
    let shop = Shop::open().await;
    for value in ["", "x", "../../etc/passwd", &"A".repeat(42), &"A".repeat(44), &"A".repeat(6_000)] {
        let mut browser = shop.browser();
        browser.cookie = Some(format!("bright-books={value}"));
        assert!(browser.get("/").await.set_cookie.starts_with("bright-books="), "{value}: it is given one");
    }
}

#[actix_web::test]
async fn the_token_of_the_forms_does_not_tell_the_cookie() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let csrf = browser.get("/").await.field("csrf");
    let mut thief = Browser::new(&shop.url);
    thief.cookie = Some(format!("bright-books={csrf}"));
    assert_ne!(thief.get("/").await.field("csrf"), csrf);
    assert!(!browser.cookie.unwrap().contains(&csrf));
}
