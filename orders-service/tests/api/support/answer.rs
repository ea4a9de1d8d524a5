//! An answer, read whole.

use reqwest::header::HeaderMap;
use serde_json::Value;

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // No session, so nothing that a browser would send by itself: whoever calls says who it is, each time.
        assert!(!headers.contains_key("set-cookie"), "{status} {headers:?}");
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// A text member of the body.
    pub fn text_of(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name} in {} {}", self.status, self.text)).to_owned()
    }

    /// The ids of a page, and where the next one begins.
    pub fn page(&self, id: &str) -> (Vec<String>, Option<String>) {
        let body = self.json();
        let items = body["items"].as_array().unwrap_or_else(|| panic!("{} {}", self.status, self.text));
        let ids = items.iter().map(|item| item[id].as_str().unwrap().to_owned()).collect();
        (ids, body["next_cursor"].as_str().map(str::to_owned))
    }

    /// Demands the status, and for an error a problem body (RFC 9457).
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        if status >= 400 {
            assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
            let body = self.json();
            assert_eq!((&body["type"], &body["status"]), (&"about:blank".into(), &status.into()), "{}", self.text);
            assert!(body["title"].is_string() && body["detail"].is_string(), "{}", self.text);
        }
        assert!(!self.header("x-request-id").is_empty());
        self
    }

    /// The field that a problem names first.
    pub fn wrong_field(&self) -> String {
        self.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    }
}
