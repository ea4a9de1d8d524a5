//! Lists are given in pages: `?limit=` and `?cursor=` in, [`Page`] out.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Query};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Items in a page when the caller does not say.
pub const DEFAULT_LIMIT: u16 = 50;
/// Most items in a page.
pub const MAX_LIMIT: u16 = 100;
/// Longest position that a cursor may hold, bytes.
const LONGEST_POSITION: usize = 200;

/// Which page the caller asks for. As a handler's parameter it reads `limit` and `cursor` of the query string and
/// leaves all else there alone.
#[derive(Debug, Clone)]
pub struct PageQuery {
    limit: u16,
    after: Option<String>,
}

impl PageQuery {
    /// Reads the two parameters as they came.
    ///
    /// # Errors
    /// 422 naming the parameter: `limit` is no number of 1 to 100, or `cursor` was not given out by [`Page`].
    pub fn parse(limit: Option<&str>, cursor: Option<&str>) -> Result<Self, Problem> {
        let limit = match limit.map(str::parse) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
            Some(_) => return Err(Problem::invalid_field("limit", "must be a number of 1 to 100")),
        };
        let after = match cursor.map(read_cursor) {
            None => None,
            Some(Some(position)) => Some(position),
            Some(None) => return Err(Problem::invalid_field("cursor", "must be a next_cursor of this list")),
        };
        Ok(Self { limit, after })
    }

    /// Most items in the page, 1 to 100.
    #[must_use]
    pub fn limit(&self) -> usize {
        usize::from(self.limit)
    }

    /// How many rows to ask the store for: one more than the page holds tells whether there is a next one.
    #[must_use]
    pub fn fetch_limit(&self) -> i64 {
        i64::from(self.limit).saturating_add(1)
    }

    /// Position (in most lists the id) after which the page starts; `None` for the first page.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Makes the page from up to [`fetch_limit`](Self::fetch_limit) items in order. `position` names an item's place,
    /// in printable ASCII of at most 200 bytes.
    pub fn page<T>(&self, mut items: Vec<T>, position: impl Fn(&T) -> String) -> Page<T> {
        let more = items.len() > self.limit();
        items.truncate(self.limit());
        let last = items.last().filter(|_| more);
        let next_cursor = last.map(|item| URL_SAFE_NO_PAD.encode(position(item)));
        Page { items, next_cursor }
    }
}

impl Default for PageQuery {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, after: None }
    }
}

impl FromRequest for PageQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_query(request.query_string()))
    }
}

fn read_query(query: &str) -> Result<PageQuery, Problem> {
    let pairs = Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Problem::bad_request("The query string cannot be read."))?;
    let one = |name: &'static str| {
        let mut found = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(Problem::invalid_field(name, "is given twice")),
        }
    };
    PageQuery::parse(one("limit")?, one("cursor")?)
}

fn read_cursor(cursor: &str) -> Option<String> {
    let position = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
    let fits = !position.is_empty()
        && position.len() <= LONGEST_POSITION
        && position.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(position)
}

/// One page of a list, as it is answered: `{"items":[…],"next_cursor":null|"…"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; `None` when this is the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page of what `show` makes of each item.
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::{PageQuery, read_query};

    #[test]
    fn a_cursor_continues_after_the_last_item_of_the_page() {
        let first = read_query("limit=2&other=1").unwrap();
        assert_eq!((first.limit(), first.fetch_limit(), first.after()), (2, 3, None));

        let page = first.page(vec!["a", "b", "c"], |item| (*item).to_owned());
        assert_eq!(page.items, ["a", "b"]);
        let next = read_query(&format!("limit=2&cursor={}", page.next_cursor.unwrap())).unwrap();
        assert_eq!(next.after(), Some("b"));
        assert!(next.page(vec!["c"], |item| (*item).to_owned()).next_cursor.is_none());
    }

    #[test]
    fn limits_and_cursors_that_we_did_not_give_are_422() {
        for query in [
            "limit=0",
            "limit=101",
            "limit=x",
            "limit=-1",
            "limit=",
            "limit=1&limit=2",
            "cursor=",
            "cursor=%20",
            "cursor=AA",
            "cursor=!!",
        ] {
            assert_eq!(read_query(query).unwrap_err().status().as_u16(), 422, "{query}");
        }
        assert_eq!(PageQuery::default().limit(), 50);
    }
}
