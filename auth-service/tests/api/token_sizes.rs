//! How long the tokens are that this service really issues. `docs/labs/token-sizes.md` shows the table.

use std::fmt::Write as _;

use crate::support::{ADMIN, TestApp};

const PAGE: &str = include_str!("../../../docs/labs/token-sizes.md");
const AGREEMENT: &str = "orders:read orders:write accounts:read accounts:write fulfilment:request";
const HEAD: &str = "\
| algorithm | token | header | payload | signature | token, with its two dots |
|---|---|--:|--:|--:|--:|
";

/// A token of a partner, one of a person, and one that was exchanged.
async fn tokens(app: &TestApp) -> [(&'static str, String); 3] {
    let partner = app.register_partner(AGREEMENT).await;
    let of_partner = app.request_token(&partner, &[]).await.expect(200).access_token();
    let exchanged = app.exchange("orders-service", &of_partner, ADMIN, &[]).await.expect(200).access_token();
    [
        ("a partner's, five scopes", of_partner),
        ("an operator's, four scopes and three roles", app.operator_token().await),
        ("the partner's, exchanged by orders-service", exchanged),
    ]
}

/// Every length is fixed by what the tokens say, so the table is the same at each run.
#[actix_web::test]
async fn the_table_of_token_sizes_is_up_to_date() {
    let mut table = HEAD.to_owned();
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let app = TestApp::with(&[("--signing-algorithm", algorithm)]).await;
        for (name, token) in tokens(&app).await {
            let parts = token.split('.').map(|part| part.len().to_string()).collect::<Vec<_>>();
            writeln!(table, "| {algorithm} | {name} | {} | {} |", parts.join(" | "), token.len()).unwrap();
        }
    }
    assert!(PAGE.contains(&table), "docs/labs/token-sizes.md should have this table:\n{table}");
}

/// RFC 3986 section 2.3: what needs no escaping, wherever in a URL it stands.
#[actix_web::test]
async fn a_token_has_only_characters_that_a_url_and_a_header_take_as_they_are() {
    let app = TestApp::start().await;
    for (name, token) in tokens(&app).await {
        let plain = |character: char| character.is_ascii_alphanumeric() || "-._~".contains(character);
        assert!(token.chars().all(plain), "{name}: {token}");
    }
}
