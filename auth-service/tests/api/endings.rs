//! What goes with a client that is deleted, and what is forgotten because nothing can come of it any more.

use std::time::Duration;

use auth_service::store::authorizations;
use serde_json::json;

use crate::support::{Ask, ISSUER, REDIRECT_URI, TestApp};

const SCOPE: &str = "openid offline_access orders:read";
const CUSTOMER: &str = "customer@example.com";

/// What is kept of what people allowed, and of what clients asked.
const TABLES: [&str; 5] = ["consents", "authorizations", "authorization_codes", "refresh_tokens", "pushed_requests"];

async fn rows(app: &TestApp) -> [i64; 5] {
    let mut rows = [0; 5];
    for (count, table) in rows.iter_mut().zip(TABLES) {
        *count = app.rows_of(table).await;
    }
    rows
}

#[actix_web::test]
async fn with_a_deleted_client_goes_all_that_people_allowed_it() {
    let app = TestApp::start().await;
    let (partner, other) =
        (app.register_for_people("Acme", SCOPE).await, app.register_for_people("Other", SCOPE).await);
    let browser = app.customer(CUSTOMER).await;
    let mut granted = Vec::new();
    for partner in [&partner, &other] {
        let tokens = app.granted(&browser, partner, SCOPE).await;
        let here = app.refresh_with(partner, &tokens.refresh_token(), &[("resource", ISSUER)]).await;
        app.push(partner, &Ask::of(&partner.client_id, SCOPE)).await.expect(201);
        granted.push(here.expect(200).clone());
    }
    let code = browser.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    assert_eq!(rows(&app).await, [2, 3, 3, 4, 2]);

    app.delete_client(&partner.client_id).await;
    assert_eq!(rows(&app).await, [1, 1, 1, 2, 1], "{TABLES:?}");
    let page = browser.open("/account").await;
    assert!(!page.text.contains("Acme") && !page.text.contains(&partner.client_id), "{}", page.text);
    assert!(page.text.contains("Other") && page.forms.len() == 1, "{}", page.text);
    app.refresh(&partner, &granted[0].refresh_token()).await.expect_error(401, "invalid_client");
    app.redeem_code(&partner, &code, &[]).await.expect_error(401, "invalid_client");
    app.userinfo(&granted[0].access_token()).await.expect_problem(401);
    app.userinfo(&granted[1].access_token()).await.expect(200);
    app.refresh(&other, &granted[1].refresh_token()).await.expect(200);
}

/// Replicas remember a client for some seconds. Nothing that would outlive it comes of that.
#[actix_web::test]
async fn a_replica_that_still_remembers_a_deleted_client_gives_it_nothing() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let form = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    other.delete_client(&partner.client_id).await;
    assert_eq!(browser.submit(&form).await.back_at(REDIRECT_URI)["error"], "unauthorized_client");
    assert_eq!(rows(&app).await, [0; 5], "{TABLES:?}");
}

#[actix_web::test]
async fn a_code_that_nobody_redeemed_is_forgotten_with_its_authorization() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let granted = app.granted(&browser, &partner, SCOPE).await;
    let code = browser.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    let purge = async || authorizations::purge(&app.database.database, app.clock.clock().micros()).await.unwrap();
    // Its lifetime, and once more for a redemption that began within it.
    app.clock.advance(Duration::from_secs(120));
    assert_eq!((purge().await, rows(&app).await), (0, [1, 2, 2, 1, 0]), "{TABLES:?}");
    app.clock.advance(Duration::from_secs(1));
    assert_eq!((purge().await, rows(&app).await), (1, [1, 1, 1, 1, 0]), "{TABLES:?}");
    app.redeem_code(&partner, &code, &[]).await.expect_error(400, "invalid_grant");
    // What somebody has is good, and what was allowed is remembered.
    app.refresh(&partner, &granted.refresh_token()).await.expect(200);
    browser.get(&Ask::of(&partner.client_id, SCOPE).path()).await.code();
}

/// As after a long rest: each transaction is short, and one portion follows the other.
#[actix_web::test]
async fn however_much_has_ended_all_of_it_is_forgotten() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let live = app.granted(&browser, &partner, SCOPE).await.refresh_token();
    let columns = "user_id, client_id, session_id, scope, method, authenticated_at, used_at";
    let many = "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 2500)";
    let ended = format!(
        "INSERT INTO authorizations (authorization_id, {columns}, expires_at)
         {many} SELECT 'azn_' || n, {columns}, 1 FROM many CROSS JOIN authorizations"
    );
    app.sql(&ended).await.unwrap();
    // A client that refreshes all the time leaves as many tokens of one of them.
    let digest = if app.is_postgres() { "convert_to('spent ' || n, 'UTF8')" } else { "CAST('spent ' || n AS BLOB)" };
    let spent = format!(
        "INSERT INTO refresh_tokens (digest, authorization_id, expires_at, spent_at)
         {many} SELECT {digest}, 'azn_1', 1, 1 FROM many"
    );
    app.sql(&spent).await.unwrap();
    assert_eq!((app.rows_of("authorizations").await, app.rows_of("refresh_tokens").await), (2501, 2501));
    let forgotten = authorizations::purge(&app.database.database, app.clock.clock().micros()).await.unwrap();
    assert_eq!(forgotten, 5000);
    assert_eq!((app.rows_of("authorizations").await, app.rows_of("refresh_tokens").await), (1, 1));
    app.refresh(&partner, &live).await.expect(200);
}

/// A client without refresh tokens: all that ever comes of an authorization is one access token.
#[actix_web::test]
async fn an_authorization_without_refresh_tokens_lasts_as_long_as_its_access_token() {
    let app = TestApp::start().await;
    let partner = app.register_with("openid orders:read", &json!({"grant_types": ["authorization_code"]})).await;
    let browser = app.customer(CUSTOMER).await;
    let purge = async || authorizations::purge(&app.database.database, app.clock.clock().micros()).await.unwrap();
    let ask = Ask::of(&partner.client_id, "openid");
    let mut given = Vec::new();
    for _ in 0..2 {
        let code = browser.code_for(&ask).await;
        let token = app.redeem_code(&partner, &code, &[]).await.expect(200).access_token();
        given.push((code, token));
    }
    app.clock.advance(Duration::from_secs(304));
    assert_eq!(purge().await, 0);
    for (_, token) in &given {
        app.userinfo(token).await.expect(200);
    }
    // As long as it is good, a second use of its code ends it.
    app.redeem_code(&partner, &given[0].0, &[]).await.expect_error(400, "invalid_grant");
    app.userinfo(&given[0].1).await.expect_problem(401);
    assert_eq!(app.last_row("authorization.revoke").await.reason.as_deref(), Some("code_reused"));
    app.userinfo(&given[1].1).await.expect(200);

    app.clock.advance(Duration::from_secs(2));
    app.userinfo(&given[1].1).await.expect_problem(401);
    assert_eq!((purge().await, rows(&app).await), (2, [1, 0, 0, 0, 0]), "{TABLES:?}");
    app.redeem_code(&partner, &given[1].0, &[]).await.expect_error(400, "invalid_grant");
}
