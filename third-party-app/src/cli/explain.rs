//! `third-party-app explain`.

use std::io::{self, Read};

use clap::Args;
use third_party_app::explain::ExplainOptions;
use third_party_app::http::ConnectTo;
use third_party_app::inspect::{Agreement, MAX_TOKEN_BYTES};
use url::Url;

use super::Failure;
use super::color::Color;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 if the token is accepted, 1 if it is not, 2 if that cannot be found out. Without \
    --jwks no token is accepted: anybody can have written it. Nor is one without --issuer, --audience and --typ: it \
    can be from or for somebody else, or of another kind."
)]
pub(crate) struct Arguments {
    /// The token, or `-` to read it from standard input, where it stays out of the shell's history.
    token: String,

    /// Where the keys of the issuer are: the jwks_uri of its metadata.
    #[arg(long, env = "JWKS_URL", value_name = "URL")]
    jwks: Option<Url>,

    /// The issuer that it must be from.
    #[arg(long, env = "ISSUER")]
    issuer: Option<String>,

    /// The audience that it must be for.
    #[arg(long, env = "AUDIENCE")]
    audience: Option<String>,

    /// The kind of token that it must be, such as at+jwt.
    #[arg(long, env = "TYP")]
    typ: Option<String>,

    /// Send requests for the first host and port to the second, as curl does; may be repeated.
    #[arg(long, env = "CONNECT_TO", value_delimiter = ',', value_name = "HOST1:PORT1:HOST2:PORT2")]
    connect_to: Vec<ConnectTo>,

    /// When to use colours.
    #[arg(long, env = "COLOR", value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
}

impl Arguments {
    pub(crate) fn into_options(self) -> Result<ExplainOptions, Failure> {
        let token = if self.token == "-" { from_stdin()? } else { self.token };
        Ok(ExplainOptions {
            token,
            jwks: self.jwks,
            agreement: Agreement { issuer: self.issuer, audience: self.audience, typ: self.typ },
            connect_to: self.connect_to,
            color: self.color.on_stdout(),
        })
    }
}

/// Somewhat more than the longest token, so that one that is too long is seen to be.
fn from_stdin() -> Result<String, Failure> {
    let limit = u64::try_from(MAX_TOKEN_BYTES).unwrap_or(u64::MAX).saturating_mul(2);
    let mut token = String::new();
    io::stdin().take(limit).read_to_string(&mut token).map_err(Failure::Stdin)?;
    Ok(token)
}
