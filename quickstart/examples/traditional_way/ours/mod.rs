//! Our side: the three services in this process, and who has to do with them.

mod operator;
mod partner;
mod person;
// The tests that run beside these take theirs by the same rule.
#[path = "../../../tests/support/ports.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "made for tests, which need one more")]
mod ports;

use std::path::PathBuf;

use quickstart::cli::{Place, Service};
use quickstart::house::House;
use quickstart::persist::{PATIENCE, persist};
use quickstart::services::{Running, start_all};
use third_party_app::http::{Answer, Http, Request};
use third_party_app::oauth::{Provider, provider_url};
use url::Url;

use crate::Failure;
use crate::legacy::COST;
use crate::told::{answered, holds};

pub use partner::{Kept, Partner};
pub use person::Person;

/// The services, and the operator who is signed in.
pub struct Ours {
    house: House,
    running: Running,
    http: Http,
    /// The authorization server, as it describes itself.
    pub provider: Provider,
    /// The operator's token for admin-service.
    operator: String,
    // Given back last.
    _ports: ports::Ports,
}

impl Ours {
    /// Starts them in a temporary directory, on ports that are free.
    pub async fn open() -> Result<Self, Failure> {
        let ports = ports::Ports::take();
        let house = House::open(&Place {
            data: PathBuf::new(),
            temporary: true,
            auth_port: ports.of(Service::Auth),
            orders_port: ports.of(Service::Orders),
            admin_port: ports.of(Service::Admin),
            partner_port: ports.partner(),
        })?;
        // As costly as the other side's.
        let running = start_all(&house, &["--password-cost".to_owned(), COST.to_string()]).await?;
        let http = Http::new(&[])?;
        let issuer = house.url(Service::Auth);
        let metadata = persist(&http, &Request::get(provider_url(issuer)?), PATIENCE).await?;
        answered(&metadata, 200)?;
        let provider = Provider::read(metadata.json()?, issuer)?;
        let operator = operator::sign_in(&http, &house).await?;
        Ok(Self { house, running, http, provider, operator, _ports: ports })
    }

    pub async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        Ok(persist(&self.http, request, PATIENCE).await?)
    }

    /// An address of a service.
    pub fn url(&self, service: Service, path: &str) -> Result<Url, Failure> {
        Ok(Url::parse(&format!("{}{path}", self.house.url(service)))?)
    }

    /// Where a browser would come back to from the authorization server. Nobody listens there; the redirect is read.
    fn redirect_uri(&self) -> Result<Url, Failure> {
        Ok(Url::parse(&format!("http://127.0.0.1:{}/callback", self.house.partner_port()))?)
    }

    /// Auth-service is away from now on.
    pub async fn stop_auth_service(&self) {
        self.running.stop_one(Service::Auth).await;
    }

    /// Demands that nobody answers where auth-service was, and says so.
    pub async fn auth_service_is_away(&self) -> Result<&'static str, Failure> {
        let asked = self.http.send(&Request::get(provider_url(&self.provider.issuer)?)).await;
        holds(asked.is_err(), "auth-service stopped")
    }

    /// Stops all.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
