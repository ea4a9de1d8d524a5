//! `kill -9` at any moment: what was acknowledged is there, and what is good once stays used.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{join, join_all};
use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;

use crate::support::{House, TestApp, claims};

/// Registers clients one after another until the service is gone; gives those that were acknowledged.
async fn register_until_the_end(app: &TestApp, token: &str, gone: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !gone.load(Ordering::SeqCst) {
        let request = app.request(Method::POST, "/clients").bearer_auth(token);
        let answer = request.json(&json!({"client_name": "Partner", "scope": "orders:read"})).send().await;
        let Ok(answer) = answer else { break };
        let Ok(body) = answer.json::<serde_json::Value>().await else { break };
        acknowledged.extend(body["client_id"].as_str().map(str::to_owned));
    }
    acknowledged
}

#[actix_web::test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let house = Arc::new(House::new().await);
    let app = house.start_process().await;
    let suspended = app.register_partner("orders:read").await;
    let partner = app.register_partner("orders:read").await;
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    let assertion = signing.assertion().build();
    app.request_token_by(&assertion).await.expect(200);
    let token = app.request_token(&partner, &[]).await.expect(200).access_token();
    app.suspend(&suspended.client_id).await;
    let manager = app.manager_token().await;

    let gone = AtomicBool::new(false);
    let kill = async {
        // In the middle of it: as soon as some are there.
        while house.trail().await.iter().filter(|row| row.action == "client.register").count() < 20 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        app.kill();
        gone.store(true, Ordering::SeqCst);
    };
    let clients = join_all((0..4).map(|_| register_until_the_end(&app, &manager, &gone)));
    let (acknowledged, ()) = join(clients, kill).await;
    let acknowledged = acknowledged.concat();
    assert!(acknowledged.len() >= 10, "{}", acknowledged.len());

    let again = house.start(&[]).await;
    let trail = house.trail().await;
    let objects = trail.iter().filter_map(|row| row.object.as_deref()).collect::<BTreeSet<_>>();
    assert!(objects.contains(claims(&token)["jti"].as_str().unwrap()), "the token without its row");
    for client_id in &acknowledged {
        again.manage(Method::GET, &format!("/clients/{client_id}"), None).await.expect(200);
        assert!(objects.contains(client_id.as_str()), "the client without its row");
    }
    let registered = trail.iter().filter(|row| row.action == "client.register").count();
    let mut listed = again.manage(Method::GET, "/clients?limit=100", None).await.ids("client_id");
    listed.truncate(100);
    assert!(listed.len() == registered.min(100), "a row without its client, or a client without its row");
    again.request_token(&suspended, &[]).await.expect_error(401, "invalid_client");
    again.request_token(&partner, &[]).await.expect(200);
    again.request_token_by(&assertion).await.expect_error(401, "invalid_client");
    again.request_token_by(&signing.assertion().build()).await.expect(200);
}
