//! A process of its own, because what this shows can be shown once only.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use support::Setting;

/// jsonwebtoken's provider is one for the whole process and can be set once. A library that set it, or used the global
/// one, would take the choice from the application.
#[test]
fn signing_and_verifying_leave_the_choice_of_a_crypto_provider_to_the_application() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256] {
        let setting = Setting::signing_with(algorithm);
        setting.verify(setting.good()).unwrap();
    }
    assert!(DEFAULT_PROVIDER.install_default().is_ok(), "nobody has installed one yet");
}
