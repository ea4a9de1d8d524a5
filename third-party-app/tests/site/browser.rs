//! A browser at the site: one cookie, and no redirect followed.

use std::collections::HashMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Method, RequestBuilder};
use url::Url;

pub struct Browser {
    http: Client,
    site: String,
    pub cookie: Option<String>,
    /// By which name it calls the site, if that is not its address.
    pub host: Option<String>,
}

pub struct Seen {
    pub status: u16,
    pub location: String,
    pub set_cookie: String,
    pub policy: String,
    pub body: String,
}

impl Browser {
    pub fn new(site: &str) -> Self {
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { http, site: site.to_owned(), cookie: None, host: None }
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        let request = self.http.get(format!("{}{path}", self.site));
        self.send(request).await
    }

    pub async fn get_as(&mut self, path: &str, name: &str, value: &str) -> Seen {
        let request = self.http.get(format!("{}{path}", self.site)).header(name, value);
        self.send(request).await
    }

    /// With this `Cookie` header, in whatever bytes.
    pub async fn get_with_cookies(&mut self, header: &[u8]) -> Seen {
        let own = self.cookie.take();
        let request = self.http.get(format!("{}/", self.site)).header(COOKIE, header);
        let seen = self.send(request).await;
        self.cookie = own;
        seen
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let request = self.http.post(format!("{}{path}", self.site)).form(fields);
        self.send(request).await
    }

    /// Any request, with a body of this type.
    pub async fn request(&mut self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Seen {
        let request = self.http.request(method, format!("{}{path}", self.site)).header(CONTENT_TYPE, kind);
        self.send(request.body(body)).await
    }

    /// Presses "Connect your account", and gives where the browser is sent, by parameter.
    pub async fn connect(&mut self) -> HashMap<String, String> {
        let csrf = self.get("/").await.field("csrf");
        let sent = self.post("/connect", &[("csrf", &csrf)]).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        Url::parse(&sent.location).unwrap().query_pairs().into_owned().collect()
    }

    /// Comes back with these parameters.
    pub async fn come_back(&mut self, parameters: &[(&str, &str)]) -> Seen {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.get(&format!("/callback?{query}")).await
    }

    async fn send(&mut self, mut request: RequestBuilder) -> Seen {
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(host) = &self.host {
            request = request.header(HOST, host);
        }
        let answer = request.send().await.unwrap();
        let header =
            |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let (location, set_cookie) = (header(LOCATION), header(SET_COOKIE));
        let policy = header(reqwest::header::CONTENT_SECURITY_POLICY);
        if let Some((pair, _)) = set_cookie.split_once(';') {
            self.cookie = Some(pair.to_owned());
        }
        let status = answer.status().as_u16();
        Seen { status, location, set_cookie, policy, body: answer.text().await.unwrap() }
    }
}

impl Seen {
    /// The value of the first field with this name.
    pub fn field(&self, name: &str) -> String {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}
