//! How often auth-service is asked: once for a token, and never for the check of one.

use crate::support::{House, Service, send};
use crate::walk::walked;

const CALLS: usize = 20;

/// How many requests auth-service has answered, of those whose labels hold `label`.
async fn asked(house: &House, label: &str) -> u64 {
    let metrics = house.metrics(Service::Auth).await;
    let counts = metrics.lines().filter(|line| line.starts_with("http_requests_total{") && line.contains(label));
    counts.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn one_token_request_is_enough_for_any_number_of_calls() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let before = asked(&house, "route=\"/oauth/token\"").await;
    // The registration makes one: admin-service exchanges the operator's token.
    let partner = operator.new_partner("calls").await;
    partner.new_order("first").await;
    for _ in 0..CALLS {
        assert_eq!(partner.orders().await.len(), 1);
    }
    assert_eq!(asked(&house, "route=\"/oauth/token\"").await - before, 2);
}

/// The documents say that a client authenticates twice: the first time, and when the token has expired (B13). Of the
/// first act's two partners one does the first, the other both; the issuer itself has recorded no more.
#[tokio::test]
async fn in_a_whole_walk_the_issuer_gives_three_tokens_to_two_partners() {
    let house = House::open().await;
    walked(&house).await;
    let decisions =
        house.column(Service::Auth, "audit_events", "action || ' ' || outcome || ' ' || coalesce(partner, '')");
    let partners = decisions.iter().filter_map(|decision| decision.strip_prefix("client.register allowed "));
    let partners = partners.collect::<Vec<_>>();
    // The third one acts for a person, in the second act.
    assert_eq!(partners.len(), 3);
    let count = |decision: &str, partner: &str| {
        decisions.iter().filter(|other| **other == format!("{decision} {partner}")).count()
    };
    let given = [partners[0], partners[1]].map(|partner| count("token.issue allowed", partner));
    assert_eq!(given.iter().sum::<usize>(), 3, "once for the one, twice for the other: {given:?}");
    let refused = [partners[0], partners[1]].map(|partner| count("token.issue refused", partner));
    assert_eq!(refused.iter().sum::<usize>(), 1, "when it was suspended: {refused:?}");
}

#[tokio::test]
async fn the_check_of_a_token_asks_nobody() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("calls").await;
    partner.new_order("first").await;
    let before = asked(&house, "").await;
    for _ in 0..CALLS {
        assert_eq!(partner.orders().await.len(), 1);
        assert_eq!(operator.fulfilments().await.len(), 0);
    }
    // Bad tokens ask nobody either: a known key whose signature does not match, and what is no token at all.
    let altered = format!("{}AAAAA", &partner.token[..partner.token.len() - 5]);
    for bad in [altered.as_str(), "x.y.z", "x"] {
        send(house.get(Service::Orders, "/orders").bearer_auth(bad)).await.unwrap().expect(401);
    }
    assert_eq!(asked(&house, "").await, before);
}
