//! A page as a browser without scripts sees it: what it is called, what it says, and which forms it has.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::http::Answer;

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was loaded.
    pub url: Url,
    /// What it is called.
    pub title: String,
    /// All that can be read, with single spaces.
    pub text: String,
    /// Its forms, from top to bottom.
    pub forms: Vec<Form>,
    /// `Content-Security-Policy`: what the page may do.
    pub policy: Option<String>,
    /// `Referrer-Policy`: what a browser says of the page when it leaves it.
    pub referrer_policy: Option<String>,
}

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it is sent.
    pub action: Url,
    /// `get` or `post`.
    pub method: String,
    /// What it sends.
    pub fields: Vec<Field>,
}

/// Something that a form sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The value that it came with.
    pub value: String,
    /// How it gets the value that is sent.
    pub kind: Kind,
    /// What a person is told that it is.
    pub label: Option<String>,
}

/// How a field gets its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sent as it came.
    Hidden,
    /// Filled in.
    Filled,
    /// Sent if it is the one that is pressed.
    Button,
}

impl Page {
    /// The page of an answer, if it is one.
    #[must_use]
    pub fn read(answer: &Answer) -> Option<Self> {
        if answer.media_type() != "text/html" {
            return None;
        }
        let html = Html::parse_document(&answer.text());
        let title = selected(&html, "title").first().map(|title| words(*title)).unwrap_or_default();
        let text = selected(&html, "body").first().map(|body| words(*body)).unwrap_or_default();
        let forms = selected(&html, "form").into_iter().filter_map(|form| read_form(&html, form, &answer.url));
        let header = |name| answer.header(name).map(str::to_owned);
        Some(Self {
            url: answer.url.clone(),
            title,
            text,
            forms: forms.collect(),
            policy: header("content-security-policy"),
            referrer_policy: header("referrer-policy"),
        })
    }

    /// The value of the first field with this name, in whichever form.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.forms.iter().flat_map(|form| &form.fields);
        fields.find(|field| field.name == name).map(|field| field.value.as_str())
    }

    /// The first form that posts to this path.
    #[must_use]
    pub fn form(&self, path: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.action.path() == path && form.method == "post")
    }
}

impl Form {
    /// What is sent: hidden fields as they came, the others as `filled` says, and of buttons the one that is named there
    /// with its value.
    #[must_use]
    pub fn submission(&self, filled: &[(&str, &str)]) -> Vec<(String, String)> {
        let sent = |field: &Field| {
            let given = filled.iter().find(|(name, _)| *name == field.name).map(|(_, value)| (*value).to_owned());
            match field.kind {
                Kind::Hidden => Some(field.value.clone()),
                Kind::Filled => Some(given.unwrap_or_else(|| field.value.clone())),
                Kind::Button => given.filter(|value| *value == field.value),
            }
            .map(|value| (field.name.clone(), value))
        };
        self.fields.iter().filter_map(sent).collect()
    }

    /// The names of fields that a person is to fill in and is not told what they are.
    #[must_use]
    pub fn unlabelled(&self) -> Vec<&str> {
        let filled = self.fields.iter().filter(|field| field.kind == Kind::Filled);
        filled
            .filter(|field| field.label.as_deref().is_none_or(str::is_empty))
            .map(|field| field.name.as_str())
            .collect()
    }
}

fn read_form(html: &Html, form: ElementRef<'_>, url: &Url) -> Option<Form> {
    // No action, or an empty one, is the page itself (HTML section 4.10.21.3).
    let action = url.join(form.attr("action").unwrap_or_default()).ok()?;
    let method = form.attr("method").unwrap_or("get").to_ascii_lowercase();
    let controls = selector("input, button, select, textarea");
    let fields = controls.iter().flat_map(|controls| form.select(controls));
    Some(Form { action, method, fields: fields.filter_map(|control| read_field(html, control)).collect() })
}

fn read_field(html: &Html, control: ElementRef<'_>) -> Option<Field> {
    let name = control.attr("name").filter(|name| !name.is_empty())?.to_owned();
    let kind = match (control.value().name(), control.attr("type").unwrap_or_default()) {
        (_, "hidden") => Kind::Hidden,
        ("button", _) | ("input", "submit") => Kind::Button,
        _ => Kind::Filled,
    };
    let label = control.attr("aria-label").map(str::to_owned).or_else(|| label_of(html, control));
    Some(Field { name, value: control.attr("value").unwrap_or_default().to_owned(), kind, label })
}

/// The label that names the control, or that holds it.
fn label_of(html: &Html, control: ElementRef<'_>) -> Option<String> {
    let named = control
        .attr("id")
        .and_then(|id| selected(html, "label").into_iter().find(|label| label.attr("for") == Some(id)).map(words));
    let holding = || {
        control.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "label").map(words)
    };
    named.or_else(holding)
}

fn selected<'h>(html: &'h Html, css: &str) -> Vec<ElementRef<'h>> {
    selector(css).iter().flat_map(|selector| html.select(selector)).collect()
}

/// None of what is no selector; all of ours are.
fn selector(css: &str) -> Option<Selector> {
    Selector::parse(css).ok()
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().flat_map(|text| [text, " "]).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn page(body: &str) -> Page {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
        let url = "http://localhost:8080/sign-in?request=r".parse().unwrap();
        Page::read(&Answer { url, status: reqwest::StatusCode::OK, headers, body: body.into() }).unwrap()
    }

    const SIGN_IN: &str = r#"<!doctype html><title>Sign in</title><main><h1>Sign  in</h1>
        <form method="POST" action="/sign-in"><input type=hidden name=csrf value="a&amp;b">
        <label for=e>E-mail</label><input id=e name=email type=email>
        <label>Password <input name=password type=password></label><button>Sign in</button></form>
        <form method=post action="/consent"><input type=hidden name=csrf value=c>
        <button name=decision value=allow>Allow</button><button name=decision value=deny>Deny</button>
        <input name=bare></form>"#;

    #[test]
    fn a_form_is_sent_as_a_browser_sends_it() {
        let page = page(SIGN_IN);
        assert_eq!((page.title.as_str(), page.field("csrf")), ("Sign in", Some("a&b")));
        assert!(page.text.starts_with("Sign in E-mail"), "{}", page.text);
        let form = page.form("/sign-in").unwrap();
        assert_eq!(form.action.as_str(), "http://localhost:8080/sign-in");
        let sent = form.submission(&[("email", "a@example.com"), ("password", "p"), ("csrf", "mine")]);
        let pairs: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("csrf", "a&b"), ("email", "a@example.com"), ("password", "p")]);
    }

    #[test]
    fn of_several_buttons_one_is_pressed() {
        let page = page(SIGN_IN);
        let sent = page.form("/consent").unwrap().submission(&[("decision", "deny")]);
        let decisions: Vec<_> = sent.iter().filter(|(name, _)| name == "decision").collect();
        assert_eq!(decisions, [&("decision".to_owned(), "deny".to_owned())]);
    }

    #[test]
    fn a_field_without_a_label_is_noticed() {
        let page = page(SIGN_IN);
        assert_eq!(page.form("/sign-in").unwrap().unlabelled(), [""; 0]);
        assert_eq!(page.form("/consent").unwrap().unlabelled(), ["bare"]);
    }
}
