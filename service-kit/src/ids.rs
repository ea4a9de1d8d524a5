//! Identifiers that sort by the time they were made.

use uuid::Uuid;

/// A new identifier: `prefix`, an underscore, a UUIDv7 (RFC 9562 section 5.7) in lower-case hex with hyphens.
///
/// Within one process each identifier sorts after the one before it, even within a millisecond, so
/// "ascending by id" is "oldest first".
#[must_use]
pub fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7())
}

#[cfg(test)]
mod tests {
    use super::new_id;

    #[test]
    fn ids_made_in_a_row_sort_in_the_order_they_were_made() {
        let made: Vec<String> = (0..10_000).map(|_| new_id("ord")).collect();
        assert!(made.is_sorted());
        assert!(made.iter().all(|id| id.starts_with("ord_") && id.len() == 40));
    }
}
