//! Secrets and tokens in what is shown: enough to recognize them, too little to use them.

use serde_json::Value;

/// How much is left of a secret, and of the signature of a token, in characters.
const SHOWN_OF_A_SECRET: usize = 4;
const SHOWN_OF_A_PART: usize = 8;

/// Members whose value is a credential whatever it looks like.
const SECRET_MEMBERS: [&str; 6] =
    ["client_secret", "password", "access_token", "refresh_token", "id_token", "client_assertion"];

/// Parameters of a URL that let whoever has them go on in somebody's place.
const SECRET_PARAMETERS: [&str; 4] = ["code", "request", "token", "id_token_hint"];

/// A JSON body without its secrets.
pub(crate) fn mask(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::String(secret) if SECRET_MEMBERS.contains(&name.as_str()) => mask_secret(&secret).into(),
                    other => mask(other),
                };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(mask).collect(),
        Value::String(text) => mask_text(&text).into(),
        other => other,
    }
}

/// A text, which may be a token.
pub(crate) fn mask_text(text: &str) -> String {
    mask_token(text.trim()).unwrap_or_else(|| text.to_owned())
}

/// A header of an answer.
pub(crate) fn mask_header(name: &str, value: &str) -> String {
    match name {
        "Location" => mask_url(value),
        "Set-Cookie" => mask_cookie(value),
        _ => value.to_owned(),
    }
}

/// A URL, or the end of one.
pub(crate) fn mask_url(url: &str) -> String {
    let Some((before, query)) = url.split_once('?') else { return url.to_owned() };
    let masked: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if SECRET_PARAMETERS.contains(&name) => format!("{name}={}", mask_secret(value)),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{before}?{}", masked.join("&"))
}

/// Name and attributes of a cookie are no secret.
fn mask_cookie(cookie: &str) -> String {
    let (pair, attributes) = cookie.split_once(';').map_or((cookie, None), |(pair, rest)| (pair, Some(rest)));
    let masked = match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", mask_secret(value)),
        None => mask_secret(pair),
    };
    attributes.map_or_else(|| masked.clone(), |attributes| format!("{masked};{attributes}"))
}

fn mask_secret(secret: &str) -> String {
    mask_token(secret).unwrap_or_else(|| start(secret, SHOWN_OF_A_SECRET))
}

/// The three parts of a compact JWS, if it is one. What the first two say is shown decoded.
fn mask_token(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('.').collect();
    match parts.as_slice() {
        [header, claims, signature] if header.starts_with("eyJ") => Some(format!(
            "{}.{}.{}",
            start(header, SHOWN_OF_A_PART),
            start(claims, SHOWN_OF_A_PART),
            start(signature, SHOWN_OF_A_SECRET)
        )),
        _ => None,
    }
}

/// The first characters; of a short text no more than a quarter.
fn start(text: &str, length: usize) -> String {
    let length = length.min(text.chars().count() / 4);
    format!("{}…", text.chars().take(length).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwOi8vbG9jYWxob3N0OjgwODAifQ.c2lnbmF0dXJlLWJ5dGVzLWhlcmU";

    #[test]
    fn a_secret_keeps_its_first_four_characters() {
        let masked = mask(json!({"client_id": "cli_1", "client_secret": "abcdefghijklmnopqrstuvwxyz"}));
        assert_eq!(masked, json!({"client_id": "cli_1", "client_secret": "abcd…"}));
    }

    #[test]
    fn a_short_secret_is_not_shown_whole() {
        assert_eq!(mask(json!({"password": "abcd"})), json!({"password": "a…"}));
        assert_eq!(mask(json!({"password": ""})), json!({"password": "…"}));
    }

    #[test]
    fn a_token_is_masked_wherever_it_stands() {
        let masked = "eyJhbGci….eyJpc3Mi….c2ln…";
        let body = json!({"access_token": TOKEN, "receipt": TOKEN, "items": [{"any": TOKEN}]});
        assert_eq!(mask(body), json!({"access_token": masked, "receipt": masked, "items": [{"any": masked}]}));
        assert_eq!(mask_text(&format!("{TOKEN}\n")), masked);
    }

    #[test]
    fn codes_and_cookies_are_masked_where_they_stand() {
        let url = "http://127.0.0.1:8083/callback?code=abcdefghijklmnop&state=xyz&iss=http%3A%2F%2Flocalhost%3A8080";
        let masked = "http://127.0.0.1:8083/callback?code=abcd…&state=xyz&iss=http%3A%2F%2Flocalhost%3A8080";
        assert_eq!(mask_url(url), masked);
        assert_eq!(mask_header("Location", "/sign-in?request=abcdefghijklmnop"), "/sign-in?request=abcd…");
        let cookie = "session=abcdefghijklmnop; HttpOnly; Path=/";
        assert_eq!(mask_header("Set-Cookie", cookie), "session=abcd…; HttpOnly; Path=/");
        assert_eq!(mask_header("Cache-Control", "no-store"), "no-store");
    }

    #[test]
    fn other_text_is_left_alone() {
        let body = json!({"version": "1.2.3", "url": "http://localhost:8081", "amount": 5, "none": null});
        assert_eq!(mask(body.clone()), body);
    }
}
