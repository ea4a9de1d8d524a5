//! `cargo run`: the three services on this machine, the sequence against them, and then they keep serving, and with them
//! a partner's web site.

mod partner;
mod stop;
mod walk;

use std::process::ExitCode;

use clap::Parser;
use quickstart::cli::{Cli, Command};
use quickstart::house::House;
use quickstart::{Failure, services};
use service_kit::logging;

use stop::StopSignal;

#[actix_web::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // The walkthrough is what one wants to read here; RUST_LOG=info shows the services' log beside it.
    logging::init(match cli.command {
        Some(_) => &["auth_service", "orders_service", "admin_service", "shared_claims", "service_kit"],
        None => &[],
    });
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("quickstart: {}", logging::OneLine(&failure));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    if let Some(Command::Serve { service, settings }) = cli.command {
        return services::serve_one(&House::open(&cli.place)?, service, &settings).await;
    }
    let mut stop = StopSignal::listen()?;
    let house = House::open(&cli.place)?;
    // Not given up half way: it is over soon, and leaves nothing that still writes to the directory.
    let running = services::start_all(&house, &[]).await?;
    let ended = walk_and_serve(&cli, &house, &mut stop).await;
    running.stop().await;
    match ended {
        // Whoever runs it once wants to know whether the walk passed; nobody else needs to.
        Err(Failure::Stopped) if !cli.once => Ok(()),
        ended => ended,
    }
}

async fn walk_and_serve(cli: &Cli, house: &House, stop: &mut StopSignal) -> Result<(), Failure> {
    if cli.once {
        return stop.unless(walk::play(house, cli.json)).await;
    }
    // Before the walk, so that a port in use is known at once.
    let partner = stop.unless(partner::open(house)).await?;
    let ended = stop.unless(walk::play(house, cli.json)).await;
    let ended = match ended {
        Ok(()) => {
            walk::tell_where_to_go_next(house);
            partner::tell(house);
            stop.unless(std::future::pending()).await
        }
        failed => failed,
    };
    partner.stop().await;
    ended
}
