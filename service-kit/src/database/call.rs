//! From async code to a blocking thread and back, in bounded time, with one repeat where that is safe.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use diesel::result::Error;

use super::pool::{Lane, is_alive};
use super::transaction::Attempt;
use super::{AnyConnection, StoreError};

/// Runs `work` on a blocking thread once a connection is free, and gives up waiting after `limit`. The thread itself
/// cannot be stopped: it keeps its permit until it is done, so a hanging database holds as many threads as there are
/// connections.
pub(super) async fn on_thread<T, E>(
    lane: &Lane,
    limit: Duration,
    work: impl FnOnce(&Lane) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let lane = lane.clone();
    let call = async move {
        let permit = Arc::clone(&lane.permits).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let answer = work(&lane);
            drop(permit);
            answer
        })
        .await
    };
    match tokio::time::timeout(limit, call).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(fault)) => Err(StoreError::Query(Error::QueryBuilderError(fault.to_string().into())).into()),
        Err(_) => Err(StoreError::Unavailable(format!("no answer within {} ms", limit.as_millis())).into()),
    }
}

/// Stands in for the pool's probe: work goes ahead on any idle connection, and only when that was dead a second time,
/// on one that was probed.
pub(super) fn with_repeat<T, E>(lane: &Lane, work: impl Fn(&mut AnyConnection) -> Attempt<T, E>) -> Result<T, E>
where
    E: From<StoreError>,
{
    let mut connection = lane.checkout()?;
    if let Attempt::Answered(answer) = work(&mut connection.connection) {
        return answer;
    }
    connection.is_dead = true;
    drop(connection);

    let mut connection = lane.checkout_alive()?;
    if let Attempt::Answered(answer) = work(&mut connection.connection) {
        return answer;
    }
    connection.is_dead = true;
    Err(StoreError::Unavailable("the connection was lost twice".to_owned()).into())
}

/// Runs a query outside a transaction. It may be repeated: it changes nothing.
pub(super) fn query<T>(lane: &Lane, work: &impl Fn(&mut AnyConnection) -> QueryResult<T>) -> Result<T, StoreError> {
    with_repeat(lane, |connection| match work(connection) {
        Err(error) if is_dead(connection, &error) => Attempt::Died,
        answer => Attempt::Answered(answer.map_err(StoreError::from)),
    })
}

fn is_dead(connection: &mut AnyConnection, error: &Error) -> bool {
    let may_be = matches!(
        (&*connection, error),
        (AnyConnection::Postgres(_), Error::DatabaseError(..) | Error::BrokenTransactionManager)
    );
    may_be && diesel::r2d2::R2D2Connection::ping(connection).is_err()
}

/// `SELECT 1`.
pub(super) fn probe(lane: &Lane) -> Result<(), StoreError> {
    let mut connection = lane.checkout_alive()?;
    if is_alive(&mut connection) { Ok(()) } else { Err(StoreError::Unavailable("no answer".to_owned())) }
}
