//! `--color`.

use std::io;

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Also in a pipe.
    Always,
    /// Not even on a terminal.
    Never,
}

impl Color {
    pub(crate) fn on_stdout(self) -> bool {
        match self {
            Self::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
            Self::Always => true,
            Self::Never => false,
        }
    }
}
