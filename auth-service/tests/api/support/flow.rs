//! The authorization code flow, from the client's side.

use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use super::browser::Browser;
use super::{Answer, Partner, TestApp};

pub const REDIRECT_URI: &str = "https://partner.example/callback";

/// Of RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl TestApp {
    /// A partner whom people can allow this.
    pub async fn register_for_people(&self, name: &str, scope: &str) -> Partner {
        let body = json!({"client_name": name, "scope": scope, "redirect_uris": [REDIRECT_URI]});
        let answer = self.register(&body).await;
        answer.expect(201);
        Partner { client_id: answer.text_of("client_id"), secret: answer.text_of("client_secret") }
    }

    /// Redeems the code of the address that the client was called back at.
    pub async fn redeem(&self, partner: &Partner, location: &str) -> Answer {
        let code = parameter(location, "code").unwrap_or_else(|| panic!("no code: {location}"));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        Answer::of(self.form(&form).basic_auth(&partner.client_id, Some(&partner.secret))).await
    }

    pub async fn refresh(&self, partner: &Partner, refresh_token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        Answer::of(self.form(&form).basic_auth(&partner.client_id, Some(&partner.secret))).await
    }
}

impl Browser<'_> {
    /// The person, who has signed in here, allows the partner what it asks for; gives where the browser goes then.
    pub async fn allow(&self, partner: &Partner, scope: &str) -> String {
        let answer = self.follow(self.get(&authorize(partner, scope, &[])).await).await;
        let form = answer.expect(200).html().form("/consent").with("decision", "allow");
        self.submit(&form).await.expect(303).header("location").unwrap().to_owned()
    }
}

/// The address that a client sends a browser to; `more` may replace any parameter.
pub fn authorize(partner: &Partner, scope: &str, more: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", partner.client_id.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("scope", scope),
        ("state", "state-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
    let usual = usual.into_iter().filter(|(name, _)| !replaced(name));
    let query = Serializer::new(String::new()).extend_pairs(usual).extend_pairs(more).finish();
    format!("/oauth/authorize?{query}")
}

/// A parameter of the query of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let base = Url::parse("http://localhost:8080").unwrap();
    let address = base.join(address).unwrap();
    address.query_pairs().find(|(parameter, _)| parameter == name).map(|(_, value)| value.into_owned())
}
