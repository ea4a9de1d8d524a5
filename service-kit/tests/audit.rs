//! The audit trail is complete, ordered, filtered, and cannot be changed.

mod support;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use service_kit::audit::AuditSink;
use service_kit::{AuditEvent, AuditFilter, AuditLog, AuditRow, Outcome, StoreError};
use support::{count, fresh, insert};

fn event(actor: &str, at: i64) -> AuditEvent {
    AuditEvent::new("order.create", Outcome::Allowed, actor, at).partner("cli_1").request_id("req-1234")
}

#[tokio::test]
async fn the_trail_is_read_by_time_and_then_by_id_in_pages() {
    let test = fresh().await;
    let audit = AuditLog::new(test.database.clone(), "kit-service");
    let times = [30, 10, 20, 20, 20];
    for result in futures_util::future::join_all(times.map(|at| audit.record(event("a", at)))).await {
        result.unwrap();
    }
    let all = audit.page(AuditFilter::default(), 100).await.unwrap();
    assert_eq!(all.iter().map(|row| row.occurred_at).collect::<Vec<_>>(), [10, 20, 20, 20, 30]);
    assert!(
        all.windows(2).all(|pair| (pair[0].occurred_at, &pair[0].event_id) < (pair[1].occurred_at, &pair[1].event_id))
    );

    let mut paged = Vec::new();
    while paged.len() < 5 {
        let after = paged.last().map(|row: &AuditRow| (row.occurred_at, row.event_id.clone()));
        let page = audit.page(AuditFilter { after, ..AuditFilter::default() }, 2).await.unwrap();
        assert!(!page.is_empty() && page.len() <= 2);
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn filters_choose_by_partner_actor_and_time() {
    let test = fresh().await;
    let audit = AuditLog::new(test.database.clone(), "kit-service");
    audit.record(event("a", 1)).await.unwrap();
    audit.record(event("b", 2)).await.unwrap();
    audit.record(event("b", 3).partner("cli_2").subject("usr_1").object("ord_1").reason("why")).await.unwrap();
    let found = async |filter| {
        let rows = audit.page(filter, 10).await.unwrap();
        rows.iter().map(|row| row.occurred_at).collect::<Vec<_>>()
    };
    let all = AuditFilter::default;
    assert_eq!(found(AuditFilter { partner: Some("cli_1".into()), ..all() }).await, [1, 2]);
    assert_eq!(found(AuditFilter { actor: Some("b".into()), ..all() }).await, [2, 3]);
    assert_eq!(found(AuditFilter { from: Some(2), to: Some(3), ..all() }).await, [2]);
    assert_eq!(found(AuditFilter { partner: Some("cli_1".into()), actor: Some("b".into()), ..all() }).await, [2]);
}

#[tokio::test]
async fn a_row_has_the_json_form_of_the_contract_and_is_read_back() {
    let test = fresh().await;
    let audit = AuditLog::new(test.database.clone(), "kit-service");
    audit.record(AuditEvent::new("login", Outcome::Refused, "usr_1", 1).reason("password")).await.unwrap();
    let row = audit.page(AuditFilter::default(), 1).await.unwrap().remove(0);
    let mut json = serde_json::to_value(&row).unwrap();
    assert_eq!(serde_json::from_value::<AuditRow>(json.clone()).unwrap(), row);
    let id = json["event_id"].take();
    assert!(id.as_str().unwrap().starts_with("evt_"));
    let expected = serde_json::json!({
        "event_id": null, "time": "1970-01-01T00:00:00.000001Z", "service": "kit-service",
        "action": "login", "outcome": "refused",
        "reason": "password", "actor": "usr_1", "subject": null, "partner": null, "object": null, "request_id": null,
    });
    assert_eq!(json, expected);
}

#[tokio::test]
async fn an_event_inside_a_write_stands_or_falls_with_it() {
    let test = fresh().await;
    let audit = AuditLog::with_sink(test.database.clone(), "kit-service", AuditSink::Log);
    for refuse in [true, false] {
        let log = audit.clone();
        let done: Result<(), StoreError> = test
            .database
            .write(move |connection| {
                insert(connection, "a", 1)?;
                log.insert(connection, &event("a", 1))?;
                if refuse { Err(StoreError::Unavailable("on purpose".into())) } else { Ok(()) }
            })
            .await;
        assert_eq!(done.is_err(), refuse);
    }
    assert_eq!(count(&test.database).await.unwrap(), 1);
    assert_eq!(audit.page(AuditFilter::default(), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn with_the_log_as_sink_no_row_is_written() {
    let test = fresh().await;
    let audit = AuditLog::with_sink(test.database.clone(), "kit-service", AuditSink::Log);
    audit.record(event("a", 1)).await.unwrap();
    assert!(audit.page(AuditFilter::default(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn callers_texts_never_stand_in_the_way_of_the_record() {
    let test = fresh().await;
    let audit = AuditLog::new(test.database.clone(), "kit-service");
    let nasty = format!("\0'; DROP TABLE audit_events; --{}", "x".repeat(10_000));
    audit.record(event(&nasty, 1).object(&nasty)).await.unwrap();
    assert_eq!(audit.page(AuditFilter::default(), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_database_refuses_to_change_or_delete_what_is_recorded() {
    let test = fresh().await;
    let audit = AuditLog::new(test.database.clone(), "kit-service");
    audit.record(event("a", 1)).await.unwrap();
    for sql in ["UPDATE audit_events SET actor = 'b'", "DELETE FROM audit_events"] {
        let changed: Result<(), StoreError> =
            test.database.write(move |connection| Ok(connection.batch_execute(sql)?)).await;
        let refused = changed.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    let known: i64 = test
        .database
        .read(|connection| {
            diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("COUNT(*) FROM audit_events"))
                .get_result(connection)
        })
        .await
        .unwrap();
    assert_eq!(known, 1);
}
