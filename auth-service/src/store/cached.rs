//! Clients: the first-party applications, which are compiled in, and those of the table, read through a short-lived cache:
//! a decorator around [`clients`] for the token endpoint, where a look-up in PostgreSQL costs more than the signature.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use service_kit::{Database, StoreError};
use shared_claims::clock::Clock;
use shared_claims::ids::ClientId;

use super::clients;
use crate::domain::client::Client;

/// How long a client is remembered: the bound within which a suspension takes effect. A change is seen here as soon as it
/// is answered, at other replicas within this time; so it is here too if whoever asked for the change hung up.
pub const CLIENT_CACHE_LIFETIME: Duration = Duration::from_secs(5);

/// Most clients that are remembered.
const MOST_CLIENTS: usize = 10_000;

/// Most names that are remembered as nobody's.
const MOST_UNKNOWN: usize = 1_000;

struct Entry {
    client: Arc<Client>,
    read_at: i64,
    generation: u64,
}

/// The clients, remembered for [`CLIENT_CACHE_LIFETIME`]. So is that there is none with an id: else a second try would tell
/// by its time whether there is. Ids are random, so nobody has asked for one before it is registered.
pub struct CachedClients {
    database: Database,
    clock: Clock,
    applications: HashMap<ClientId, Arc<Client>>,
    entries: Cache<String, Arc<Entry>>,
    /// When there was none, in microseconds since the epoch, and in which generation.
    unknown: Cache<String, (i64, u64)>,
    /// Grows with every change, so that what was read before it and is kept after it counts for nothing.
    generation: AtomicU64,
}

impl CachedClients {
    /// Around the clients of `database`, and beside them the `applications`.
    #[must_use]
    pub fn new(database: Database, clock: Clock, applications: impl IntoIterator<Item = Client>) -> Self {
        let applications = applications.into_iter().map(|client| (client.client_id.clone(), Arc::new(client)));
        Self {
            database,
            clock,
            applications: applications.collect(),
            entries: Cache::new(MOST_CLIENTS),
            unknown: Cache::new(MOST_UNKNOWN),
            generation: AtomicU64::new(0),
        }
    }

    /// The client with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&self, client_id: &str) -> Result<Option<Arc<Client>>, StoreError> {
        // Anything can come from outside; what is no id, such as a text with NUL, is an error to PostgreSQL.
        let Ok(id) = ClientId::new(client_id) else { return Ok(None) };
        if let Some(application) = self.applications.get(&id) {
            return Ok(Some(Arc::clone(application)));
        }
        let now = self.clock.micros();
        let generation = self.generation.load(Ordering::Acquire);
        let is_fresh = |read_at: i64, of: u64| {
            Duration::from_micros(now.abs_diff(read_at)) < CLIENT_CACHE_LIFETIME && of == generation
        };
        if let Some(entry) = self.entries.get(client_id).filter(|entry| is_fresh(entry.read_at, entry.generation)) {
            return Ok(Some(Arc::clone(&entry.client)));
        }
        if self.unknown.get(client_id).is_some_and(|(read_at, of)| is_fresh(read_at, of)) {
            return Ok(None);
        }
        let Some(client) = clients::find(&self.database, client_id).await? else {
            self.entries.remove(client_id);
            self.unknown.insert(client_id.to_owned(), (now, generation));
            return Ok(None);
        };
        let client = Arc::new(client);
        let entry = Entry { client: Arc::clone(&client), read_at: now, generation };
        self.entries.insert(client_id.to_owned(), Arc::new(entry));
        Ok(Some(client))
    }

    /// Forgets a client that was changed here; the others are read anew too, for changes are rare.
    pub fn forget(&self, client_id: &str) {
        self.generation.fetch_add(1, Ordering::Release);
        self.entries.remove(client_id);
    }
}
