//! A salt, and what is none: each hash of a password has its own, it is no secret, and it signs nothing.

use auth_service::domain::email::Email;
use auth_service::store::users;

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

/// bcrypt writes `$2b$`, the cost, `$`, 22 characters of salt and 31 of hash.
async fn hash_of(app: &TestApp, email: &str) -> String {
    let user = users::find_by_email(&app.database.database, &Email::parse(email).unwrap()).await.unwrap().unwrap();
    user.password_hash
}

#[actix_web::test]
async fn two_people_with_one_password_have_two_salts_and_two_hashes() {
    let app = TestApp::start().await;
    let mut hashes = Vec::new();
    for email in ["one@example.com", "other@example.com"] {
        app.create_user(email, PASSWORD, &["auditor"]).await;
        app.log_in(email, PASSWORD).await.expect(200);
        hashes.push(hash_of(&app, email).await);
    }
    let salts = hashes.iter().map(|hash| &hash["$2b$04$".len()..][..22]).collect::<Vec<_>>();
    assert_ne!(salts[0], salts[1]);
    assert_ne!(hashes[0], hashes[1]);
}
