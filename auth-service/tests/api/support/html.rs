//! A page as a browser reads it: what is shown, and the forms on it.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

/// A form, with what stands in its fields.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub action: String,
    /// Hidden ones too.
    pub fields: Vec<(String, String)>,
    /// Names and values of the buttons that send it.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// With another value. The form must have the field, or a button of this name and value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Some(field) = self.fields.iter_mut().find(|(field, _)| field == name) {
            field.1 = value.to_owned();
        } else {
            let button = (name.to_owned(), value.to_owned());
            assert!(self.buttons.contains(&button), "no field and no button {name}={value}: {self:?}");
            self.fields.push(button);
        }
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    pub fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(field, _)| field == name);
        &field.unwrap_or_else(|| panic!("no field {name}: {self:?}")).1
    }
}

#[derive(Debug, Default)]
pub struct Html {
    pub forms: Vec<Form>,
    /// Every element, in order, with its attributes.
    pub elements: Vec<(String, BTreeMap<String, String>)>,
    pub text: String,
}

impl Html {
    pub fn of(text: &str) -> Self {
        let mut page = Self::default();
        for token in Tokenizer::new(text) {
            match token.unwrap() {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter().map(|(name, value)| (utf8(name), utf8(value))).collect();
                    page.open(&utf8(&tag.name), &attributes);
                    page.elements.push((utf8(&tag.name), attributes));
                }
                Token::String(text) => page.text.push_str(&utf8(&text)),
                Token::Error(error) => panic!("{error:?} in {text}"),
                Token::EndTag(_) | Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        page
    }

    fn open(&mut self, element: &str, attributes: &BTreeMap<String, String>) {
        let attribute = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        let pair = (attribute("name"), attribute("value"));
        match (element, self.forms.last_mut()) {
            ("form", _) => {
                assert_eq!(attribute("method"), "post", "{attributes:?}");
                self.forms.push(Form { action: attribute("action"), ..Form::default() });
            }
            ("input", Some(form)) => form.fields.push(pair),
            ("button", Some(form)) => form.buttons.push(pair),
            _ => {}
        }
    }

    /// The form that is sent to `action`.
    pub fn form(&self, action: &str) -> Form {
        let form = self.forms.iter().find(|form| form.action == action);
        form.unwrap_or_else(|| panic!("no form for {action}: {self:?}")).clone()
    }
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
