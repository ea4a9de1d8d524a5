//! A small application of the traditional way: users with passwords, who log in and get a session.
//!
//! | file | what is in it |
//! |---|---|
//! | `routes` | what a user can do, below `/legacy` |
//! | `door` | passwords, tries, sessions |
//! | `store` | the database |
//! | `refusal` | what is answered instead |
//! | `partner` | who calls: the owner, and the third party's program, to which the owner told a password |

mod door;
mod partner;
mod refusal;
mod routes;
mod store;

use std::net::Ipv4Addr;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::task::JoinHandle;
use actix_web::{HttpServer, web};
use serde_json::json;
use shared_claims::testing::TestClock;
use tempfile::TempDir;
use third_party_app::http::{Answer, Http};
use url::Url;

use crate::Failure;
use crate::told::answered;

pub use door::{COST, SESSION, TRIES_PER};
pub use partner::{Kept, Partner, Visitor};
pub use refusal::Refusal;
pub use store::Lookups;

/// The owner of the orders, and the password that only the owner has.
const OWNER: &str = "ada";
const OWNERS_OWN: &str = "a passphrase that nobody else was told";
/// The user that the owner creates for partners.
pub const PROGRAMS: &str = "programs";
/// Its password, which the owner tells to them. A person made it up, and it fits the rules.
pub const SHARED: &str = "sunshine1";

/// What the handlers share.
struct App {
    door: door::Door,
    store: store::Store,
}

/// The application, serving. Its clock stands still until it is moved.
pub struct Legacy {
    base: Url,
    http: Http,
    app: web::Data<App>,
    clock: TestClock,
    handle: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
    directory: TempDir,
}

impl Legacy {
    /// Starts it on any port. There is an owner with an order, who has created a user for partners.
    pub async fn open() -> Result<Self, Failure> {
        let (directory, clock) = (TempDir::new()?, TestClock::new());
        let store = store::Store::create(&directory.path().join("legacy.db"))?;
        let app = web::Data::new(App { door: door::Door::new(clock.clock())?, store });
        let shared = app.clone();
        let server =
            HttpServer::new(move || actix_web::App::new().app_data(shared.clone()).configure(routes::register));
        let server = server.workers(1).disable_signals().bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = server.addrs().first().copied().ok_or(Failure::NotAsTold("it listens".to_owned()))?;
        let server = server.run();
        let (base, http) = (Url::parse(&format!("http://{address}/legacy/"))?, Http::new(&[])?);
        let (handle, serving) = (server.handle(), actix_web::rt::spawn(server));
        let legacy = Self { base, http, app, clock, handle, serving, directory };
        legacy.settle().await?;
        Ok(legacy)
    }

    async fn settle(&self) -> Result<(), Failure> {
        self.app.store.insert_owner(OWNER).map_err(Refusal::from)?;
        self.app.store.insert_user(OWNER, OWNER, &door::hash(OWNERS_OWN)?).map_err(Refusal::from)?;
        let (owner, logged_in) = self.owner().await?;
        answered(&logged_in, 204)?;
        answered(&owner.post("orders", json!({"description": "a book"})).await?, 201)?;
        answered(&owner.post("users", json!({"user": PROGRAMS, "password": SHARED})).await?, 201)?;
        Ok(())
    }

    /// Somebody who has not logged in.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// A partner that was told the password.
    pub fn partner(&self, name: &str) -> Result<Partner<'_>, Failure> {
        Partner::told(self, name, PROGRAMS, SHARED)
    }

    /// The owner, and what the owner's log-in is answered.
    pub async fn owner(&self) -> Result<(Visitor<'_>, Answer), Failure> {
        let mut owner = self.visitor();
        let answer = owner.log_in(OWNER, OWNERS_OWN).await?;
        Ok((owner, answer))
    }

    /// Lets time pass.
    pub fn later(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// How often the database was asked until now.
    pub fn lookups(&self) -> Lookups {
        self.app.store.lookups()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        // Whether it ended well is of no consequence any more.
        let _ = self.serving.await;
    }
}
