//! People, as operators write them. auth-service keeps them and knows the rules; here the shape is settled, as for
//! partners.

use serde::{Deserialize, Serialize, Serializer};
use service_kit::Secret;

use super::partner::given;

/// Somebody who is to be able to sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// What they sign in with; it belongs to one person.
    pub email: String,
    /// Their first password.
    #[serde(serialize_with = "handed_on")]
    pub password: Secret,
    /// What they are.
    pub roles: Vec<String>,
    /// What they are called.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What is to be changed of a person; what is not named stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// What they are called.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new password.
    #[serde(
        default,
        deserialize_with = "given",
        serialize_with = "handed_on_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub password: Option<Secret>,
    /// What they are.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Whether they may sign in.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A password goes out in one place, the body of the call to auth-service.
fn handed_on<S: Serializer>(password: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(password.expose())
}

fn handed_on_if_any<S: Serializer>(password: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    match password {
        Some(password) => handed_on(password, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_handed_on_as_written_and_the_password_printed_nowhere() {
        for json in [
            r#"{"email":"a@b.example","password":"correct horse","roles":[]}"#,
            r#"{"email":"a@b.example","password":"correct horse","roles":["auditor"],"name":"A"}"#,
        ] {
            let read: NewUser = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
            assert!(!format!("{read:?}").contains("horse"));
        }
        for json in ["{}", r#"{"password":"correct horse","status":"suspended"}"#] {
            let read: UserChange = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
            assert!(!format!("{read:?}").contains("horse"));
        }
    }

    #[test]
    fn null_and_unknown_fields_are_not_passed_over() {
        for json in [r#"{"password":null}"#, r#"{"roles":null}"#, r#"{"email":"a@b.example"}"#] {
            assert!(serde_json::from_str::<UserChange>(json).is_err(), "{json}");
        }
    }
}
