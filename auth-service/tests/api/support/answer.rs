//! An answer, held against what all answers have in common.

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::html::Html;
use super::tokens;

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let path = response.url().path().to_owned();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Self { status, headers, text: response.text().await.unwrap() };
        assert!(answer.header("x-request-id").is_some_and(|id| id.len() >= 8), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
        // No script of another origin reads anything here, and no API has a session: only pages set a cookie, and the
        // redirects between them.
        for name in answer.headers.keys().map(reqwest::header::HeaderName::as_str) {
            assert!(!name.starts_with("access-control-"), "{answer:?}");
            assert!(name != "set-cookie" || answer.is_page() || answer.leads_to_a_page(), "{answer:?}");
        }
        if answer.is_page() {
            answer.assert_page_headers();
        }
        if path == "/oauth/token" {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        }
        if let Some(token) = answer.try_json().as_ref().and_then(|body| body["access_token"].as_str()) {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
            tokens::assert_holds_nothing_private(token);
        }
        answer
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Whether it is HTML.
    fn is_page(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
    }

    /// Whether it is a redirect within the house.
    fn leads_to_a_page(&self) -> bool {
        self.status == 303 && self.header("location").is_some_and(|to| to.starts_with('/') && !to.starts_with("//"))
    }

    /// Nobody frames it, nobody keeps it, no script runs in it, and it tells nobody where one comes from.
    fn assert_page_headers(&self) {
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"), "{self:?}");
        let policy = self.header("content-security-policy").unwrap_or_else(|| panic!("no policy: {self:?}"));
        let mut directives = policy.split("; ").collect::<Vec<_>>();
        let form_action = directives.remove(2);
        let fixed = ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"];
        assert_eq!(directives, fixed, "{self:?}");
        assert!(form_action.starts_with("form-action 'self'"), "{self:?}");
    }

    /// As a browser reads it.
    pub fn html(&self) -> Html {
        assert!(self.is_page(), "{self:?}");
        Html::of(&self.text)
    }

    /// A page that says what went wrong, with the id of the request.
    #[track_caller]
    pub fn expect_error_page(&self, status: u16) -> &Self {
        assert_eq!((self.status, self.is_page()), (status, true), "{self:?}");
        let page = self.html();
        assert!(page.forms.is_empty() && page.text.contains(self.header("x-request-id").unwrap()), "{self:?}");
        self
    }

    /// A redirect with GET to this address.
    #[track_caller]
    pub fn expect_redirect(&self, location: &str) -> &Self {
        assert_eq!((self.status, self.header("location")), (303, Some(location)), "{self:?}");
        self
    }

    fn try_json(&self) -> Option<Value> {
        serde_json::from_str(&self.text).ok()
    }

    pub fn json(&self) -> Value {
        self.try_json().unwrap_or_else(|| panic!("no JSON: {self:?}"))
    }

    /// The text of a member, such as `client_id`.
    pub fn text_of(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no {member}: {self:?}")).to_owned()
    }

    pub fn access_token(&self) -> String {
        self.text_of("access_token")
    }

    /// The ids of a list.
    pub fn ids(&self, member: &str) -> Vec<String> {
        let body = self.expect(200).json();
        let items = body["items"].as_array().unwrap();
        items.iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
    }

    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// RFC 6749 section 5.2.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        let members = self.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members, ["error", "error_description"], "{self:?}");
        assert_eq!(self.header("retry-after").is_some(), status == 503, "{self:?}");
        self
    }

    /// RFC 9457.
    #[track_caller]
    pub fn expect_problem(&self, status: u16) -> &Self {
        let body = self.json();
        assert_eq!((self.status, body["status"].as_u64()), (status, Some(u64::from(status))), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert!(body["type"] == "about:blank" && body["title"].is_string() && body["detail"].is_string(), "{self:?}");
        self
    }

    /// A 422 that names these fields and no others.
    #[track_caller]
    pub fn expect_fields(&self, fields: &[&str]) -> &Self {
        let body = self.expect_problem(422).json();
        let named = body["errors"].as_array().unwrap_or_else(|| panic!("no fields: {self:?}"));
        let named = named.iter().map(|error| error["field"].as_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(named, fields, "{self:?}");
        self
    }

    /// Every word of `secrets` stays out of the answer.
    #[track_caller]
    pub fn expect_no_echo(&self, secrets: &[&str]) -> &Self {
        for secret in secrets {
            assert!(!self.text.contains(secret), "{secret} is echoed: {self:?}");
            assert!(!format!("{:?}", self.headers).contains(secret), "{secret} is echoed: {self:?}");
        }
        self
    }
}
