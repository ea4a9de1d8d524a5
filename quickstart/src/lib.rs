//! The three services on one machine, in one process: what `cargo run` starts, and what a lab plays against.

pub mod cli;
pub mod house;
pub mod persist;
pub mod services;

/// What went wrong, for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A service, or the partner's web site, cannot be started.
    #[error("{0}")]
    Start(String),
    /// A step of the walkthrough did not go as it should.
    #[error("{0}")]
    Walk(#[from] third_party_app::walkthrough::StepFailure),
    /// Ctrl-C or SIGTERM came first.
    #[error("stopped before the walkthrough was over")]
    Stopped,
    /// A file, or the system.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
