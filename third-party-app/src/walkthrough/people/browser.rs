//! A browser without scripts: it keeps cookies, loads pages, sends forms, and goes where it is redirected to within the
//! same server. Where a page's headers tell a browser what not to do, it does not do it.

use cookie_store::CookieStore;
use url::{Origin, Url};

use super::super::fault::Fault;
use super::super::stage::Stage;
use crate::html::{Form, Page};
use crate::http::{Answer, Body, Request};
use crate::report::mask_url;

/// What it keeps is for one person.
#[derive(Default)]
pub(super) struct Browser {
    jar: CookieStore,
    /// What the page forbids from which a form was sent last.
    sent_from: Option<Sender>,
}

struct Sender {
    page: Url,
    policy: String,
}

impl Browser {
    /// The cookies that go to a URL. They go by the host: another port of it gets them as well (RFC 6265 section 8.5).
    pub(super) fn cookies_for(&self, url: &Url) -> String {
        let pairs = self.jar.get_request_values(url).map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// A request that begins anew.
    pub(super) fn get(&mut self, url: Url) -> Request {
        self.sent_from = None;
        self.go_on(url)
    }

    /// A request that follows a redirect.
    pub(super) fn go_on(&self, url: Url) -> Request {
        let goes_on = url.query_pairs().any(|(name, _)| name == "request");
        let mut request = Request::get(url);
        request.cookies = Some(self.cookies_for(&request.url));
        // The page holds it too, since its form takes it along.
        if goes_on { request.capture_field("REQUEST", "request") } else { request }
    }

    /// A form, sent from its page.
    pub(super) fn submit(&mut self, page: &Page, form: &Form, filled: &[(&str, &str)]) -> Request {
        let mut request = Request::post(form.action.clone());
        request.cookies = Some(self.cookies_for(&request.url));
        request.headers.push(("Origin", origin_header(page)));
        request.headers.push(("Sec-Fetch-Site", site(page, &form.action).to_owned()));
        request.body = Body::Fields(form.submission(filled));
        self.sent_from = Some(Sender { page: page.url.clone(), policy: page.policy.clone().unwrap_or_default() });
        request
    }

    /// Sends a request and gives the page of the answer. The CSRF token of its first form is remembered.
    pub(super) async fn page(
        &mut self,
        stage: &mut Stage<'_>,
        request: Request,
        status: u16,
        what: &str,
    ) -> Result<Page, Fault> {
        let answer = self.send(stage, request.capture_field("CSRF", "csrf")).await?;
        stage.expect_status(&answer, status, what)?;
        Page::read(&answer).ok_or_else(|| Fault::Differs(format!("{} is no page", mask_url(answer.url.as_str()))))
    }

    /// Sends a request that is answered with a redirect, and tells where to.
    pub(super) async fn redirected(
        &mut self,
        stage: &mut Stage<'_>,
        request: Request,
        what: &str,
    ) -> Result<Url, Fault> {
        let answer = self.send(stage, request.capture_redirect("NEXT_URL")).await?;
        // 303 alone makes every browser forget the form that it sent (RFC 9110 section 15.4.4).
        stage.expect_status(&answer, 303, what)?;
        let to = answer.location().ok_or_else(|| Fault::Differs("a redirect to nowhere".to_owned()))?;
        if let Some(Sender { page, policy }) = &self.sent_from
            && !form_action_allows(policy, page, &to)
        {
            return Err(Fault::Differs(format!(
                "the page's form-action stops a browser on its way to {}: {policy}",
                mask_url(to.as_str())
            )));
        }
        Ok(to)
    }

    async fn send(&mut self, stage: &mut Stage<'_>, request: Request) -> Result<Answer, Fault> {
        let answer = stage.send(request).await?;
        for cookie in answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            self.jar
                .parse(cookie, &answer.url)
                .map_err(|error| Fault::Differs(format!("a browser would not keep a cookie: {error}")))?;
        }
        Ok(answer)
    }
}

/// The Fetch standard, "append a request `Origin` header": a page that sends no referrer sends no origin with a form.
fn origin_header(page: &Page) -> String {
    match page.referrer_policy.as_deref() {
        Some("no-referrer") => "null".to_owned(),
        _ => page.url.origin().ascii_serialization(),
    }
}

fn site(page: &Page, to: &Url) -> &'static str {
    if page.url.origin() == to.origin() { "same-origin" } else { "cross-site" }
}

/// Content Security Policy Level 3, `form-action`: it holds for where a form goes and for where that redirects to. Of
/// the source expressions those are known that name an origin.
fn form_action_allows(policy: &str, page: &Url, to: &Url) -> bool {
    let mut directives = policy.split(';').map(str::split_ascii_whitespace);
    let Some(sources) = directives.find_map(|mut words| (words.next() == Some("form-action")).then_some(words)) else {
        return true;
    };
    let origin = |source: &str| Url::parse(source).ok().map(|url| url.origin()).filter(Origin::is_tuple);
    sources.into_iter().any(|source| match source {
        "'self'" => page.origin() == to.origin(),
        source => origin(source) == Some(to.origin()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_cookie_goes_to_every_port_of_its_host_and_to_no_other_host() {
        let mut browser = Browser::default();
        browser.jar.parse("session=s; HttpOnly; SameSite=Lax; Path=/", &url("http://localhost:8080/sign-in")).unwrap();
        assert_eq!(browser.cookies_for(&url("http://localhost:8080/account")), "session=s");
        assert_eq!(browser.cookies_for(&url("http://localhost:9999/")), "session=s");
        assert_eq!(browser.cookies_for(&url("http://127.0.0.1:8080/")), "");
        browser.jar.parse("session=; Max-Age=0; Path=/", &url("http://localhost:8080/sign-out")).unwrap();
        assert_eq!(browser.cookies_for(&url("http://localhost:8080/account")), "");
    }

    #[test]
    fn a_form_and_its_redirects_go_where_the_page_allows() {
        let page = url("http://localhost:8080/consent");
        let allows = |policy, to| form_action_allows(policy, &page, &url(to));
        let policy = "default-src 'none'; form-action 'self' http://127.0.0.1:8083; base-uri 'none'";
        assert!(allows(policy, "http://localhost:8080/account"));
        assert!(allows(policy, "http://127.0.0.1:8083/callback?code=c"));
        assert!(!allows(policy, "http://127.0.0.1:9999/callback"));
        assert!(!allows("form-action 'self'", "http://127.0.0.1:8083/callback"));
        assert!(!allows("form-action 'none'", "http://localhost:8080/account"));
        assert!(
            allows("default-src 'none'", "http://127.0.0.1:9999/"),
            "form-action does not fall back to default-src"
        );
    }
}
