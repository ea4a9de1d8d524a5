//! What a walk needs to know.

use url::Url;

use crate::http::ConnectTo;
use crate::secret::Secret;

/// The settings of a walk, one to a flag of `third-party-app walkthrough`.
#[derive(Debug, Clone)]
pub struct WalkthroughOptions {
    /// The issuer with which the client is registered, and whose accounts the operator has. No password and no client
    /// secret goes anywhere else, whatever a resource names.
    pub issuer: String,
    /// Where the API is that partners use.
    pub orders_url: Url,
    /// Where the operator's API is. The client does not use it.
    pub admin_url: Url,
    /// Who is played.
    pub cast: Cast,
    /// Detours, as with curl; the first that fits a URL counts.
    pub connect_to: Vec<ConnectTo>,
    /// One JSON object to a line instead of text.
    pub json: bool,
    /// Colours in the text.
    pub color: bool,
    /// A progress bar on standard error while a token expires; without it, one line in the report.
    pub progress: bool,
    /// Shows secrets and tokens in full.
    pub show_secrets: bool,
}

/// Who is played.
#[derive(Debug, Clone)]
pub enum Cast {
    /// The operator, who registers partners and a customer for the walk, the partners' programs, and the customer.
    OperatorAndClient {
        /// The operator's e-mail address.
        email: String,
        /// The operator's password.
        password: Secret,
    },
    /// One partner's program with a registration that exists; what needs the operator is skipped, aloud.
    ClientOnly {
        /// The partner's `client_id`.
        client_id: String,
        /// The partner's `client_secret`.
        client_secret: Secret,
    },
}

impl WalkthroughOptions {
    /// Plain text without colours, bar, detours and secrets.
    #[must_use]
    pub fn new(issuer: String, orders_url: Url, admin_url: Url, cast: Cast) -> Self {
        Self {
            issuer,
            orders_url,
            admin_url,
            cast,
            connect_to: Vec::new(),
            json: false,
            color: false,
            progress: false,
            show_secrets: false,
        }
    }
}
