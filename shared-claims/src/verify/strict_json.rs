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
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
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
}
