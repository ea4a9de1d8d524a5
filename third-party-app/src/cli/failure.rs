//! What ends the program early, and with which code: 1 is a verdict, 2 is a command that could not be carried out.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use third_party_app::explain::ExplainError;
use third_party_app::site::SiteError;
use third_party_app::walkthrough::StepFailure;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Step(#[from] StepFailure),
    #[error(transparent)]
    Explain(#[from] ExplainError),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("{0}; see --help")]
    Usage(String),
    #[error("{path}: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the token cannot be read from standard input: {0}")]
    Stdin(io::Error),
    #[error("the site stopped: {0}")]
    Stopped(io::Error),
    #[error("the runtime cannot start: {0}")]
    Runtime(io::Error),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Step(_) => ExitCode::FAILURE,
            _ => ExitCode::from(2),
        }
    }
}
