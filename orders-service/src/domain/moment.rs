//! Times are microseconds since 1970, UTC; in JSON they are RFC 3339. For `#[serde(serialize_with = …)]`.

use serde::Serializer;

/// Writes `2026-11-22T02:30:00.123456Z`.
pub fn rfc3339<S: Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&service_kit::time::to_rfc3339(*micros))
}
