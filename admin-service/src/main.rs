//! The program `admin-service`.

use std::process::ExitCode;

use admin_service::settings::{self, Settings};
use admin_service::startup::{Application, StartError};
use admin_service::store::MIGRATIONS;
use clap::{Parser, Subcommand};
use service_kit::Database;
use service_kit::health::HealthcheckArgs;
use service_kit::settings::DatabaseArgs;
use shared_claims::clock::Clock;

/// The internal application: operators register partners, complete fulfilments and read one audit trail
#[derive(Parser)]
#[command(name = "admin-service", version, arg_required_else_help = true)]
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

#[actix_web::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    service_kit::logging::init(&["admin_service", "shared_claims"]);
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            log::error!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), String> {
    let failed = |error: StartError| error.to_string();
    match command {
        Command::Serve(settings) => {
            let application = Application::build(*settings, Clock::system()).await.map_err(failed)?;
            application.run_until_stopped().await.map_err(|error| error.to_string())
        }
        Command::Migrate(database) => {
            let settings = settings::database_settings(&database).map_err(|error| error.to_string())?;
            Database::open_and_migrate(&settings, || MIGRATIONS).await.map(drop).map_err(|error| error.to_string())
        }
        Command::Healthcheck(healthcheck) => healthcheck.run(),
    }
}
