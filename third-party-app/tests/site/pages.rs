//! What every page is like.

use reqwest::Method;

use crate::Shop;

#[actix_web::test]
async fn no_page_allows_a_script_or_a_frame() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    for path in ["/", "/callback", "/what-the-browser-sent"] {
        let seen = browser.get(path).await;
        for directive in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(seen.policy.contains(directive), "{path}: {}", seen.policy);
        }
        assert!(seen.policy.contains(&format!("form-action 'self' {};", shop.stub.issuer)), "{}", seen.policy);
        assert!(!seen.body.contains("<script") && !seen.body.contains("style="), "{path}");
        assert!(seen.body.contains("<html lang=\"en\">") && seen.body.contains("<h1>"), "{path}");
    }
}

#[actix_web::test]
async fn it_shows_what_the_browser_sent_and_no_cookies_value() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.get("/").await;
    let own = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{own}; other=hidden-value"));
    let seen = browser.get_as("/what-the-browser-sent", "X-Odd", "<b>odd</b>").await;
    let (name, value) = own.split_once('=').unwrap();
    for shown in [name, "other", "x-odd", "&#60;b&#62;odd"] {
        assert!(seen.body.contains(shown), "{shown}: {}", seen.body);
    }
    assert!(!seen.body.contains(value) && !seen.body.contains("hidden-value"));
}

#[actix_web::test]
async fn a_no_is_told_kindly_and_other_errors_by_their_name() {
    let shop = Shop::open().await;
    for (error, status, told) in
        [("access_denied", 403, "You did not connect your account"), ("server_error", 400, "server_error: &#60;busy")]
    {
        let mut browser = shop.browser();
        let sent = browser.connect().await;
        let parameters =
            [("error", error), ("error_description", "<busy"), ("state", &sent["state"]), ("iss", &shop.stub.issuer)];
        let seen = browser.come_back(&parameters).await;
        assert_eq!(seen.status, status);
        assert!(seen.body.contains(told), "{}", seen.body);
    }
}

#[actix_web::test]
async fn what_cannot_be_read_gets_a_page_that_tells_nothing_of_the_inside() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    browser.get("/").await;
    let long = "x".repeat(100_000);
    for path in ["/connect", "/disconnect", "/orders"] {
        for (kind, body, status) in [
            ("application/json", "{}", 415),
            ("", "csrf=x", 415),
            (FORM, "", 400),
            (FORM, "csrf=x&csrf=y", 400),
            (FORM, "csrf=%ff%zz", if path == "/orders" { 400 } else { 403 }),
            (FORM, &long, 413),
        ] {
            let seen = browser.request(Method::POST, path, kind, body.to_owned()).await;
            assert_eq!(seen.status, status, "{path} {kind}: {}", seen.body);
            assert!(seen.policy.contains("default-src 'none'") && seen.body.contains("<h1>"), "{}", seen.body);
            for inside in ["Parse", "duplicate", "limit", "16384", "ontent type"] {
                assert!(!seen.body.contains(inside), "{}", seen.body);
            }
        }
    }
    for path in ["/nothing", "/callback/", "//", "/site.css/..%2f"] {
        let seen = browser.get(path).await;
        assert!(seen.status == 404 && seen.body.contains("There is no such page"), "{path}: {}", seen.body);
        assert!(seen.policy.contains("default-src 'none'"));
    }
}

#[actix_web::test]
async fn a_page_has_its_own_methods_and_looking_without_a_body_is_one() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    for path in ["/", "/what-the-browser-sent", "/site.css"] {
        let seen = browser.request(Method::HEAD, path, "", "").await;
        assert_eq!((seen.status, seen.body.as_str()), (200, ""), "{path}");
        assert_eq!(browser.request(Method::DELETE, path, "", "").await.status, 405, "{path}");
    }
    for path in ["/connect", "/disconnect", "/orders"] {
        assert_eq!(browser.get(path).await.status, 405, "{path}");
    }
    for method in [Method::HEAD, Method::POST] {
        assert_eq!(browser.request(method, "/callback", "", "").await.status, 405);
    }
}

#[actix_web::test]
async fn by_another_name_the_browser_is_sent_to_the_sites_own() {
    let shop = Shop::open().await;
    let seen = shop.browser().get_as("/", "Host", "localhost:8083").await;
    assert_eq!((seen.status, seen.location), (303, format!("{}/", shop.url)));
    assert_eq!(seen.set_cookie, "");
    assert_eq!(shop.browser().get_as("/healthz", "Host", "localhost:8083").await.status, 200);
}

#[actix_web::test]
async fn the_style_sheet_is_the_sites_own() {
    let shop = Shop::open().await;
    let seen = shop.browser().get("/site.css").await;
    assert_eq!(seen.status, 200);
    assert!(seen.body.contains("prefers-color-scheme: dark") && !seen.body.contains("url("));
}
