//! The command line. Every option has an environment variable, which `--help` names.

mod color;
mod explain;
mod failure;
mod secret_source;
mod serve;
mod walkthrough;

use clap::{Parser, Subcommand};

pub(crate) use failure::Failure;

/// A partner's program: walks through the sequence against running services, serves a web site, or explains a token.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the sequence: the client alone, or given the operator's password all of its 20 steps.
    Walkthrough(walkthrough::Arguments),
    /// Serve the partner's web site, for people with a browser.
    Serve(serve::Arguments),
    /// Decode a token and say, check by check, whether it would be accepted and why not.
    Explain(explain::Arguments),
}
