//! The program: reads the command line, and turns what comes of it into an exit code.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use orders_service::MIGRATIONS;
use orders_service::settings::{self, Settings, database};
use orders_service::startup::{Application, StartError};
use service_kit::Database;
use service_kit::health::HealthcheckArgs;
use service_kit::settings::DatabaseArgs;
use shared_claims::clock::Clock;

/// The target application: accounts, orders, fulfilment and signed receipts for partners.
#[derive(Parser)]
#[command(name = "orders-service", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT; brings the database up to date first
    Serve(Box<Settings>),
    /// Bring the database up to date, and end
    Migrate(DatabaseArgs),
    /// Ask the service at 127.0.0.1 whether it is alive; exit code 0 if it is
    Healthcheck(HealthcheckArgs<{ settings::PORT }>),
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the server broke down: {0}")]
    Io(#[from] io::Error),
    #[error("not healthy: {0}")]
    Unhealthy(String),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    service_kit::logging::init(&["orders_service", "shared_claims"]);
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where standard error is gone too, the code still tells.
            let _ = writeln!(io::stderr(), "orders-service: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    // For what does not belong to a request: fetching keys, group commits. Requests have the server's own threads.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    match command {
        Command::Serve(settings) => runtime.block_on(serve(*settings)),
        Command::Migrate(args) => runtime.block_on(migrate(&args)),
        Command::Healthcheck(healthcheck) => healthcheck.run().map_err(Failure::Unhealthy),
    }
}

async fn serve(settings: Settings) -> Result<(), Failure> {
    let application = Application::build(settings, Clock::system()).await?;
    Ok(application.run_until_stopped().await?)
}

async fn migrate(args: &DatabaseArgs) -> Result<(), Failure> {
    let settings = database(args).map_err(StartError::from)?;
    Database::open_and_migrate(&settings, || MIGRATIONS).await.map_err(StartError::from)?;
    Ok(())
}
