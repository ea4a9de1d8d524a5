//! What may happen to the issuer: it is away, answers nonsense, too much, too late, or something else than it should.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared_claims::keys::{KeySource, RemotePolicy};
use shared_claims::verify::Refusal;
use shared_claims::verify::SignatureRefusal::UnknownKey;

use crate::support::issuer::{Answer, Issuer, free_address, until};
use crate::support::now;
use crate::{busy, mint, quiet, token_of, verifier};

#[tokio::test]
async fn an_issuer_that_is_away_at_the_start_is_found_when_it_is_back() {
    let mint = mint();
    let address = free_address().await;
    let policy = RemotePolicy { timeout: Duration::from_millis(100), ..quiet() };
    let location = format!("http://{address}/.well-known/jwks.json").parse().unwrap();
    let keys = shared_claims::keys::RemoteKeys::start(location, policy).unwrap();
    let refusal = verifier(&keys).verify(token_of(&mint).as_bytes()).await.err();
    assert_eq!(refusal, Some(Refusal::KeysUnavailable), "no fault of the token");
    assert!(!keys.is_ready());

    let issuer = Issuer::at(address, Answer::json(mint.jwks_json())).await;
    until("keys", || keys.is_ready()).await;
    now(verifier(&keys).verify(token_of(&mint).as_bytes())).unwrap();
    assert_eq!(keys.generation(), 0, "no key has gone");
    assert_eq!(issuer.requests(), 1);
}

/// A good set with one thing wrong.
fn spoilt(jwks: &str, spoil: impl Fn(&mut Value)) -> Answer {
    let mut document = serde_json::from_str(jwks).unwrap();
    spoil(&mut document);
    Answer::json(document.to_string())
}

#[tokio::test]
async fn whatever_the_issuer_answers_the_last_good_keys_stay() {
    let (mint, thief) = (mint(), mint());
    let good = mint.jwks_json();
    let elsewhere = Issuer::new(Answer::json(thief.jwks_json())).await;
    let issuer = Issuer::new(Answer::json(good.clone())).await;
    let keys = issuer.keys(busy());
    until("keys", || keys.is_ready()).await;

    let full = Answer::Http("200 OK", "application/json", [good.as_bytes(), &[b' '; 8 << 20]].concat());
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{good}", good.len() + 1);
    for (name, answer) in [
        ("500", Answer::Http("500 Internal Server Error", "application/json", good.clone().into_bytes())),
        ("404", Answer::Http("404 Not Found", "application/json", good.clone().into_bytes())),
        ("206", Answer::Http("206 Partial Content", "application/json", good.clone().into_bytes())),
        ("204", Answer::Http("204 No Content", "application/json", Vec::new())),
        ("a redirect", Answer::Redirect(elsewhere.url())),
        ("a redirect to itself", Answer::Redirect(issuer.url())),
        ("a redirect to a file", Answer::Redirect("file:///etc/passwd".to_owned())),
        ("HTML", Answer::Http("200 OK", "text/html", b"<html><body>Log in</body></html>".to_vec())),
        ("nothing", Answer::json("")),
        ("an empty object", Answer::json("{}")),
        ("an empty set", Answer::json(r#"{"keys":[]}"#)),
        ("a set of null", Answer::json(r#"{"keys":null}"#)),
        ("a list", Answer::json("[]")),
        ("a JWK and no set", spoilt(&good, |set| *set = set["keys"][0].clone())),
        ("keys for encryption", spoilt(&good, |set| set["keys"][0]["use"] = json!("enc"))),
        ("a shared secret", spoilt(&good, |set| set["keys"] = json!([{"kty": "oct", "k": "AAAA", "alg": "HS256"}]))),
        ("a point beside the curve", spoilt(&good, |set| set["keys"][0]["y"] = set["keys"][0]["x"].clone())),
        ("two keys of one name", spoilt(&good, |set| set["keys"] = json!([set["keys"][0], set["keys"][0]]))),
        ("8 MB", full),
        ("a body without an end", Answer::Endless),
        ("a cut body", Answer::Raw(cut.into_bytes())),
        ("no HTTP", Answer::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec())),
        ("a closed connection", Answer::Raw(Vec::new())),
        ("nothing at all", Answer::Hang),
    ] {
        issuer.answers(answer);
        issuer.has_answered().await;
        let verified = now(verifier(&keys).verify(token_of(&mint).as_bytes()));
        assert!(verified.is_ok(), "{name}: a request waits for nobody");
        assert!(keys.is_ready(), "{name}");
        assert_eq!(keys.generation(), 0, "{name}");
    }
    assert_eq!(elsewhere.requests(), 0, "no redirect was followed");

    mint.rotate(jsonwebtoken::Algorithm::ES256);
    issuer.answers(Answer::json(mint.jwks_json()));
    until("the new key", || keys.find(Some(mint.key().kid()), jsonwebtoken::Algorithm::ES256).is_some()).await;
    now(verifier(&keys).verify(token_of(&mint).as_bytes())).unwrap();
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit_and_no_further() {
    let mint = mint();
    let good = mint.jwks_json();
    let padded = |bytes: usize| Answer::json(format!("{good}{}", " ".repeat(bytes - good.len())));
    let issuer = Issuer::new(padded(2001)).await;
    let keys = issuer.keys(RemotePolicy { max_bytes: 2000, ..busy() });
    issuer.has_answered().await;
    assert!(!keys.is_ready(), "2,001 bytes");
    issuer.answers(padded(2000));
    until("2,000 bytes", || keys.is_ready()).await;
}

#[tokio::test]
async fn keys_that_are_no_use_here_do_not_spoil_the_others() {
    let mint = mint();
    let issuer = Issuer::new(spoilt(&mint.jwks_json(), |set| {
        let keys = set["keys"].as_array_mut().unwrap();
        keys.push(json!({"kty": "oct", "k": "AAAA", "alg": "HS256", "kid": "secret"}));
        keys.push(json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "coin"}));
        keys.push(json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "later"}));
        keys.push(json!("no key"));
        keys.push(json!(null));
    }))
    .await;
    let keys = issuer.keys(quiet());
    until("keys", || keys.is_ready()).await;
    now(verifier(&keys).verify(token_of(&mint).as_bytes())).unwrap();
}

#[tokio::test]
async fn known_keys_never_wait_while_a_fetch_hangs() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let keys = issuer.keys(RemotePolicy { cooldown: Duration::ZERO, ..quiet() });
    until("keys", || keys.is_ready()).await;
    issuer.answers(Answer::Hang);
    let waiting = tokio::spawn({
        let keys = keys.clone();
        async move { keys.refresh().await }
    });
    until("the hanging request", || issuer.requests() == 2).await;
    for _ in 0..100 {
        now(verifier(&keys).verify(token_of(&mint).as_bytes())).unwrap();
    }
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn a_request_waits_for_an_unknown_key_no_longer_than_agreed() {
    let (mint, stranger) = (mint(), mint());
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let policy = RemotePolicy { cooldown: Duration::ZERO, timeout: Duration::from_millis(150), ..quiet() };
    let keys = issuer.keys(policy);
    until("keys", || keys.is_ready()).await;
    issuer.answers(Answer::Hang);
    let started = Instant::now();
    let refusal = verifier(&keys).verify(token_of(&stranger).as_bytes()).await.err();
    assert_eq!(refusal, Some(Refusal::KeysUnavailable), "nothing can be said about the key");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());

    issuer.answers(Answer::json(mint.jwks_json()));
    let asked = async { while keys.refresh().await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(10), asked).await.unwrap();
    let refusal = verifier(&keys).verify(token_of(&stranger).as_bytes()).await.err();
    assert_eq!(refusal, Some(Refusal::Signature(UnknownKey)), "now it can");
}
