//! Where the services of a house keep their data, and a look at the rows.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection};

use super::Service;

/// The variable that names a PostgreSQL server, as `postgres://admin:password@host:port/postgres`.
const TEST_POSTGRES_URL: &str = "TEST_POSTGRES_URL";

/// A database for each service.
pub enum Databases {
    /// SQLite files.
    Files(PathBuf),
    /// Databases of a PostgreSQL server, dropped with this.
    Server { admin_url: String, house: String },
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Databases {
    /// Where this run of the tests has them: on the server that `TEST_POSTGRES_URL` names, else in files.
    #[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
    pub fn of_this_run(home: &Path) -> Self {
        match std::env::var(TEST_POSTGRES_URL) {
            Ok(url) if !url.is_empty() => Self::on_server(url, home),
            _ => Self::Files(home.to_owned()),
        }
    }

    /// On a PostgreSQL server, under names that `home` makes unique.
    pub fn on_server(admin_url: String, home: &Path) -> Self {
        let house = home.file_name().unwrap().to_str().unwrap().replace(['.', '-'], "_").to_lowercase();
        let made = Self::Server { admin_url, house };
        made.of_all(|name| format!("CREATE DATABASE {name}")).unwrap();
        made
    }

    /// The settings that a service needs to find its database; none for files, which are where it looks by itself.
    pub fn settings(&self, service: Service) -> Vec<String> {
        match self {
            Self::Files(_) => Vec::new(),
            Self::Server { .. } => vec!["--database-url".to_owned(), self.address(service)],
        }
    }

    /// One column of a table, a text, sorted.
    pub fn column(&self, service: Service, table: &str, column: &str) -> Vec<String> {
        let query = diesel::sql_query(format!("SELECT {column} AS value FROM {table}"));
        let address = self.address(service);
        let rows: Vec<Row> = match self {
            Self::Files(_) => query.load(&mut SqliteConnection::establish(&address).unwrap()).unwrap(),
            Self::Server { .. } => query.load(&mut PgConnection::establish(&address).unwrap()).unwrap(),
        };
        let mut values = rows.into_iter().map(|row| row.value).collect::<Vec<_>>();
        values.sort();
        values
    }

    fn address(&self, service: Service) -> String {
        match self {
            Self::Files(home) => home.join(format!("{}.db", service.name())).display().to_string(),
            Self::Server { admin_url, house } => {
                let (server, _) = admin_url.rsplit_once('/').unwrap();
                format!("{server}/{}", database(house, service))
            }
        }
    }

    /// Says something to the server about each database.
    fn of_all(&self, sql: impl Fn(String) -> String) -> Result<(), Box<dyn std::error::Error>> {
        let Self::Server { admin_url, house } = self else { return Ok(()) };
        let mut connection = PgConnection::establish(admin_url)?;
        let mut all = Service::ALL.into_iter().map(|service| sql(database(house, service)));
        Ok(all.try_for_each(|sql| connection.batch_execute(&sql))?)
    }
}

fn database(house: &str, service: Service) -> String {
    format!("house_{house}_{}", service.word())
}

impl Drop for Databases {
    fn drop(&mut self) {
        if let Err(error) = self.of_all(|name| format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")) {
            eprintln!("databases are left behind: {error}");
        }
    }
}
