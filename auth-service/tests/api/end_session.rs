//! `/oauth/logout`: a client asks for the person to be signed out (OpenID Connect RP-Initiated Logout 1.0).

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::support::{Answer, Browser, PASSWORD, Partner, TestApp};

const SCOPE: &str = "openid offline_access orders:read";
const CUSTOMER: &str = "customer@example.com";
const BYE: &str = "https://partner.example/bye";

fn path(parameters: &[(&str, &str)]) -> String {
    format!("/oauth/logout?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

async fn partner(app: &TestApp) -> Partner {
    app.register_with(SCOPE, &json!({"post_logout_redirect_uris": [BYE, "https://partner.example/bye?x=1"]})).await
}

struct Setting<'a> {
    browser: Browser<'a>,
    partner: Partner,
    online: Answer,
    hint: String,
}

async fn setting(app: &TestApp) -> Setting<'_> {
    let (browser, partner) = (app.customer(CUSTOMER).await, partner(app).await);
    let online = app.granted(&browser, &partner, "openid orders:read").await;
    let hint = online.text_of("id_token");
    Setting { browser, partner, online, hint }
}

impl Setting<'_> {
    async fn expect_signed_in(&self) {
        self.browser.get("/account").await.expect(200);
    }

    async fn expect_signed_out(&self, app: &TestApp) {
        self.browser.get("/account").await.expect_redirect("/sign-in");
        app.refresh(&self.partner, &self.online.refresh_token()).await.expect_error(400, "invalid_grant");
    }
}

/// OpenID Connect Back-Channel Logout 1.0 section 2.7: what was granted without `offline_access` is revoked at a logout,
/// and what was granted with it stays.
#[actix_web::test]
async fn with_the_id_token_of_this_session_it_ends_at_once_and_the_browser_goes_back() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    let Setting { browser, partner, hint, .. } = &setting;
    let other = app.register_for_people("Other", SCOPE).await;
    let others = app.granted(browser, &other, "openid").await;
    let offline = app.granted(browser, &other, SCOPE).await;
    let elsewhere = app.browser_of(CUSTOMER, PASSWORD).await;
    let state = "s&p\r\n#\"";
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", state)];
    let answer = browser.get(&path(&asked)).await;
    let query = Serializer::new(String::new()).append_pair("state", state).finish();
    answer.expect_redirect(&format!("{BYE}?{query}"));
    setting.expect_signed_out(&app).await;
    // Of all clients of the session, and of no other session.
    app.refresh(&other, &others.refresh_token()).await.expect_error(400, "invalid_grant");
    app.refresh(&other, &offline.refresh_token()).await.expect(200);
    elsewhere.get("/account").await.expect(200);
    let row = app.last_row("session.end").await;
    assert!(row.object.is_some_and(|object| object.starts_with("ses_")));
    // Again, and there is nothing to do.
    browser.get(&path(&asked)).await.expect(303);
    let same = [("id_token_hint", hint.as_str()), ("client_id", &partner.client_id)];
    browser.get(&path(&same)).await.expect_redirect("/sign-out");
}

#[actix_web::test]
async fn the_query_of_the_address_is_kept_and_without_state_nothing_is_added() {
    let app = TestApp::start().await;
    let Setting { browser, hint, .. } = setting(&app).await;
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    browser.get(&path(&asked)).await.expect_redirect(BYE);
    let asked = [asked[0], ("post_logout_redirect_uri", "https://partner.example/bye?x=1"), ("state", "s")];
    browser.get(&path(&asked)).await.expect_redirect("https://partner.example/bye?x=1&state=s");
}

/// A form of the client's page brings no cookie (`SameSite=Lax`); what it is sent on to does.
#[actix_web::test]
async fn post_is_as_good_as_get() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    let form = [("id_token_hint", setting.hint.as_str()), ("post_logout_redirect_uri", BYE)];
    let request = app.request(Method::POST, "/oauth/logout").form(&form);
    let from_another_site = Answer::of(request).await;
    setting.browser.follow(from_another_site).await.expect_redirect(BYE);
    setting.expect_signed_out(&app).await;
}

/// A stranger's link signs nobody out, and leads nowhere else.
#[actix_web::test]
async fn whatever_does_not_prove_itself_leads_to_the_page_that_asks() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    let Setting { browser, partner, online, hint, .. } = &setting;
    let other = app.register_for_people("Other", SCOPE).await;
    let elsewhere = app.browser_of(CUSTOMER, PASSWORD).await;
    let of_elsewhere = app.granted(&elsewhere, partner, "openid").await.text_of("id_token");
    let access_token = online.access_token();
    let forged = app.mint.access_token(&partner.client_id, &partner.client_id, "openid").header("typ", json!("JWT"));
    let forged = forged.signed_by_a_stranger().build();
    let cut = &hint[..hint.len() - 3];
    let signature = hint.rfind('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0{}", &hint[hint.find('.').unwrap()..=signature]);
    for hint in [of_elsewhere.as_str(), &access_token, &forged, cut, &unsigned, "garbage", ""] {
        let asked = [("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("state", "s")];
        browser.get(&path(&asked)).await.expect_redirect("/sign-out");
        let by_form = Answer::of(app.request(Method::POST, "/oauth/logout").form(&asked)).await;
        browser.get(by_form.expect(303).header("location").unwrap()).await.expect_redirect("/sign-out");
    }
    let good = ("id_token_hint", hint.as_str());
    let wrong_client = [good, ("client_id", other.client_id.as_str()), ("post_logout_redirect_uri", BYE)];
    browser.get(&path(&wrong_client)).await.expect_redirect("/sign-out");
    browser.get(&path(&[good, good])).await.expect_redirect("/sign-out");
    browser
        .get(&path(&[("client_id", &partner.client_id), ("post_logout_redirect_uri", BYE)]))
        .await
        .expect_redirect("/sign-out");
    browser.get("/oauth/logout").await.expect_redirect("/sign-out");
    setting.expect_signed_in().await;
    browser.open("/sign-out").await.form("/sign-out");
}

#[actix_web::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered_for_it() {
    for uri in [
        "https://evil.example/bye",
        "https://partner.example/bye/",
        "https://partner.example/bye#x",
        "https://partner.example/callback",
        "//evil.example",
        "javascript:alert(1)",
        "https://partner.example@evil.example/bye",
    ] {
        let app = TestApp::start().await;
        let setting = setting(&app).await;
        let asked = [("id_token_hint", setting.hint.as_str()), ("post_logout_redirect_uri", uri), ("state", "s")];
        setting.browser.get(&path(&asked)).await.expect_redirect("/sign-out");
        setting.expect_signed_out(&app).await;
        setting.browser.get(&path(&asked)).await.expect_redirect("/sign-out");
    }
}

/// Section 4: the ID token is a hint, and is good as one when it has expired.
#[actix_web::test]
async fn an_expired_id_token_is_still_a_hint() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    app.clock.advance(Duration::from_secs(7 * 3600));
    let asked = [("id_token_hint", setting.hint.as_str()), ("post_logout_redirect_uri", BYE)];
    setting.browser.get(&path(&asked)).await.expect_redirect(BYE);
    setting.expect_signed_out(&app).await;
}
