//! The program: reads the command line, calls the library, and turns what comes of it into an exit code.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use third_party_app::site::{Site, SiteOptions};
use tokio::runtime::Runtime;

use cli::{Cli, Command, Failure};

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(code) => code,
        Err(failure) => {
            // Where standard error is gone too, the code still tells.
            // A server's text may stand in it, and must not drive the terminal.
            let text = failure.to_string().replace(|c: char| c.is_control(), "\u{fffd}");
            let _ = writeln!(io::stderr(), "third-party-app: {text}");
            failure.exit_code()
        }
    }
}

impl Command {
    fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
        let mut out = io::stdout();
        match self {
            Self::Walkthrough(arguments) => {
                let options = arguments.into_options()?;
                runtime.block_on(third_party_app::walkthrough::run(options, &mut out))?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Serve(arguments) => serve(&runtime, &arguments.into_options()?, &mut out),
            Self::Explain(arguments) => {
                let options = arguments.into_options()?;
                let accepted = runtime.block_on(third_party_app::explain::run(&options, &mut out))?;
                Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
        }
    }
}

/// Until Ctrl-C or SIGTERM.
fn serve(runtime: &Runtime, options: &SiteOptions, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let served = tokio::task::LocalSet::new().block_on(runtime, async {
        let site = Site::open(options)?;
        // A terminal that is gone is no reason not to serve.
        let _ = writeln!(out, "Serving {} (listening on {})", options.public_url, site.address());
        site.run_until_stopped().await.map_err(Failure::Stopped)
    });
    served.map(|()| ExitCode::SUCCESS)
}
