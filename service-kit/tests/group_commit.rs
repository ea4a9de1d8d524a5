//! Group commit: all or an error, and one bad item costs nobody else.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::QueryResult;
use futures_util::future::join_all;
use service_kit::batch::{GroupCommit, MAX_BATCH};
use service_kit::{AnyConnection, Database};
use support::{count, fresh, insert};

/// Inserts `things` and counts the calls.
fn counting(database: &Database) -> (GroupCommit<String>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let insert_all = move |connection: &mut AnyConnection, ids: &[String]| -> QueryResult<()> {
        counter.fetch_add(1, Ordering::Relaxed);
        assert!(ids.len() <= MAX_BATCH);
        ids.iter().try_for_each(|id| insert(connection, id, 1))
    };
    (GroupCommit::new(database.clone(), insert_all), calls)
}

#[tokio::test]
async fn items_of_many_requests_share_transactions_and_are_all_there() {
    let test = fresh().await;
    let (commits, calls) = counting(&test.database);
    let submits = (0..1000).map(|number| {
        let commits = commits.clone();
        tokio::spawn(async move { commits.submit(format!("{number}")).await })
    });
    for submit in join_all(submits).await {
        submit.unwrap().unwrap();
    }
    assert_eq!(count(&test.database).await.unwrap(), 1000);
    let calls = calls.load(Ordering::Relaxed);
    assert!((10..=100).contains(&calls), "{calls} transactions");
}

#[tokio::test]
async fn an_answer_comes_only_when_the_item_is_there() {
    let test = fresh().await;
    let (commits, _) = counting(&test.database);
    let replica = test.reopen().unwrap();
    for number in 1..=20 {
        commits.submit(format!("{number}")).await.unwrap();
        assert_eq!(count(&replica).await.unwrap(), number);
    }
}

#[tokio::test]
async fn an_item_that_the_database_refuses_costs_no_other_item_its_place() {
    let test = fresh().await;
    let (commits, _) = counting(&test.database);
    commits.submit("taken".to_owned()).await.unwrap();
    let ids = ["a", "taken", "b", "c"];
    let results = join_all(ids.map(|id| commits.submit(id.to_owned()))).await;
    assert!(results.iter().zip(ids).all(|(result, id)| result.is_ok() == (id != "taken")), "{results:?}");
    assert!(results.iter().flat_map(|result| result.as_ref().err()).all(service_kit::StoreError::is_unique_violation));
    assert_eq!(count(&test.database).await.unwrap(), 4);
}

#[tokio::test]
async fn a_request_that_went_away_does_not_stop_the_others() {
    let test = fresh().await;
    let (commits, _) = counting(&test.database);
    for number in 0..50 {
        let gone = commits.submit(format!("gone{number}"));
        let _ = tokio::time::timeout(std::time::Duration::from_micros(50), gone).await;
    }
    commits.submit("stays".to_owned()).await.unwrap();
    assert!(count(&test.database).await.unwrap() >= 1);
}
