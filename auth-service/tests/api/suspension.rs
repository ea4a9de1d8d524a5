//! What becomes of a token that is out when its client is suspended or deleted: decision 0014.

use std::time::Duration;

use crate::support::{ADMIN, ORDERS, TestApp, verify};

/// The price of a token that says everything itself: nobody is asked, so nobody can say that it is no longer good.
#[actix_web::test]
async fn a_token_that_is_out_is_good_until_it_expires_whatever_becomes_of_its_client() {
    let app = TestApp::start().await;
    let (suspended, deleted) = (app.register_partner("orders:read").await, app.register_partner("orders:read").await);
    let mut tokens = Vec::new();
    for partner in [&suspended, &deleted] {
        tokens.push(app.request_token(partner, &[]).await.expect(200).access_token());
    }
    app.suspend(&suspended.client_id).await;
    app.delete_client(&deleted.client_id).await;
    for partner in [&suspended, &deleted] {
        app.request_token(partner, &[]).await.expect_error(401, "invalid_client");
    }
    // The lifetime of 300 s and the leeway of 5 s are the bound.
    for (seconds, is_good) in [(0, true), (304, true), (1, false)] {
        app.clock.advance(Duration::from_secs(seconds));
        for token in &tokens {
            assert_eq!(verify(&app, token, ORDERS).await.is_ok(), is_good, "{seconds} s on");
        }
    }
}

/// Where auth-service is asked, it says no at once. So fulfilment, which needs an exchange, ends with the suspension.
#[actix_web::test]
async fn the_live_token_of_a_suspended_client_cannot_be_exchanged() {
    let app = TestApp::start().await;
    let partner = app.register_partner("fulfilment:request").await;
    let token = app.request_token(&partner, &[]).await.expect(200).access_token();
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200);
    app.suspend(&partner.client_id).await;
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect_error(400, "invalid_request");
    verify(&app, &token, ORDERS).await.unwrap();
    app.resume(&partner.client_id).await;
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200);
}
