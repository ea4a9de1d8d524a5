//! One fetch at a time, and one in each cooldown, however many ask.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jsonwebtoken::Algorithm::ES256;
use serde_json::json;
use shared_claims::keys::{KeySource, RemotePolicy};
use shared_claims::verify::Refusal;
use shared_claims::verify::SignatureRefusal::UnknownKey;

use crate::support::US;
use crate::support::issuer::{Answer, Issuer, until};
use crate::{busy, mint, quiet, token_of, verifier};

/// A token of each of these made-up keys, at the same time.
async fn strangers(keys: &shared_claims::keys::RemoteKeys, number: usize) -> Vec<Option<Refusal>> {
    let mint = mint();
    let verifier = verifier(keys);
    let token = |index| {
        let unknown = json!(format!("made-up-{index}"));
        mint.access_token(US, "cli_1", "orders:read").header("kid", unknown).build()
    };
    let tokens: Vec<String> = (0..number).map(token).collect();
    join_all(tokens.iter().map(|token| verifier.verify(token.as_bytes()))).await.into_iter().map(Result::err).collect()
}

#[tokio::test]
async fn two_thousand_unknown_keys_cause_one_fetch_in_a_cooldown() {
    let cooldown = Duration::from_secs(1);
    let issuer = Issuer::new(Answer::json(mint().jwks_json())).await;
    let started = Instant::now();
    let keys = issuer.keys(RemotePolicy { cooldown, ..quiet() });
    until("keys", || keys.is_ready()).await;

    assert!(strangers(&keys, 10).await.iter().all(|refusal| *refusal == Some(Refusal::Signature(UnknownKey))));
    assert_eq!(issuer.requests(), 1, "the first fetch has its cooldown too");
    until("the end of the cooldown", || started.elapsed() > cooldown + Duration::from_millis(100)).await;
    let asking = Instant::now();
    for _ in 0..2 {
        let refusals = strangers(&keys, 1000).await;
        assert!(refusals.iter().all(|refusal| *refusal == Some(Refusal::Signature(UnknownKey))));
    }
    // All of it takes a tenth of the cooldown, unless the machine has other things to do.
    let cooldowns = usize::try_from(asking.elapsed().as_secs()).unwrap();
    assert!((2..=2 + cooldowns).contains(&issuer.requests()), "{} in {cooldowns} cooldowns", issuer.requests());
}

/// Were it claimed after the fetch, every request that comes while a slow issuer answers would ask it again.
#[tokio::test]
async fn the_cooldown_is_claimed_before_the_fetch() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let keys = issuer.keys(RemotePolicy { cooldown: Duration::from_millis(50), ..quiet() });
    until("keys", || keys.is_ready()).await;
    tokio::time::sleep(Duration::from_millis(60)).await;

    mint.rotate(ES256);
    issuer.answers(Answer::json(mint.jwks_json()).late(Duration::from_millis(300)));
    let (verifier, token) = (verifier(&keys), token_of(&mint));
    let first = tokio::spawn({
        let keys = keys.clone();
        async move { keys.refresh().await }
    });
    until("the slow request", || issuer.requests() == 2).await;
    // The cooldown is over by now, if it had begun with the request, and the answer has not come.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let all = join_all((0..500).map(|_| verifier.verify(token.as_bytes()))).await;
    assert!(all.iter().all(Result::is_ok), "everyone gets what the one fetch brings");
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(issuer.requests(), 2);
}

/// A request that comes before the first fetch has begun waits for that one and does not order another.
#[tokio::test]
async fn a_request_at_the_very_start_shares_the_first_fetch() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let keys = issuer.keys(quiet());
    let token = token_of(&mint);
    verifier(&keys).verify(token.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(issuer.requests(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let keys = issuer.keys(RemotePolicy { cooldown: Duration::ZERO, ..quiet() });
    until("keys", || keys.is_ready()).await;
    mint.rotate(ES256);
    issuer.answers(Answer::json(mint.jwks_json()));
    verifier(&keys).verify(token_of(&mint).as_bytes()).await.unwrap();
    assert_eq!(issuer.requests(), 2);
}

#[tokio::test]
async fn while_the_issuer_is_away_unknown_keys_do_not_hammer_it() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let policy = RemotePolicy { cooldown: Duration::ZERO, retry: crate::HOUR, ..quiet() };
    let keys = issuer.keys(policy);
    until("keys", || keys.is_ready()).await;
    issuer.answers(Answer::Http("503 Service Unavailable", "text/plain", Vec::new()));
    for _ in 0..3 {
        let refusals = strangers(&keys, 100).await;
        assert!(refusals.iter().all(|refusal| *refusal == Some(Refusal::KeysUnavailable)), "503 and not 401");
    }
    assert_eq!(issuer.requests(), 2, "one fetch, then quiet until the next try");
}

#[tokio::test]
async fn fetching_ends_with_the_last_clone() {
    let issuer = Issuer::new(Answer::json(mint().jwks_json())).await;
    let keys = issuer.keys(busy());
    let clone = keys.clone();
    drop(keys);
    issuer.has_answered().await;
    drop(clone);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let requests = issuer.requests();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(issuer.requests(), requests);
}
