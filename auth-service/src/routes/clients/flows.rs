//! What a registration says about the grants of a client, and about the browsers that it sends and takes back.

use std::collections::BTreeSet;

use service_kit::FieldError;

use crate::domain::client::{AuthMethod, KEYS_OF_SIGNERS, URIS_OF_BROWSERS};
use crate::domain::grant_type::GrantType;
use crate::domain::redirect_uri::{MOST, RedirectUri};

/// `grant_types`: what was asked for, or what goes with the rest of the registration.
pub(super) fn grant_types(
    asked: Option<&[String]>,
    method: AuthMethod,
    has_redirect_uris: bool,
) -> Result<BTreeSet<GrantType>, FieldError> {
    let wrong = |detail: String| Err(FieldError::new("/grant_types", detail));
    let is_public = method == AuthMethod::None;
    let Some(asked) = asked else {
        let with_browser = [GrantType::AuthorizationCode, GrantType::RefreshToken];
        let with_browser = with_browser.into_iter().filter(|_| has_redirect_uris || is_public);
        return Ok(with_browser.chain((!is_public).then_some(GrantType::ClientCredentials)).collect());
    };
    let of_partners = |text: &String| GrantType::parse(text).filter(|grant| grant.is_for_partners());
    let Some(grants) = asked.iter().map(of_partners).collect::<Option<BTreeSet<_>>>().filter(|set| !set.is_empty())
    else {
        let known = GrantType::ALL.iter().filter(|grant| grant.is_for_partners()).map(|grant| grant.as_str());
        return wrong(format!("must be some of these: {}", known.collect::<Vec<_>>().join(" ")));
    };
    if is_public && !grants.iter().all(|grant| grant.is_for_public_clients()) {
        return wrong("a public client can have authorization_code and refresh_token only".to_owned());
    }
    if grants.contains(&GrantType::RefreshToken) && !grants.contains(&GrantType::AuthorizationCode) {
        return wrong("refresh_token goes with authorization_code only".to_owned());
    }
    Ok(grants)
}

/// `redirect_uris`: at least one.
pub(super) fn redirect_uris(asked: &[String]) -> Result<Vec<RedirectUri>, FieldError> {
    if asked.is_empty() {
        return Err(FieldError::new("/redirect_uris", "must hold at least one"));
    }
    uris("/redirect_uris", asked)
}

/// `post_logout_redirect_uris` (OpenID Connect RP-Initiated Logout section 3.1), under the same rules.
pub(super) fn post_logout_redirect_uris(asked: &[String]) -> Result<Vec<RedirectUri>, FieldError> {
    uris("/post_logout_redirect_uris", asked)
}

fn uris(field: &str, asked: &[String]) -> Result<Vec<RedirectUri>, FieldError> {
    if asked.len() > MOST {
        return Err(FieldError::new(field, format!("must hold at most {MOST}")));
    }
    let parsed = asked.iter().map(|text| RedirectUri::parse(text)).collect::<Result<_, _>>();
    parsed.map_err(|error| FieldError::new(field, format!("each {error}")))
}

/// Redirect URIs and the grant that uses them go together.
pub(super) fn check(
    grants: &BTreeSet<GrantType>,
    redirect_uris: Option<&[String]>,
    post_logout: Option<&[String]>,
) -> Vec<FieldError> {
    let sends_people = grants.iter().any(|grant| grant.is_through_browser());
    let needed =
        (sends_people && redirect_uris.is_none()).then_some(("/redirect_uris", "is needed for authorization_code"));
    let unused = |field, uris: Option<&[String]>| {
        let any = uris.is_some_and(|uris| !uris.is_empty());
        (any && !sends_people).then_some((field, URIS_OF_BROWSERS))
    };
    let faults = [needed, unused("/redirect_uris", redirect_uris), unused("/post_logout_redirect_uris", post_logout)];
    faults.into_iter().flatten().map(|(field, detail)| FieldError::new(field, detail)).collect()
}

/// Keys go with signing assertions: there it needs some, elsewhere it may have none.
pub(super) fn check_keys(
    method: AuthMethod,
    grants: Option<&BTreeSet<GrantType>>,
    brings_keys: bool,
) -> Result<(), FieldError> {
    let grants_by_key = grants.is_some_and(|grants| grants.contains(&GrantType::JwtBearer));
    let signs = method == AuthMethod::PrivateKeyJwt || grants_by_key;
    match (signs, brings_keys) {
        (true, false) => Err(FieldError::new("/jwks", "is needed for private_key_jwt and for jwt-bearer")),
        (false, true) => Err(FieldError::new("/jwks", KEYS_OF_SIGNERS)),
        _ => Ok(()),
    }
}
