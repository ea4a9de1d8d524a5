//! The audit trail, as tests look at it.

use std::time::Duration;

use serde_json::Value;

use super::TestApp;

/// The trail without what readers of it left behind.
pub async fn trail(app: &TestApp) -> Vec<Value> {
    let answer = app.auditor().get("/audit-events?limit=100").await.expect(200);
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.into_iter().filter(|event| event["action"] != "audit.read").collect()
}

/// Members that a test looks at, in one line.
pub fn short(event: &Value) -> String {
    let text = |name: &str| event[name].as_str().unwrap_or("-").to_owned();
    ["action", "outcome", "reason", "actor", "partner"].map(text).join(" ")
}

/// A 403 is recorded without being waited for.
pub async fn trail_of_length(app: &TestApp, length: usize) -> Vec<Value> {
    let come = async {
        loop {
            let events = trail(app).await;
            if events.len() >= length {
                return events;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), come).await.unwrap()
}
