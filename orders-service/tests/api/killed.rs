//! The program itself, killed without warning while it waits for admin-service.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use service_kit::keyring::KeyEncryptionKey;
use service_kit::testing::TestDatabase;
use shared_claims::testing::{Mint, TestClock};

use super::support::{AUDIENCE, Answer, FakePeers, ISSUER, Mood, PARTNER_SCOPE, order_for};

/// A process that dies with the test.
struct Program {
    child: Child,
    base: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        // SIGKILL: nothing is tidied up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    async fn start(database: &TestDatabase, kek: &std::path::Path, peers: &FakePeers) -> Self {
        let port = FakePeers::absent().port;
        let peer = format!("http://127.0.0.1:{}", peers.port);
        let child = Command::new(env!("CARGO_BIN_EXE_orders-service"))
            .arg("serve")
            .args([&format!("--port={port}"), "--management-port=0", "--workers=1"])
            .args([
                &format!("--issuer={ISSUER}"),
                &format!("--public-url={AUDIENCE}"),
                &format!("--jwks-url={peer}/jwks"),
            ])
            .args([&format!("--token-url={peer}/oauth/token"), &format!("--admin-url={peer}")])
            .env("DATABASE_URL", database.settings().url.expose())
            .env("KEY_ENCRYPTION_KEY_FILE", kek)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let program = Self { child, base: format!("http://127.0.0.1:{port}") };
        let (http, started) = (Client::new(), Instant::now());
        loop {
            let ready = http.get(format!("{}/readyz", program.base)).send().await;
            if ready.is_ok_and(|answer| answer.status() == 200) {
                return program;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "it does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn post(&self, token: &str, path: &str, body: &serde_json::Value) -> Answer {
        let request = Client::new().post(format!("{}{path}", self.base)).bearer_auth(token);
        Answer::of(request.header("idempotency-key", "key-1").json(body).send().await.unwrap()).await
    }
}

/// The program has the system's clock, so the issuer must have it too.
fn clock_of_today() -> TestClock {
    let clock = TestClock::new();
    let (now, then) = (service_kit::time::system_now_micros(), clock.clock().micros());
    clock.advance(Duration::from_micros((now - then).unsigned_abs()));
    clock
}

#[tokio::test]
async fn killed_while_admin_service_is_asked_the_repeated_request_completes_the_same_fulfilment() {
    let peers = FakePeers::start().await;
    let mint = Mint::new(ISSUER, clock_of_today());
    peers.state().jwks = Some(mint.jwks_json());
    let database = TestDatabase::create().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kek = folder.path().join("kek");
    KeyEncryptionKey::load_or_create(&kek).unwrap();
    let token = mint.access_token(AUDIENCE, "cli_1", PARTNER_SCOPE).build();

    let program = Program::start(&database, &kek, &peers).await;
    let account = serde_json::json!({"external_id": "reader", "display_name": "A reader"});
    let account = program.post(&token, "/accounts", &account).await.expect(201).text_of("account_id");
    let request = Client::new().post(format!("{}/orders", program.base)).bearer_auth(&token);
    let order = Answer::of(request.json(&order_for(&account)).send().await.unwrap()).await.text_of("order_id");
    let path = format!("/orders/{order}/fulfilment");

    peers.admin_is(Mood::Silent);
    let (url, bearer) = (format!("{}{path}", program.base), token.clone());
    let lost = tokio::spawn(async move {
        Client::new().post(url).bearer_auth(bearer).header("idempotency-key", "key-1").send().await.map(drop)
    });
    let asked = Instant::now();
    while peers.state().handovers.is_empty() {
        assert!(asked.elapsed() < Duration::from_secs(5), "admin-service was not asked");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(program);
    assert!(lost.await.unwrap().is_err(), "the partner has no answer");

    peers.admin_is(Mood::Fine);
    let program = Program::start(&database, &kek, &peers).await;
    let accepted = program.post(&token, &path, &serde_json::json!({})).await.expect(202);
    let first = peers.state().handovers[0].2["fulfilment_id"].clone();
    assert_eq!(accepted.text_of("fulfilment_id"), first);
    assert_eq!(peers.accepted(), [accepted.text_of("fulfilment_id")]);
    let again = program.post(&token, &path, &serde_json::json!({})).await.expect(202);
    assert_eq!(again.text, accepted.text);
}
