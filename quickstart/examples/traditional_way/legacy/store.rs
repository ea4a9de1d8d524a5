//! Owners, users, sessions and orders, in SQLite. What a request needs to know of its session is one look-up, and is
//! counted.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error;

diesel::table! {
    owners (name) { name -> Text, address -> Text }
}
diesel::table! {
    users (name) { name -> Text, owner -> Text, password_hash -> Text }
}
diesel::table! {
    sessions (digest) { digest -> Binary, user -> Text, expires_at -> BigInt }
}
diesel::table! {
    orders (number) { number -> Integer, owner -> Text, description -> Text }
}
diesel::joinable!(sessions -> users (user));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);

const SCHEMA: &str = "
PRAGMA foreign_keys = ON;
CREATE TABLE owners (name TEXT PRIMARY KEY NOT NULL, address TEXT NOT NULL);
CREATE TABLE users (name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL REFERENCES owners ON DELETE CASCADE,
  password_hash TEXT NOT NULL);
CREATE TABLE sessions (digest BLOB PRIMARY KEY NOT NULL, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  expires_at BIGINT NOT NULL);
CREATE TABLE orders (number INTEGER PRIMARY KEY NOT NULL, owner TEXT NOT NULL REFERENCES owners ON DELETE CASCADE,
  description TEXT NOT NULL);";

/// Whose session it is.
#[derive(Debug, Clone, Queryable)]
pub struct Session {
    /// The user who logged in.
    pub user: String,
    /// Whose orders and address the user is for.
    pub owner: String,
}

/// How often the database was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookups {
    /// For a session.
    pub sessions: u64,
    /// For the hash of a password.
    pub passwords: u64,
}

/// The database.
pub struct Store {
    connection: Mutex<SqliteConnection>,
    session_lookups: AtomicU64,
    password_lookups: AtomicU64,
}

impl Store {
    /// A new one in this file.
    pub fn create(file: &Path) -> Result<Self, ConnectionError> {
        let mut connection = SqliteConnection::establish(&file.display().to_string())?;
        connection.batch_execute(SCHEMA).map_err(ConnectionError::CouldntSetupConfiguration)?;
        let connection = Mutex::new(connection);
        Ok(Self { connection, session_lookups: AtomicU64::new(0), password_lookups: AtomicU64::new(0) })
    }

    /// How often the database was asked until now.
    pub fn lookups(&self) -> Lookups {
        let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Lookups { sessions: count(&self.session_lookups), passwords: count(&self.password_lookups) }
    }

    /// A new owner; their first user is to follow.
    pub fn insert_owner(&self, name: &str) -> Result<(), Error> {
        let row = (owners::name.eq(name), owners::address.eq("1 Old Street"));
        self.run(|connection| diesel::insert_into(owners::table).values(row).execute(connection).map(drop))
    }

    /// A new user, who can do all that the owner can.
    pub fn insert_user(&self, name: &str, owner: &str, password_hash: &str) -> Result<(), Error> {
        let row = (users::name.eq(name), users::owner.eq(owner), users::password_hash.eq(password_hash));
        self.run(|connection| diesel::insert_into(users::table).values(row).execute(connection).map(drop))
    }

    /// The hash of a user's password.
    pub fn find_password_hash(&self, user: &str) -> Result<Option<String>, Error> {
        self.password_lookups.fetch_add(1, Ordering::SeqCst);
        let query = users::table.find(user).select(users::password_hash);
        self.run(|connection| query.first(connection).optional())
    }

    /// A new password ends every session that the old one began.
    pub fn change_password(&self, user: &str, password_hash: &str) -> Result<(), Error> {
        let change = diesel::update(users::table.find(user)).set(users::password_hash.eq(password_hash));
        let end = diesel::delete(sessions::table.filter(sessions::user.eq(user)));
        self.run(|connection| {
            connection.transaction(|connection| {
                change.execute(connection)?;
                end.execute(connection).map(drop)
            })
        })
    }

    /// A session that begins. Those that are over at `now`, in seconds since the epoch, are forgotten.
    pub fn insert_session(&self, digest: &[u8], user: &str, now: i64, expires_at: i64) -> Result<(), Error> {
        let over = diesel::delete(sessions::table.filter(sessions::expires_at.le(now)));
        let row = (sessions::digest.eq(digest), sessions::user.eq(user), sessions::expires_at.eq(expires_at));
        self.run(|connection| {
            over.execute(connection)?;
            diesel::insert_into(sessions::table).values(row).execute(connection).map(drop)
        })
    }

    /// Whose session it is, if it is not over at `now`, in seconds since the epoch.
    pub fn find_session(&self, digest: &[u8], now: i64) -> Result<Option<Session>, Error> {
        self.session_lookups.fetch_add(1, Ordering::SeqCst);
        let live = sessions::table.find(digest).filter(sessions::expires_at.gt(now));
        let query = live.inner_join(users::table).select((users::name, users::owner));
        self.run(|connection| query.first(connection).optional())
    }

    /// What an owner has ordered.
    pub fn orders(&self, owner: &str) -> Result<Vec<String>, Error> {
        let query = orders::table.filter(orders::owner.eq(owner)).order(orders::number).select(orders::description);
        self.run(|connection| query.load(connection))
    }

    /// An order.
    pub fn insert_order(&self, owner: &str, description: &str) -> Result<(), Error> {
        let row = (orders::owner.eq(owner), orders::description.eq(description));
        self.run(|connection| diesel::insert_into(orders::table).values(row).execute(connection).map(drop))
    }

    /// Where an owner's orders are sent.
    pub fn address(&self, owner: &str) -> Result<String, Error> {
        self.run(|connection| owners::table.find(owner).select(owners::address).first(connection))
    }

    /// They are sent elsewhere from now on.
    pub fn change_address(&self, owner: &str, address: &str) -> Result<(), Error> {
        let change = diesel::update(owners::table.find(owner)).set(owners::address.eq(address));
        self.run(|connection| change.execute(connection).map(drop))
    }

    /// Deletes an owner with all users, sessions and orders.
    pub fn delete_owner(&self, owner: &str) -> Result<(), Error> {
        self.run(|connection| diesel::delete(owners::table.find(owner)).execute(connection).map(drop))
    }

    fn run<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>) -> QueryResult<T> {
        work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
