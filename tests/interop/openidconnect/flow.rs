//! The crate openidconnect brings a person here and back: discovery, PKCE, ID token, userinfo, refresh tokens.

use std::collections::HashMap;
use std::process::Command;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use openidconnect::core::{CoreErrorResponseType, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::url::Url;
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SubjectIdentifier, TokenResponse as _,
};
use serde_json::Value;

const CALLBACK: &str = "http://127.0.0.1:18125/callback";

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The crate leaves HTTP to others. Redirects are not followed, and a status of 4xx is an answer.
fn http(request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let settings = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
    let (parts, mut body) = settings.new_agent().run(request)?.into_parts();
    Ok(HttpResponse::from_parts(parts, body.read_to_vec()?))
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; start the tests with tests/interop/run"))
}

fn known() -> Value {
    serde_json::from_str(&std::fs::read_to_string(setting("INTEROP_KNOWN")).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn client(method: &str) -> Client {
    let known = known();
    let partner = &known["with_people"][method];
    let issuer = IssuerUrl::new(text(&known["issuer"])).unwrap();
    let metadata = CoreProviderMetadata::discover(&issuer, &http).unwrap();
    let secret = partner["client_secret"].as_str().map(|secret| ClientSecret::new(secret.to_owned()));
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(text(&partner["client_id"])), secret);
    let client = client.set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap());
    if method == "client_secret_post" { client.set_auth_type(AuthType::RequestBody) } else { client }
}

/// A person's way through it.
struct Flow {
    client: Client,
    answer: HashMap<String, String>,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Flow {
    fn of(method: &str, scope: &str) -> Self {
        let client = client(method);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        // It adds the scope `openid` by itself.
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scope.split(' ').map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let browser =
            Command::new(setting("INTEROP_PYTHON")).arg(setting("INTEROP_VISITOR")).arg(url.as_str()).output();
        let browser = browser.unwrap();
        assert!(browser.status.success(), "{}", String::from_utf8_lossy(&browser.stderr));
        let address = Url::parse(String::from_utf8(browser.stdout).unwrap().trim()).unwrap();
        let answer = address.query_pairs().into_owned().collect::<HashMap<_, _>>();
        // The crate leaves these two to who uses it: `state`, and `iss` (RFC 9207), which it does not know.
        assert_eq!(&answer["state"], state.secret());
        assert_eq!(answer["iss"], text(&known()["issuer"]));
        Self { client, answer, nonce, verifier }
    }

    fn tokens(&self) -> CoreTokenResponse {
        let code = AuthorizationCode::new(self.answer["code"].clone());
        let verifier = PkceCodeVerifier::new(self.verifier.secret().clone());
        self.client.exchange_code(code).unwrap().set_pkce_verifier(verifier).request(&http).unwrap()
    }
}

fn verifies(method: &str) {
    let flow = Flow::of(method, "profile email offline_access orders:read");
    let tokens = flow.tokens();
    let id_token = tokens.id_token().unwrap();
    // Which algorithm is allowed, it takes from the server's metadata.
    let other = flow.client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256]);
    assert!(id_token.claims(&other, &flow.nonce).is_err());
    let verifier = flow.client.id_token_verifier();
    let claims = id_token.claims(&verifier, &flow.nonce).unwrap();
    assert_eq!(claims.subject().as_str(), text(&known()["people"]["openidconnect"]["user_id"]));
    // The comparison that the crate leaves to who uses it.
    let algorithm = id_token.signing_alg().unwrap();
    let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, id_token.signing_key(&verifier).unwrap())
        .unwrap();
    assert_eq!(claims.access_token_hash(), Some(&hash));
    // Another nonce.
    assert!(id_token.claims(&verifier, &Nonce::new_random()).is_err());
    // Altered.
    let text = id_token.to_string();
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let altered = format!("{signed}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    let altered = altered.parse::<openidconnect::core::CoreIdToken>().unwrap();
    assert!(altered.claims(&verifier, &flow.nonce).is_err());

    let first = tokens.refresh_token().unwrap();
    let refresh = || flow.client.exchange_refresh_token(first).unwrap().request(&http);
    assert_ne!(refresh().unwrap().refresh_token().unwrap().secret(), first.secret());
    match refresh() {
        Err(RequestTokenError::ServerResponse(refused)) => {
            assert_eq!(*refused.error(), CoreErrorResponseType::InvalidGrant);
        }
        other => panic!("a refresh token was good twice: {other:?}"),
    }
}

#[test]
fn with_client_secret_basic() {
    verifies("client_secret_basic");
}

#[test]
fn with_client_secret_post() {
    verifies("client_secret_post");
}

#[test]
fn without_client_authentication() {
    verifies("none");
}

#[test]
fn it_asks_who_the_person_is() {
    let person = known()["people"]["openidconnect"].clone();
    let flow = Flow::of("none", "profile email");
    let token = flow.tokens().access_token().clone();
    let subject = SubjectIdentifier::new(text(&person["user_id"]));
    let asked = flow.client.user_info(token.clone(), Some(subject)).unwrap();
    let info: CoreUserInfoClaims = asked.request(&http).unwrap();
    assert_eq!(info.email().unwrap().as_str(), person["email"]);
    assert_eq!(info.email_verified(), Some(false));
    assert_eq!(info.name().unwrap().get(None).unwrap().as_str(), person["name"]);
    let another = flow.client.user_info(token, Some(SubjectIdentifier::new("usr_another".to_owned()))).unwrap();
    let info: Result<CoreUserInfoClaims, _> = another.request(&http);
    assert!(info.is_err());
}
