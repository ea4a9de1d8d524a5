//! Partners, as operators write them. A partner is an OAuth client of auth-service, which knows the rules; here the
//! shape is settled, so that nothing that an operator misspelt is passed over.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A partner to be registered, in the field names of RFC 7591.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerRegistration {
    /// Its name for people.
    pub client_name: String,
    /// "The agreement": the most that its tokens may allow, scope-tokens with single spaces between them.
    pub scope: String,
    /// How long its access tokens live, in seconds.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<u64>,
    /// How it proves who it is.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<AuthMethod>,
    /// Its public keys, for the assertions that it signs. Inline only: a URL would let an outsider have us call an address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Map<String, Value>>,
    /// Where people are sent back to with a code.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    /// Where people are sent back to when they have signed out.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// How it may get tokens.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
}

/// What is to be changed of a partner; what is not named stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerChange {
    /// Its name for people.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The agreement.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// How long its access tokens live, in seconds.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<u64>,
    /// Its public keys.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Map<String, Value>>,
    /// Where people are sent back to with a code.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    /// Where people are sent back to when they have signed out.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
}

/// A second secret for a partner.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// After this many seconds it ends by itself.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
}

/// How a client authenticates at the token endpoint (RFC 7591 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// Its secret, in the Authorization header.
    ClientSecretBasic,
    /// Its secret, in the form.
    ClientSecretPost,
    /// An assertion signed with its key.
    PrivateKeyJwt,
    /// Not at all: a public client (RFC 6749 section 2.1).
    None,
}

/// A field that may be left out but is not `null`: whoever writes null means something, and we do not know what.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_left_out_of_the_call_as_well() {
        let read: PartnerChange = serde_json::from_str(r#"{"access_token_lifetime":5}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"access_token_lifetime":5}"#);
        let read: PartnerRegistration = serde_json::from_str(r#"{"client_name":"A","scope":"orders:read"}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"client_name":"A","scope":"orders:read"}"#);
    }

    #[test]
    fn null_and_unknown_fields_are_not_passed_over() {
        for json in [r#"{"scope":null}"#, r#"{"jwks":null}"#, r#"{"status":"active"}"#, r#"{"jwks_uri":"http://x"}"#] {
            assert!(serde_json::from_str::<PartnerChange>(json).is_err(), "{json}");
        }
    }
}
