//! All pages, with names that would like to be more than names.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use html5gum::{Token, Tokenizer};
use shared_claims::scope::Scope;

use super::*;

/// Markup, ends of attributes and of elements, a turned direction, entities, and length.
fn hostile() -> [String; 6] {
    [
        "<script>alert(1)</script>".to_owned(),
        "\" autofocus onfocus=alert(1) x=\"".to_owned(),
        "' onclick='alert(1)".to_owned(),
        "</title></h1><style>*{display:none}</style>&lt;b&gt;".to_owned(),
        "\u{202E}elpmaxe.knab\u{202C}".to_owned(),
        "W".repeat(100),
    ]
}

/// Every page, with `text` wherever somebody else chooses the text.
fn pages(text: &str) -> Vec<(&'static str, HttpResponse)> {
    let (shown, ok, scope) = (Shown(text), StatusCode::OK, Scope::ALL.iter().copied().collect());
    let since = Day(1_795_314_600_123_456);
    let allowed = [Allowed { consent_id: text.to_owned(), client_name: text.to_owned(), scope, since }];
    let scope = &allowed[0].scope;
    let asked = SignIn {
        csrf: "t",
        link_csrf: "t",
        request: Some(text),
        client_name: Some(shown),
        email: shown,
        error: Some("The e-mail address or the password is wrong."),
    };
    let plain = SignIn { csrf: "t", link_csrf: "t", request: None, client_name: None, email: Shown(""), error: None };
    let consent = Consent {
        csrf: "t",
        request: text,
        client_name: shown,
        client_origin: shown,
        scope,
        offline_access: true,
        name: shown,
        email: shown,
        not_you: text,
    };
    let empty = Account { csrf: "t", name: shown, email: shown, allowed: &[] };

    vec![
        ("sign-in", asked.answer(StatusCode::UNAUTHORIZED, Some("https://partner.example/callback"))),
        ("plain sign-in", plain.answer(ok, None)),
        ("link-sent", LinkSent.answer(ok, None)),
        ("link-confirm", LinkConfirm { csrf: "t", token: text, email: shown }.answer(ok, None)),
        ("consent", consent.answer(ok, Some("https://partner.example/callback"))),
        ("account", Account { csrf: "t", name: shown, email: shown, allowed: &allowed }.answer(ok, None)),
        ("empty account", empty.answer(ok, None)),
        ("sign-out", SignOut { csrf: "t", email: shown }.answer(ok, None)),
        ("signed-out", SignedOut.answer(ok, None)),
        ("error", ErrorPage::new(shown.to_string(), shown.to_string()).answer(StatusCode::BAD_REQUEST, None)),
    ]
}

/// What a browser makes of a page.
#[derive(Default)]
struct Parsed {
    /// Names of elements in order, and their attributes.
    elements: Vec<(String, BTreeMap<String, String>)>,
    text: String,
}

impl Parsed {
    fn of(html: &str) -> Self {
        let mut parsed = Self::default();
        let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for token in Tokenizer::new(html) {
            match token.unwrap() {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter().map(|(name, value)| (utf8(name), utf8(value)));
                    parsed.elements.push((utf8(&tag.name), attributes.collect()));
                }
                Token::String(text) => parsed.text.push_str(&utf8(&text)),
                Token::Error(error) => panic!("{error:?} in {html}"),
                Token::EndTag(_) | Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        parsed
    }

    /// Elements and the names of their attributes: what must not depend on anybody's text.
    fn shape(&self) -> Vec<(&str, Vec<&str>)> {
        self.elements.iter().map(|(name, set)| (name.as_str(), set.keys().map(String::as_str).collect())).collect()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &BTreeMap<String, String>> {
        self.elements.iter().filter(move |(element, _)| element == name).map(|(_, attributes)| attributes)
    }

    fn has(&self, name: &str, attribute: &str, value: &str) -> bool {
        self.all(name).any(|attributes| attributes.get(attribute).is_some_and(|found| found == value))
    }
}

async fn parsed(text: &str) -> Vec<(&'static str, Parsed)> {
    let mut all = Vec::new();
    for (name, answer) in pages(text) {
        let body = to_bytes(answer.into_body()).await.unwrap();
        all.push((name, Parsed::of(std::str::from_utf8(&body).unwrap())));
    }
    all
}

#[actix_web::test]
async fn no_name_becomes_markup_anywhere() {
    let innocent = parsed("Example").await;
    for text in hostile() {
        for ((name, page), (_, model)) in parsed(&text).await.iter().zip(&innocent) {
            assert_eq!(page.shape(), model.shape(), "{name} with {text}");
            let (count, expected) =
                (page.text.matches(&Shown(&text).to_string()).count(), model.text.matches("Example").count());
            assert_eq!(count, expected, "{name} shows {text} as it is");
            assert!(!page.text.contains('\u{202E}'), "{name}");
        }
    }
    let consent = &innocent.iter().find(|(name, _)| *name == "consent").unwrap().1;
    assert!(consent.text.matches("Example").count() >= 4, "the check above looked at something");
}

#[test]
fn every_page_has_the_headers() {
    for (name, answer) in pages("Example") {
        let header =
            |header: &str| answer.headers().get(header).unwrap_or_else(|| panic!("{name}: {header}")).to_str().unwrap();
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.split("; ").any(|directive| directive == part), "{name}: {policy}");
        }
        let leads_away = ["sign-in", "consent"].contains(&name);
        assert_eq!(policy.contains("form-action 'self' https://partner.example;"), leads_away, "{name}: {policy}");
        assert!(leads_away || policy.contains("form-action 'self';"), "{name}: {policy}");
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
}

#[actix_web::test]
async fn every_form_is_posted_here_and_has_its_token() {
    let mut forms = 0;
    for (name, page) in parsed("Example").await {
        let is_token = |field: &&BTreeMap<String, String>| field.get("name").is_some_and(|name| name == "csrf");
        let tokens = page.all("input").filter(is_token).collect::<Vec<_>>();
        assert!(tokens.iter().all(|field| field["type"] == "hidden" && field["value"] == "t"), "{name}");
        assert_eq!(tokens.len(), page.all("form").count(), "{name}");
        for form in page.all("form") {
            assert!(form["method"] == "post" && form["action"].starts_with('/'), "{name}: {form:?}");
            forms += 1;
        }
    }
    assert_eq!(forms, 8);
}

#[actix_web::test]
async fn every_page_can_be_read_aloud_and_used_without_a_mouse() {
    for (name, page) in parsed("Example").await {
        assert!(page.has("html", "lang", "en"), "{name}");
        for once in ["h1", "main", "header", "footer", "title"] {
            assert_eq!(page.all(once).count(), 1, "{name}: {once}");
        }
        for never in ["script", "style", "iframe", "img", "object"] {
            assert_eq!(page.all(never).count(), 0, "{name}: {never}");
        }
        for (element, attributes) in &page.elements {
            let inline = |name: &String| name.starts_with("on") || name == "style";
            assert!(!attributes.keys().any(inline), "{name}: {element} {attributes:?}");
        }
        for field in page.all("input").filter(|field| field["type"] != "hidden") {
            assert!(page.has("label", "for", &field["id"]), "{name}: {field:?} has a label");
            assert!(["username", "current-password", "email"].contains(&field["autocomplete"].as_str()), "{name}");
            if let Some(described) = field.get("aria-describedby") {
                assert!(page.elements.iter().any(|(_, set)| set.get("id") == Some(described)), "{name}: {described}");
            }
        }
        let mut ids = page.elements.iter().filter_map(|(_, set)| set.get("id")).collect::<Vec<_>>();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id stands twice");
    }
}

#[actix_web::test]
async fn an_error_is_announced_and_tied_to_the_fields() {
    for (name, page) in parsed("Example").await {
        assert_eq!(page.has("p", "role", "alert"), ["sign-in", "error"].contains(&name), "{name}");
        let invalid = page.all("input").filter(|field| field.contains_key("aria-invalid")).count();
        assert_eq!(invalid, if name == "sign-in" { 2 } else { 0 }, "{name}");
    }
}

#[actix_web::test]
async fn to_allow_and_to_deny_look_alike() {
    let pages = parsed("Example").await;
    let consent = &pages.iter().find(|(name, _)| *name == "consent").unwrap().1;
    let mut buttons = consent.all("button").cloned().collect::<Vec<_>>();
    let decisions = buttons.iter_mut().map(|button| button.remove("value").unwrap()).collect::<Vec<_>>();
    assert_eq!(decisions, ["allow", "deny"]);
    assert_eq!(buttons[0], buttons[1]);
    for scope in Scope::ALL {
        assert!(consent.text.contains(words::of(*scope)), "{scope}");
    }
    assert!(consent.text.contains(words::whose(&Scope::ALL.iter().copied().collect()).unwrap()));
}
