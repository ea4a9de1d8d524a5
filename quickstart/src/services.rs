//! The services in this process: started in order, stopped together.

use actix_web::dev::ServerHandle;
use clap::Parser;
use futures_util::future::{BoxFuture, FutureExt, LocalBoxFuture, join_all, select_all};
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
    handles: Vec<ServerHandle>,
    serving: Vec<actix_web::rt::task::JoinHandle<std::io::Result<()>>>,
}

impl Running {
    /// Stops them, letting requests that are under way finish.
    pub async fn stop(self) {
        join_all(self.handles.iter().map(|handle| handle.stop(true))).await;
        join_all(self.serving).await;
    }

    /// Serves until Ctrl-C or SIGTERM.
    pub async fn serve_until_stopped(self) -> Result<(), Failure> {
        stop_signal().await?;
        self.stop().await;
        Ok(())
    }
}

async fn stop_signal() -> std::io::Result<()> {
    let mut signals: Vec<BoxFuture<'static, std::io::Result<()>>> = vec![tokio::signal::ctrl_c().boxed()];
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        signals.push(async move { terminate.recv().await.ok_or(std::io::ErrorKind::Interrupted.into()) }.boxed());
    }
    select_all(signals).await.0
}

/// All three, the authorization server first.
pub async fn start_all(house: &House) -> Result<Running, Failure> {
    let mut running = Running { handles: Vec::new(), serving: Vec::new() };
    for service in [Service::Auth, Service::Orders, Service::Admin] {
        let started = start(house, service, false).await?;
        running.handles.push(started.handle);
        running.serving.push(actix_web::rt::spawn(started.serving));
    }
    Ok(running)
}

/// One, until it is stopped.
pub async fn serve_one(house: &House, service: Service) -> Result<(), Failure> {
    let started = start(house, service, true).await?;
    Ok(started.serving.await?)
}

async fn start(house: &House, service: Service, handle_signals: bool) -> Result<Started, Failure> {
    match service {
        Service::Auth => auth(house, handle_signals).await,
        Service::Orders => orders(house, handle_signals).await,
        Service::Admin => admin(house, handle_signals).await,
    }
}

/// The settings of a service, read from arguments as its own binary reads them.
fn settings<S: Parser>(mut arguments: Vec<String>, own: &[(&str, &str)]) -> Result<S, Failure> {
    arguments.extend(own.iter().flat_map(|(option, value)| [(*option).to_owned(), (*value).to_owned()]));
    S::try_parse_from(arguments).map_err(|error| Failure::Start(error.to_string()))
}

async fn auth(house: &House, handle_signals: bool) -> Result<Started, Failure> {
    use auth_service::{settings::Settings, startup::Application};
    let own = [
        ("--data-dir", &*house.directory().display().to_string()),
        ("--orders-resource", house.url(Service::Orders)),
        ("--admin-resource", house.url(Service::Admin)),
        ("--operator-password-file", &house.password_file().display().to_string()),
    ];
    let settings = Settings { handle_signals, ..settings(house.arguments(Service::Auth, "auth-service"), &own)? };
    let built = Application::build(settings, Clock::system()).await.map_err(|error| Failure::Start(error.to_string()))?;
    Ok(Started { handle: built.handle(), serving: built.run_until_stopped().boxed_local() })
}

async fn orders(house: &House, handle_signals: bool) -> Result<Started, Failure> {
    use orders_service::{settings::Settings, startup::Application};
    let own = [
        ("--public-url", house.url(Service::Orders)),
        ("--admin-url", house.url(Service::Admin)),
        ("--admin-resource", house.url(Service::Admin)),
    ];
    let settings = Settings { handle_signals, ..settings(house.arguments(Service::Orders, "orders-service"), &own)? };
    let built = Application::build(settings, Clock::system()).await.map_err(|error| Failure::Start(error.to_string()))?;
    Ok(Started { handle: built.handle(), serving: built.run_until_stopped().boxed_local() })
}

async fn admin(house: &House, handle_signals: bool) -> Result<Started, Failure> {
    use admin_service::{settings::Settings, startup::Application};
    let own = [
        ("--public-url", house.url(Service::Admin)),
        ("--auth-url", house.url(Service::Auth)),
        ("--auth-resource", house.url(Service::Auth)),
        ("--orders-url", house.url(Service::Orders)),
        ("--orders-resource", house.url(Service::Orders)),
    ];
    let settings = Settings { handle_signals, ..settings(house.arguments(Service::Admin, "admin-service"), &own)? };
    let built = Application::build(settings, Clock::system()).await.map_err(|error| Failure::Start(error.to_string()))?;
    Ok(Started { handle: built.handle(), serving: built.run_until_stopped().boxed_local() })
}
