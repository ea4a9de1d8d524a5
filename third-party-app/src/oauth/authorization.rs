//! The authorization request: a URL that the browser is sent to.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::Provider;
use crate::random::{NoRandom, unguessable};
use crate::secret::Secret;

/// How this program is registered with the one authorization server that it trusts.
#[derive(Debug, Clone)]
pub struct Client {
    /// The issuer that the registration is with. It is configured together with id and secret and never taken from
    /// what a resource names (RFC 9700 section 4.4.2: one client, one issuer for each registration).
    pub issuer: String,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// Where the browser comes back to, exactly as registered.
    pub redirect_uri: Url,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Scope values, separated by spaces.
    pub scope: &'a str,
    /// The resource that the access token is for (RFC 8707).
    pub resource: &'a str,
    /// `none`, `login` or `consent` (OpenID Connect Core section 3.1.2.1); left to the server if absent.
    pub prompt: Option<&'a str>,
}

/// The secret half of PKCE.
#[derive(Debug, Clone)]
pub struct PkceVerifier(Secret);

/// What is kept, for this browser alone, until the browser comes back.
#[derive(Debug, Clone)]
pub struct Pending {
    pub(super) issuer: String,
    pub(super) redirect_uri: Url,
    /// Binds the answer to the browser that asked (RFC 6749 section 10.12).
    pub state: Secret,
    /// Binds the ID token to the request (OpenID Connect Core section 3.1.2.1).
    pub nonce: Secret,
    /// Binds the code to whoever asked for it.
    pub verifier: PkceVerifier,
}

impl PkceVerifier {
    /// The verifier itself, for the token request.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// `BASE64URL(SHA256(verifier))` (RFC 7636 section 4.2).
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.expose().as_bytes()))
    }
}

impl From<&str> for PkceVerifier {
    fn from(verifier: &str) -> Self {
        Self(verifier.into())
    }
}

impl Pending {
    /// Begins anew: state, nonce and verifier are used for one request and no other.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn begin(client: &Client) -> Result<Self, NoRandom> {
        Ok(Self {
            issuer: client.issuer.clone(),
            redirect_uri: client.redirect_uri.clone(),
            state: unguessable()?.into(),
            nonce: unguessable()?.into(),
            verifier: PkceVerifier(unguessable()?.into()),
        })
    }

    /// Where the browser is sent.
    #[must_use]
    pub fn url(&self, provider: &Provider, client: &Client, ask: Ask<'_>) -> Url {
        let mut url = provider.authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.client_id)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("scope", ask.scope)
            .append_pair("resource", ask.resource)
            .append_pair("state", self.state.expose())
            .append_pair("nonce", self.nonce.expose())
            .append_pair("code_challenge", &self.verifier.challenge())
            .append_pair("code_challenge_method", "S256");
        if let Some(prompt) = ask.prompt {
            query.append_pair("prompt", prompt);
        }
        drop(query);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = PkceVerifier::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn nothing_of_a_request_is_used_again() {
        let client = Client {
            issuer: "http://localhost:8080".into(),
            client_id: "cli_1".into(),
            client_secret: "secret".into(),
            redirect_uri: "http://127.0.0.1:8083/callback".parse().unwrap(),
        };
        let [one, other] = [(); 2].map(|()| Pending::begin(&client).unwrap());
        let parts = |pending: &Pending| {
            [pending.state.expose(), pending.nonce.expose(), pending.verifier.expose()].map(str::to_owned)
        };
        let mut all: Vec<String> = parts(&one).into_iter().chain(parts(&other)).collect();
        assert!(all.iter().all(|value| value.len() == 43), "{all:?}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6);
        let printed = format!("{one:?}");
        assert!(all.iter().all(|value| !printed.contains(value)), "{printed}");
    }
}
