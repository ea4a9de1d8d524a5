//! Behind the service's back: what is in its database.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use service_kit::{AuditFilter, AuditLog, AuditRow, StoreError};

use super::House;
use super::proxy::Proxy;

impl House {
    /// Runs a statement, all or nothing.
    pub async fn sql(&self, statement: &str) -> Result<(), StoreError> {
        let statement = statement.to_owned();
        let run = move |connection: &mut service_kit::AnyConnection| Ok(connection.batch_execute(&statement)?);
        self.database.database.write(run).await
    }

    /// The audit trail, oldest first.
    pub async fn trail(&self) -> Vec<AuditRow> {
        let log = AuditLog::new(self.database.database.clone(), "test");
        log.page(AuditFilter::default(), 100_000).await.unwrap()
    }

    /// The newest row of an action.
    pub async fn last_row(&self, action: &str) -> AuditRow {
        let trail = self.trail().await;
        trail.into_iter().rfind(|row| row.action == action).unwrap_or_else(|| panic!("no row of {action}"))
    }

    /// Rows that answers do not wait for: looks until there is one, for at most 5 s.
    pub async fn row_that_comes(&self, wanted: impl Fn(&AuditRow) -> bool) -> AuditRow {
        let start = Instant::now();
        loop {
            if let Some(row) = self.trail().await.into_iter().rfind(&wanted) {
                return row;
            }
            assert!(start.elapsed() < Duration::from_secs(5), "the row does not come");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The database through a proxy, and the proxy; `None` on SQLite.
    pub fn behind_proxy(&self) -> Option<(Proxy, String)> {
        let settings = self.database.settings();
        let (start, rest) = settings.url.expose().split_once('@')?;
        let (target, name) = rest.split_once('/')?;
        let proxy = Proxy::to(target.to_owned());
        let url = format!("{start}@127.0.0.1:{}/{name}", proxy.port);
        Some((proxy, url))
    }

    /// Holds the SQLite file against all writers until it is dropped; `None` on PostgreSQL.
    pub fn hold_file(&self) -> Option<SqliteConnection> {
        let settings = self.database.settings();
        let path = settings.url.expose().strip_prefix("sqlite://")?;
        let mut connection = SqliteConnection::establish(path).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 1500; BEGIN IMMEDIATE").unwrap();
        Some(connection)
    }

    /// Whether the tests run on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database.database.is_postgres()
    }

    /// From now on no audit row can be written.
    pub async fn refuse_audit_rows(&self) {
        let trigger = if self.is_postgres() {
            "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'No space left on device'; END; $$;
             CREATE TRIGGER disk_full BEFORE INSERT ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION disk_full();"
        } else {
            "CREATE TRIGGER disk_full BEFORE INSERT ON audit_events
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;"
        };
        self.sql(trigger).await.unwrap();
    }

    /// What is kept of the requests that clients pushed.
    pub async fn pushed_parameters(&self) -> String {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            parameters: String,
        }
        let read = |connection: &mut service_kit::AnyConnection| {
            diesel::sql_query("SELECT parameters FROM pushed_requests").load::<Row>(connection)
        };
        let rows = self.database.database.read(read).await.unwrap();
        rows.into_iter().map(|row| row.parameters).collect::<Vec<_>>().join("\n")
    }

    /// How many rows a table has.
    pub async fn rows_of(&self, table: &'static str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            rows: i64,
        }
        let read = move |connection: &mut service_kit::AnyConnection| {
            diesel::sql_query(format!("SELECT COUNT(*) AS rows FROM {table}")).get_result::<Count>(connection)
        };
        self.database.database.read(read).await.unwrap().rows
    }

    /// Everything that the audit trail holds, as text.
    pub async fn trail_text(&self) -> String {
        serde_json::to_string(&self.trail().await).unwrap()
    }
}
