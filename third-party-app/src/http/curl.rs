//! A request as a curl command that can be pasted.

use reqwest::Method;

use super::request::form_encoded;
use super::{Auth, Body, Capture, ConnectTo, Request, Variables, capture};

/// Stands for a credential that no variable holds.
const HIDDEN: &str = "[hidden]";

/// The words of a curl command.
pub struct Curl {
    /// Each option with its value.
    words: Vec<String>,
    before: Vec<String>,
    captures: Vec<Capture>,
}

impl Curl {
    /// The command for a request, in terms of these variables.
    #[must_use]
    pub fn new(request: &Request, variables: &Variables, rule: Option<&ConnectTo>) -> Self {
        let mut words = Vec::new();
        if request.method != Method::GET {
            words.push(format!("-X {}", request.method));
        }
        words.push(variables.word(request.url.as_str()));
        if let Some(rule) = rule {
            words.push(format!("--connect-to {}", variables.word(&rule.to_string())));
        }
        if request.cookies.is_some() {
            words.push("-b \"$COOKIES\" -c \"$COOKIES\"".to_owned());
        }
        words.extend(auth(&request.auth, variables));
        for (name, value) in &request.headers {
            words.push(format!("-H {}", variables.word(&format!("{name}: {value}"))));
        }
        match &request.body {
            Body::None => {}
            Body::Json(body) => {
                words.push("-H 'Content-Type: application/json'".to_owned());
                words.push(format!("-d {}", variables.json_word(body)));
            }
            Body::Form(parameters) => {
                words.extend(parameters.iter().map(|(name, value)| parameter(name, value, variables)));
            }
            Body::Fields(fields) => words.extend(fields.iter().map(|(name, value)| parameter(name, value, variables))),
        }
        Self { words, before: request.before.clone(), captures: request.captures.clone() }
    }

    /// The command alone, on one line, showing status and headers.
    #[must_use]
    pub fn command(&self) -> String {
        format!("curl -sS -i {}", self.words.join(" "))
    }

    /// What to paste: the variables that it needs, the command, and the variables that later commands need.
    #[must_use]
    pub fn script(&self) -> Vec<String> {
        let command = self.words.join(" \\\n     ");
        self.before.iter().cloned().chain(capture::script(&command, &self.captures)).collect()
    }
}

fn parameter(name: &str, value: &str, variables: &Variables) -> String {
    format!("--data-urlencode {}", variables.word(&format!("{name}={value}")))
}

/// Credentials are shown as variables, or not at all.
fn auth(auth: &Auth, variables: &Variables) -> Option<String> {
    let variable = |value: &str| variables.name_of(value).map(|name| format!("${{{name}}}"));
    match auth {
        Auth::None => None,
        Auth::Bearer(token) => {
            let token = variable(token).unwrap_or_else(|| HIDDEN.to_owned());
            Some(format!("-H \"Authorization: Bearer {token}\""))
        }
        Auth::Basic { client_id, client_secret } => {
            let id = match variable(client_id) {
                Some(id) => format!("\"{id}:"),
                None => format!("{}\":", variables.word(&form_encoded(client_id))),
            };
            let secret = client_secret.expose();
            // curl sends what follows `-u` as it is, so what RFC 6749 wants encoded is encoded here.
            let secret = match variables.name_of(secret) {
                None => HIDDEN.to_owned(),
                Some(name) if form_encoded(secret) == secret => format!("${{{name}}}"),
                Some(name) => format!("$(printf %s \"${name}\" | jq -sRr @uri)"),
            };
            Some(format!("-u {id}{secret}\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.set("CLIENT_ID", "cli_0123456789");
        variables.set("CLIENT_SECRET", "s3cr3t-s3cr3t");
        variables.set("ACCESS_TOKEN", "eyJhbGciOi.eyJpc3Mi.c2lnbmF0dXJl");
        variables
    }

    fn basic(secret: &str) -> Request {
        let mut request = Request::post("http://localhost:8080/oauth/token".parse().unwrap());
        request.auth = Auth::Basic { client_id: "cli_0123456789".to_owned(), client_secret: secret.into() };
        request.body = Body::Form(vec![("grant_type", "client_credentials".to_owned())]);
        request
    }

    #[test]
    fn credentials_are_variables() {
        let command = Curl::new(&basic("s3cr3t-s3cr3t"), &variables(), None).command();
        assert_eq!(
            command,
            "curl -sS -i -X POST 'http://localhost:8080/oauth/token' -u \"${CLIENT_ID}:${CLIENT_SECRET}\" \
             --data-urlencode 'grant_type=client_credentials'"
        );
    }

    #[test]
    fn a_secret_that_was_not_remembered_is_not_shown() {
        assert!(!Curl::new(&basic("other-secret"), &variables(), None).command().contains("other-secret"));
    }

    #[test]
    fn a_secret_that_rfc_6749_wants_encoded_is_encoded_by_the_command() {
        let mut variables = variables();
        variables.set("CLIENT_SECRET", "50%:secret");
        let command = Curl::new(&basic("50%:secret"), &variables, None).command();
        assert!(command.contains("| jq -sRr @uri)\""), "{command}");
    }

    #[test]
    fn a_captured_member_is_set_by_the_script() {
        let request = basic("s3cr3t-s3cr3t").capture("ACCESS_TOKEN", "access_token");
        let script = Curl::new(&request, &variables(), None).script().join("\n");
        assert!(script.starts_with("ACCESS_TOKEN=$(curl -sS -X POST \\\n"), "{script}");
        assert!(script.ends_with("| jq -r .access_token)"), "{script}");
    }

    #[test]
    fn several_members_come_from_one_request() {
        let request = basic("s3cr3t-s3cr3t").capture("A", "a").capture("B", "b");
        let script = Curl::new(&request, &variables(), None).script();
        assert_eq!(script.iter().filter(|line| line.contains("curl")).count(), 1);
        assert_eq!(script.len(), 3);
    }

    #[test]
    fn a_token_is_a_variable_and_a_detour_is_an_option() {
        let request = Request::post("http://localhost:8081/orders".parse().unwrap())
            .bearer("eyJhbGciOi.eyJpc3Mi.c2lnbmF0dXJl")
            .json(json!({"description": "A book"}));
        let rule = "localhost:8081:orders:8081".parse().unwrap();
        let command = Curl::new(&request, &variables(), Some(&rule)).command();
        assert!(command.contains(r#"-H "Authorization: Bearer ${ACCESS_TOKEN}""#), "{command}");
        assert!(command.contains("--connect-to 'localhost:8081:orders:8081'"), "{command}");
    }
}
