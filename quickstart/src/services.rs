//! The services in this process: started in order, stopped together.

use actix_web::dev::ServerHandle;
use clap::Parser;
use clap::builder::Resettable;
use futures_util::future::{FutureExt, LocalBoxFuture, join_all};
use service_kit::server::ServerError;
use shared_claims::clock::Clock;

use crate::Failure;
use crate::cli::Service;
use crate::house::House;

/// A service that listens.
struct Started {
    handle: ServerHandle,
    serving: LocalBoxFuture<'static, std::io::Result<()>>,
}

/// The three services.
pub struct Running {
    handles: Vec<(Service, ServerHandle)>,
    serving: Vec<actix_web::rt::task::JoinHandle<std::io::Result<()>>>,
}

impl Running {
    /// Stops them, letting requests that are under way finish.
    pub async fn stop(self) {
        join_all(self.handles.iter().map(|(_, handle)| handle.stop(true))).await;
        join_all(self.serving).await;
    }

    /// Stops one of them; the others go on.
    pub async fn stop_one(&self, service: Service) {
        let its = self.handles.iter().filter(|(started, _)| *started == service);
        join_all(its.map(|(_, handle)| handle.stop(true))).await;
    }
}

/// All three, the authorization server first. What it is given replaces the settings that it would have here.
///
/// # Errors
/// [`Failure::Start`].
pub async fn start_all(house: &House, given_to_auth: &[String]) -> Result<Running, Failure> {
    let mut running = Running { handles: Vec::new(), serving: Vec::new() };
    for service in Service::ALL {
        let given = if service == Service::Auth { given_to_auth } else { &[] };
        let started = Start { house, handle_signals: false, given }.service(service).await?;
        running.handles.push((service, started.handle));
        running.serving.push(actix_web::rt::spawn(started.serving));
    }
    Ok(running)
}

/// One, until it is stopped. What is `given` replaces the settings that it would have here.
///
/// # Errors
/// [`Failure`].
pub async fn serve_one(house: &House, service: Service, given: &[String]) -> Result<(), Failure> {
    let started = Start { house, handle_signals: true, given }.service(service).await?;
    Ok(started.serving.await?)
}

/// How services are started.
struct Start<'s> {
    house: &'s House,
    handle_signals: bool,
    given: &'s [String],
}

impl Start<'_> {
    async fn service(&self, service: Service) -> Result<Started, Failure> {
        match service {
            Service::Auth => self.auth().await,
            Service::Orders => self.orders().await,
            Service::Admin => self.admin().await,
        }
    }

    /// The settings of a service, read from arguments as its own binary reads them.
    fn settings<S: Parser>(&self, service: Service, own: &[(&str, &str)]) -> Result<S, Failure> {
        let mut arguments = self.house.arguments(service);
        arguments.extend(own.iter().flat_map(|(option, value)| [(*option).to_owned(), (*value).to_owned()]));
        arguments.extend_from_slice(self.given);
        // Of an option that stands twice the later one counts.
        // The environment is not looked at: what stands there is meant for something else.
        let command = S::command().mut_args(|argument| argument.env(Resettable::Reset));
        let matches = command.args_override_self(true).try_get_matches_from(arguments);
        let settings = matches.and_then(|matches| S::from_arg_matches(&matches));
        settings.map_err(|error| Failure::Start(error.to_string()))
    }

    async fn auth(&self) -> Result<Started, Failure> {
        use auth_service::{
            settings::Settings,
            startup::{Application, StartError},
        };
        let (house, handle_signals) = (self.house, self.handle_signals);
        let own = [
            ("--data-dir", &*house.directory().display().to_string()),
            ("--orders-resource", house.url(Service::Orders)),
            ("--admin-resource", house.url(Service::Admin)),
            ("--operator-password-file", &house.password_file().display().to_string()),
        ];
        let settings = Settings { handle_signals, ..self.settings(Service::Auth, &own)? };
        let built = Application::build(settings, Clock::system()).await.map_err(|error| match error {
            StartError::Server(error) => cannot_listen(Service::Auth, &error),
            other => Failure::Start(other.to_string()),
        })?;
        Ok(Started { handle: built.handle(), serving: built.run_until_stopped().boxed_local() })
    }

    async fn orders(&self) -> Result<Started, Failure> {
        use orders_service::{
            settings::Settings,
            startup::{Application, StartError},
        };
        let (house, handle_signals) = (self.house, self.handle_signals);
        let own = [
            ("--public-url", house.url(Service::Orders)),
            ("--admin-url", house.url(Service::Admin)),
            ("--admin-resource", house.url(Service::Admin)),
        ];
        let settings = Settings { handle_signals, ..self.settings(Service::Orders, &own)? };
        let built = Application::build(settings, Clock::system()).await.map_err(|error| match error {
            StartError::Server(error) => cannot_listen(Service::Orders, &error),
            other => Failure::Start(other.to_string()),
        })?;
        Ok(Started { handle: built.handle(), serving: built.run_until_stopped().boxed_local() })
    }

    async fn admin(&self) -> Result<Started, Failure> {
        use admin_service::{
            settings::Settings,
            startup::{Application, StartError},
        };
        let (house, handle_signals) = (self.house, self.handle_signals);
        let own = [
            ("--public-url", house.url(Service::Admin)),
            ("--auth-url", house.url(Service::Auth)),
            ("--auth-resource", house.url(Service::Auth)),
            ("--orders-url", house.url(Service::Orders)),
            ("--orders-resource", house.url(Service::Orders)),
        ];
        let settings = Settings { handle_signals, ..self.settings(Service::Admin, &own)? };
        let built = Application::build(settings, Clock::system()).await.map_err(|error| match error {
            StartError::Server(error) => cannot_listen(Service::Admin, &error),
            other => Failure::Start(other.to_string()),
        })?;
        Ok(Started { handle: built.handle(), serving: built.run_until_stopped().boxed_local() })
    }
}

/// A service names its own setting; here the port is chosen by an option of this program.
fn cannot_listen(service: Service, error: &ServerError) -> Failure {
    let ServerError::PortInUse { port, setting, .. } = error else { return Failure::Start(error.to_string()) };
    let option = service.port_option();
    let whose = if *setting == "PORT" { "" } else { "the metrics, 1000 above the port of " };
    Failure::Start(format!(
        "port {port} for {whose}{} is in use by another program; stop that, or choose other ports with {option}",
        service.name(),
    ))
}
