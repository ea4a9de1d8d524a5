//! From a page to the answer: the headers that every page has.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, ResponseError as _};
use askama::Template;
use service_kit::Problem;
use url::{Host, Url};

/// A page that can be answered with.
pub trait Page: Template {
    /// The answer. `redirect_uri` is where the form on the page leads in the end, if that is not here: Chromium holds the
    /// redirect after a `POST` against `form-action` too, so the policy must name it.
    fn answer(&self, status: StatusCode, redirect_uri: Option<&str>) -> HttpResponse {
        let body = match self.render() {
            Ok(body) => body,
            Err(error) => return Problem::internal(error).error_response(),
        };
        let mut answer = HttpResponse::build(status);
        answer.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
        answer.insert_header((CONTENT_SECURITY_POLICY, content_security_policy(redirect_uri)));
        answer.insert_header((CACHE_CONTROL, "no-store"));
        answer.insert_header((REFERRER_POLICY, "no-referrer"));
        answer.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        answer.body(body)
    }
}

impl<T: Template> Page for T {}

/// No script, no frame, nothing from elsewhere; forms lead to us, and from there to one other place at most.
fn content_security_policy(redirect_uri: Option<&str>) -> String {
    let elsewhere = redirect_uri.and_then(source).map(|source| format!(" {source}")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; form-action 'self'{elsewhere}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// The source expression (CSP level 3, section 2.3.1) that matches a redirect URI. Its grammar knows letters, digits,
/// dots and hyphens in a host. For others, such as `[::1]`, only the scheme can be named; and no host of anybody's
/// choice can end the directive with a `;` of its own.
fn source(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let plain = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    match url.host()? {
        Host::Domain(host) if plain(host) => Some(url.origin().ascii_serialization()),
        Host::Ipv4(_) => Some(url.origin().ascii_serialization()),
        Host::Domain(_) | Host::Ipv6(_) => Some(format!("{}:", url.scheme())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_lead_to_the_redirect_uri_and_nowhere_else() {
        let action = |redirect_uri| {
            let policy = content_security_policy(redirect_uri);
            let rest =
                "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
            let found = policy.split("; ").find_map(|part| part.strip_prefix("form-action 'self'")).unwrap().to_owned();
            assert_eq!(policy.replacen(&found, "", usize::from(!found.is_empty())), rest);
            found
        };
        assert_eq!(action(None), "");
        assert_eq!(action(Some("https://partner.example/callback?a=1;script-src *")), " https://partner.example");
        assert_eq!(action(Some("https://partner.example:8443/")), " https://partner.example:8443");
        assert_eq!(action(Some("http://127.0.0.1:54321/callback")), " http://127.0.0.1:54321");
        assert_eq!(action(Some("http://[::1]:54321/callback")), " http:");
        assert_eq!(action(Some("https://a;script-src.example/")), " https:");
        assert_eq!(action(Some("https://a,b.example/")), " https:");
        for other in ["javascript:alert(1)", "data:text/html,x", "/callback", "", "app:/callback"] {
            assert_eq!(action(Some(other)), "", "{other}");
        }
    }
}
