//! The partner's own web site: a person connects their account and orders a book.
//!
//! The browser holds one cookie, a random name of the browser. Tokens stay on this side, and no page ever holds one.
//!
//! | file | what is in it |
//! |---|---|
//! | `routes` | one handler for each thing that a person does |
//! | `partner` | what the site asks of the authorization server and of the API |
//! | `cookie` | which browser is which |
//! | `form` | what a browser sent |
//! | `sessions` | what belongs to which browser |
//! | `pages` | what is shown, and with which headers |

mod connection;
mod cookie;
mod form;
mod orders;
mod pages;
mod partner;
mod routes;
mod sessions;
mod state;
mod trouble;

use std::io;
use std::net::{IpAddr, SocketAddr};

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use url::Url;

use crate::discovery::{DiscoveryError, encrypted_or_local, issuer_url};
use crate::http::{ConnectTo, HttpError};
use crate::oauth::Client;
use crate::secret::Secret;

use cookie::Cookies;
use partner::Partner;
use sessions::Sessions;
use state::State;

/// The path of the redirect URI, below the public URL.
pub const CALLBACK: &str = "/callback";

/// Most connections at a time, as many as the services have.
const MOST_CONNECTIONS: usize = 5_000;

/// The settings, one to a flag of `third-party-app serve`.
#[derive(Debug, Clone)]
pub struct SiteOptions {
    /// The issuer with which the partner is registered.
    pub issuer: String,
    /// The partner's id.
    pub client_id: String,
    /// The partner's secret.
    pub client_secret: Secret,
    /// Where browsers find the site. Its `/callback` is registered as redirect URI.
    pub public_url: Url,
    /// The API that partners use.
    pub orders_url: Url,
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 for any.
    pub port: u16,
    /// Detours, as with curl.
    pub connect_to: Vec<ConnectTo>,
    /// Whether Ctrl-C and SIGTERM end it.
    pub handle_signals: bool,
}

/// The site cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A URL that must not be used.
    #[error(transparent)]
    Url(#[from] DiscoveryError),
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The port is taken, or not ours to take.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// A site that listens.
pub struct Site {
    server: Server,
    address: SocketAddr,
}

impl Site {
    /// Listens. Nothing is asked of the authorization server until a person wants to connect.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn open(options: &SiteOptions) -> Result<Self, SiteError> {
        let public_url = encrypted_or_local(options.public_url.clone())?;
        let mut redirect_uri = public_url.clone();
        redirect_uri.set_path(CALLBACK);
        let client = Client {
            issuer: options.issuer.clone(),
            client_id: options.client_id.clone(),
            client_secret: options.client_secret.clone(),
            redirect_uri,
        };
        let home = issuer_url(&client.issuer)?.origin().ascii_serialization();
        let state = web::Data::new(State {
            partner: Partner::new(client, encrypted_or_local(options.orders_url.clone())?, &options.connect_to)?,
            sessions: Sessions::default(),
            cookies: Cookies::new(&public_url),
            policy: pages::policy(&home),
            public_url,
        });
        let address = SocketAddr::new(options.host, options.port);
        let listen = |source| SiteError::Listen { address, source };
        let server = HttpServer::new(move || {
            let resources = web::scope("").wrap(from_fn(routes::own_name_alone)).configure(routes::register);
            let resources = resources.default_service(web::to(routes::nothing_here));
            App::new().app_data(state.clone()).service(routes::healthz).service(resources)
        });
        // One worker is plenty for a site that shows a flow, and keeps its connections in one place.
        let server =
            server.workers(1).max_connections(MOST_CONNECTIONS).shutdown_timeout(1).bind(address).map_err(listen)?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = if options.handle_signals { server } else { server.disable_signals() };
        Ok(Self { server: server.run(), address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// [`io::Error`] of the listener.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        self.server.await
    }
}
