//! One audit trail out of three. Each service keeps its own rows; here they are put in the order of time, page by page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use service_kit::AuditRow;
use service_kit::audit::{AuditRequest, Place};
use service_kit::page::Page;

/// What one service has to tell.
#[derive(Debug)]
pub struct TrailPage {
    /// In the order of time and then id, no more than were asked for.
    pub rows: Vec<AuditRow>,
    /// Whether it has more after these.
    pub more: bool,
}

/// A service told something else than it was asked for. The page that would come of it would lack rows, or hold wrong
/// ones, and nobody would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rows are not those that were asked for: {0}")]
pub struct BrokenTrail(&'static str);

impl TrailPage {
    /// Holds a service's rows against what was asked for.
    ///
    /// # Errors
    /// [`BrokenTrail`].
    pub fn check(&self, request: &AuditRequest) -> Result<(), BrokenTrail> {
        let (page, filter) = (self, &request.filter);
        let asked_for = |row: &AuditRow| {
            filter.partner.as_ref().is_none_or(|partner| row.partner.as_ref() == Some(partner))
                && filter.actor.as_ref().is_none_or(|actor| row.actor == *actor)
                && filter.from.is_none_or(|from| row.occurred_at >= from)
                && filter.to.is_none_or(|to| row.occurred_at < to)
        };
        if !page.rows.iter().all(asked_for) {
            return Err(BrokenTrail("a row is outside the filter"));
        }
        let after = filter.after.clone().map(|(time, event_id)| Place { time, event_id });
        let places: Vec<Place> = after.into_iter().chain(page.rows.iter().map(Place::of)).collect();
        if !places.is_sorted_by(|one, next| one < next) {
            return Err(BrokenTrail("a row is out of order, or was told before"));
        }
        let limit = request.page.limit();
        if page.rows.len() > limit || (page.more && page.rows.len() < limit) {
            return Err(BrokenTrail("their number is not the one asked for"));
        }
        Ok(())
    }
}

/// Puts the pages of several services together: the first rows of all, in the order of time and then id.
///
/// Each page holds as many rows as are asked for, or all that are left; so none that belongs among the first ones is
/// missing.
#[must_use]
pub fn merge(request: &AuditRequest, pages: impl IntoIterator<Item = TrailPage>) -> Page<AuditRow> {
    let mut items = Vec::new();
    let mut more = false;
    for page in pages {
        more |= page.more;
        items.extend(page.rows);
    }
    items.sort_by_cached_key(Place::of);
    more |= items.len() > request.page.limit();
    items.truncate(request.page.limit());
    let last = items.last().filter(|_| more);
    let next_cursor = last.map(|row| URL_SAFE_NO_PAD.encode(Place::of(row).to_string()));
    Page { items, next_cursor }
}

#[cfg(test)]
mod tests {
    use service_kit::Outcome;
    use service_kit::audit::AuditQuery;

    use super::*;

    fn row(time: i64, event_id: &str) -> AuditRow {
        AuditRow {
            event_id: event_id.to_owned(),
            occurred_at: time,
            service: "auth-service".to_owned(),
            action: "login".to_owned(),
            outcome: Outcome::Allowed,
            reason: None,
            actor: "usr_1".to_owned(),
            subject: None,
            partner: Some("cli_1".to_owned()),
            object: None,
            request_id: "request-1".to_owned(),
        }
    }

    fn request(query: AuditQuery) -> AuditRequest {
        AuditRequest::try_from(query).unwrap()
    }

    fn limited(limit: &str) -> AuditRequest {
        request(AuditQuery { limit: Some(limit.to_owned()), ..AuditQuery::default() })
    }

    fn ids(page: &Page<AuditRow>) -> Vec<&str> {
        page.items.iter().map(|row| row.event_id.as_str()).collect()
    }

    #[test]
    fn rows_come_in_the_order_of_time_and_then_id() {
        let pages = [
            TrailPage { rows: vec![row(1, "b"), row(3, "a")], more: false },
            TrailPage { rows: vec![row(1, "a"), row(2, "z")], more: false },
            TrailPage { rows: Vec::new(), more: false },
        ];
        let page = merge(&limited("10"), pages);
        assert_eq!(ids(&page), ["a", "b", "z", "a"]);
        assert_eq!(page.next_cursor, None);
    }

    #[test]
    fn a_page_goes_on_after_its_last_row() {
        let pages = [
            TrailPage { rows: vec![row(1, "a"), row(4, "d")], more: true },
            TrailPage { rows: vec![row(2, "b"), row(3, "c")], more: false },
        ];
        let page = merge(&limited("2"), pages);
        assert_eq!(ids(&page), ["a", "b"]);
        let next = request(AuditQuery { cursor: page.next_cursor, ..AuditQuery::default() });
        assert_eq!(next.filter.after, Some((2, "b".to_owned())));
    }

    #[test]
    fn there_is_more_when_one_service_alone_has_more() {
        let pages = [TrailPage { rows: vec![row(1, "a")], more: true }, TrailPage { rows: Vec::new(), more: false }];
        assert!(merge(&limited("1"), pages).next_cursor.is_some());
    }

    #[test]
    fn rows_that_were_not_asked_for_are_noticed() {
        let check = |request: &AuditRequest, rows, more| TrailPage { rows, more }.check(request);
        let any = limited("2");
        assert_eq!(check(&any, vec![row(1, "a"), row(1, "b")], true), Ok(()));
        assert!(check(&any, vec![row(2, "a"), row(1, "b")], false).is_err(), "out of order");
        assert!(check(&any, vec![row(1, "a"), row(1, "a")], false).is_err(), "twice");
        assert!(check(&any, vec![row(1, "a"), row(2, "b"), row(3, "c")], false).is_err(), "too many");
        assert!(check(&any, vec![row(1, "a")], true).is_err(), "less than asked for, and yet more to come");

        let cursor = Some(URL_SAFE_NO_PAD.encode("1:a"));
        let after = request(AuditQuery { cursor, ..AuditQuery::default() });
        assert!(check(&after, vec![row(1, "a")], false).is_err(), "told before");
        let of = |partner: &str, actor: &str| {
            let (partner, actor) = (Some(partner.to_owned()), Some(actor.to_owned()));
            request(AuditQuery { partner, actor, ..AuditQuery::default() })
        };
        assert_eq!(check(&of("cli_1", "usr_1"), vec![row(1, "a")], false), Ok(()));
        assert!(check(&of("cli_2", "usr_1"), vec![row(1, "a")], false).is_err(), "another partner");
        assert!(check(&of("cli_1", "usr_2"), vec![row(1, "a")], false).is_err(), "another actor");
        let time = |from: &str, to: &str| {
            let (from, to) = (Some(from.to_owned()), Some(to.to_owned()));
            request(AuditQuery { from, to, ..AuditQuery::default() })
        };
        let span = time("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z");
        assert_eq!(check(&span, vec![row(1_000_000, "a"), row(1_999_999, "a")], false), Ok(()));
        assert!(check(&span, vec![row(999_999, "a")], false).is_err(), "too early");
        assert!(check(&span, vec![row(2_000_000, "a")], false).is_err(), "too late");
    }
}
