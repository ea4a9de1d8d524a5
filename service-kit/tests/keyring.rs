//! Keys at rest: one for all replicas, unreadable without the key-encryption key.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod support;

use std::io;

use service_kit::Database;
use service_kit::keyring::{KeyEncryptionKey, KeyringError, NewKey, SealedKeys, StoredKey};
use support::fresh;

fn kek() -> KeyEncryptionKey {
    let folder = tempfile::tempdir().unwrap();
    KeyEncryptionKey::load_or_create(&folder.path().join("kek")).unwrap()
}

fn new_key() -> Result<NewKey, io::Error> {
    let kid = service_kit::ids::new_id("kid");
    let secret = format!("secret of {kid}").into_bytes().into();
    Ok((kid, secret))
}

async fn first_key(database: &Database, kek: &KeyEncryptionKey) -> Vec<StoredKey> {
    SealedKeys::load_or_generate(database, kek, "test", 7, new_key).await.unwrap()
}

#[tokio::test]
async fn replicas_that_start_at_once_end_with_one_key() {
    let test = fresh().await;
    let kek = kek();
    let replicas: Vec<Database> = (0..6).map(|_| test.reopen().unwrap()).collect();
    let keys = futures_util::future::join_all(replicas.iter().map(|replica| first_key(replica, &kek))).await;
    let first = keys[0][0].clone();
    assert_eq!((first.created_at, first.generation), (7, 1));
    assert_eq!(first.secret.as_slice(), format!("secret of {}", first.kid).as_bytes());
    for mine in &keys {
        assert_eq!((mine.len(), &mine[0].kid, &mine[0].secret), (1, &first.kid, &first.secret));
    }
    assert!(!format!("{first:?}").contains("secret of"));
}

#[tokio::test]
async fn the_key_survives_a_restart_and_purposes_are_apart() {
    let test = fresh().await;
    let kek = kek();
    let before = first_key(&test.database, &kek).await;
    let after = first_key(&test.reopen().unwrap(), &kek).await;
    assert_eq!(before[0].kid, after[0].kid);
    let other = SealedKeys::load_or_generate(&test.database, &kek, "other", 7, new_key).await.unwrap();
    assert_ne!(other[0].kid, before[0].kid);
}

#[tokio::test]
async fn another_key_encryption_key_is_refused_with_a_text_that_says_so() {
    let test = fresh().await;
    first_key(&test.database, &kek()).await;
    let error = SealedKeys::load_or_generate(&test.database, &kek(), "test", 7, new_key).await.unwrap_err();
    assert!(matches!(error, KeyringError::WrongKey { .. }));
    assert!(error.to_string().contains("KEY_ENCRYPTION_KEY_FILE"), "{error}");
}

#[tokio::test]
async fn two_replicas_that_rotate_at_once_add_one_key_and_old_ones_can_go() {
    let test = fresh().await;
    let kek = kek();
    let first = first_key(&test.database, &kek).await;
    let replica = test.reopen().unwrap();
    let rotate = |database| SealedKeys::add_next(database, &kek, "test", 1, 8, new_key);
    let (mine, theirs) = tokio::join!(rotate(&test.database), rotate(&replica));
    let (mine, theirs) = (mine.unwrap(), theirs.unwrap());
    assert_eq!(mine.iter().map(|key| key.generation).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(mine[1].kid, theirs[1].kid);

    assert!(SealedKeys::remove(&test.database, "test", &first[0].kid).await.unwrap());
    assert!(!SealedKeys::remove(&test.database, "test", &first[0].kid).await.unwrap());
    assert_eq!(SealedKeys::load(&replica, &kek, "test").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_cannot_be_made_is_an_error_and_stores_nothing() {
    let test = fresh().await;
    let kek = kek();
    let failing = || Err::<NewKey, _>("no luck");
    let error = SealedKeys::load_or_generate(&test.database, &kek, "test", 7, failing).await.unwrap_err();
    assert!(error.to_string().contains("no luck"));
    assert!(SealedKeys::load(&test.database, &kek, "test").await.unwrap().is_empty());
}
