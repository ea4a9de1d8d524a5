//! The binary of auth-service.

use std::io::Write;
use std::process::ExitCode;

use auth_service::operator;
use auth_service::settings::{self, Settings};
use auth_service::startup::Application;
use auth_service::store::MIGRATIONS;
use clap::{Parser, Subcommand};
use service_kit::health::HealthcheckArgs;
use service_kit::{Database, logging};
use shared_claims::clock::Clock;

/// The authorization server: issues tokens.
#[derive(Parser)]
#[command(name = "auth-service", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT; brings the database up to date first
    Serve(Settings),
    /// Bring the database up to date, and end
    Migrate(Settings),
    /// Ask the service at 127.0.0.1 whether it is alive; exit code 0 if it is
    Healthcheck(HealthcheckArgs<{ settings::PORT }>),
    /// Print the first operator's password
    OperatorPassword(Settings),
}

#[actix_web::main]
async fn main() -> ExitCode {
    logging::init(&["auth_service", "shared_claims", "service_kit"]);
    let done = match Cli::parse().command {
        Command::Serve(settings) => serve(settings).await,
        Command::Migrate(settings) => migrate_only(&settings).await,
        Command::Healthcheck(healthcheck) => healthcheck.run(),
        Command::OperatorPassword(settings) => print_password(&settings),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            log::error!("{reason}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Settings) -> Result<(), String> {
    let application = Application::build(settings, Clock::system()).await.map_err(|error| error.to_string())?;
    application.run_until_stopped().await.map_err(|error| error.to_string())
}

async fn migrate_only(settings: &Settings) -> Result<(), String> {
    let database = settings.database.settings(&settings.default_database_url()).map_err(|error| error.to_string())?;
    Database::open_and_migrate(&database, || MIGRATIONS).await.map(drop).map_err(|error| error.to_string())
}

fn print_password(settings: &Settings) -> Result<(), String> {
    let path = settings.operator_password_path();
    let password = operator::read_password(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let password = password.ok_or_else(|| format!("{} is not there: start auth-service once", path.display()))?;
    writeln!(std::io::stdout(), "{}", password.expose()).map_err(|error| error.to_string())
}
