//! The command line. Every option has an environment variable, which `--help` names.

mod color;
mod explain;
mod failure;
mod secret_source;
mod walkthrough;

use clap::{Parser, Subcommand};

pub(crate) use failure::Failure;

/// A partner's program: walks through the sequence against running services, or explains a token.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the client, and given a password the operator, through steps 1 to 12 of the sequence.
    Walkthrough(walkthrough::Arguments),
    /// Decode a token and say, check by check, whether it would be accepted and why not.
    Explain(explain::Arguments),
}
