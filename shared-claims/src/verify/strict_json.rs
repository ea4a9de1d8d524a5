//! JSON that can be read in one way only: an object, no name twice at any depth, bounded nesting.
//!
//! Readers differ on which of two equal names they take (RFC 8259 section 4), so a token with one could mean one thing
//! to the issuer and another to us; RFC 7519 section 4 lets us refuse it.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::refusal::FormRefusal;

/// Deepest nesting of arrays and objects; real tokens need three.
const MAX_DEPTH: u8 = 16;

/// Reads one JSON object that fills `bytes`.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, FormRefusal> {
    let duplicate = Cell::new(false);
    let seed = Strict { depth: MAX_DEPTH, duplicate: &duplicate };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(Value::Object(members)) => Ok(members),
        Err(_) if duplicate.get() => Err(FormRefusal::DuplicateMember),
        Ok(_) | Err(_) => Err(FormRefusal::NotJsonObject),
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: u8,
    duplicate: &'a Cell<bool>,
}

impl Strict<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("no finite number"))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(name, value).is_some() {
                self.duplicate.set(true);
                return Err(A::Error::custom("duplicate member"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_may_stand_once_only_at_any_depth() {
        assert_eq!(object(br#"{"a":1,"a":1}"#), Err(FormRefusal::DuplicateMember));
        assert_eq!(object(br#"{"a":{"b":[{"c":1,"c":2}]}}"#), Err(FormRefusal::DuplicateMember));
        assert_eq!(object(br#"{"a":1,"\u0061":2}"#), Err(FormRefusal::DuplicateMember), "escapes are resolved first");
        assert!(object(br#"{"a":{"a":1},"b":{"a":2}}"#).is_ok());
    }

    #[test]
    fn only_a_single_object_is_one() {
        for text in ["", "[]", "null", "\"x\"", "1", "{", "{} {}", "{}x", "{'a':1}", "{\"a\":NaN}", "{\"a\":1e999}"] {
            assert_eq!(object(text.as_bytes()), Err(FormRefusal::NotJsonObject), "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(FormRefusal::NotJsonObject), "not UTF-8");
        assert!(object(b" {} \n").is_ok());
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(object(nested(15).as_bytes()).is_ok());
        assert_eq!(object(nested(16).as_bytes()), Err(FormRefusal::NotJsonObject));
        assert_eq!(object(nested(100_000).as_bytes()), Err(FormRefusal::NotJsonObject));
    }

    #[test]
    fn every_kind_of_value_is_kept() {
        let text = r#"{"a":[true,null,-1,2,1.5,"x",{"b":"\n"}]}"#;
        assert_eq!(Value::Object(object(text.as_bytes()).unwrap()), serde_json::from_str::<Value>(text).unwrap());
    }
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]{0,2}|.", inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// What is accepted is what serde_json reads; what it reads and is not accepted has one of three reasons.
    fn agrees_with_serde_json(text: &[u8]) -> Result<(), TestCaseError> {
        match (object(text), serde_json::from_slice::<Value>(text)) {
            (Ok(strict), Ok(lax)) => prop_assert_eq!(Value::Object(strict), lax),
            (Ok(_), Err(error)) => prop_assert!(false, "serde_json refuses it: {error}"),
            (Err(FormRefusal::DuplicateMember), _) | (Err(_), Err(_)) => {}
            (Err(_), Ok(lax)) => prop_assert!(!lax.is_object() || depth(&lax) > usize::from(MAX_DEPTH)),
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn every_object_that_serde_json_writes_is_read_the_same(value in value()) {
            let text = value.to_string();
            agrees_with_serde_json(text.as_bytes())?;
            prop_assert_eq!(object(text.as_bytes()).is_ok(), value.is_object());
        }

        #[test]
        fn a_changed_text_is_read_the_same_or_not_at_all(
            value in value(),
            at in any::<prop::sample::Index>(),
            into in prop_oneof![Just(b'"'), Just(b'{'), Just(b'}'), Just(b','), Just(b':'), Just(b'0'), any::<u8>()],
        ) {
            let mut text = value.to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = into;
            agrees_with_serde_json(&text)?;
        }

        #[test]
        fn a_name_that_stands_twice_is_found_at_any_place(
            names in proptest::collection::vec("[a-z]{1,3}", 1..8),
            depth in 0_usize..8,
        ) {
            let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":1")).collect();
            let text = format!("{}{{{}}}{}", "{\"x\":".repeat(depth), members.join(","), "}".repeat(depth));
            let different: std::collections::BTreeSet<_> = names.iter().collect();
            let expected = if different.len() == names.len() { None } else { Some(FormRefusal::DuplicateMember) };
            prop_assert_eq!(object(text.as_bytes()).err(), expected);
        }
    }
}
