//! Who is the client? With a secret; for assertions see `assertions`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use shared_claims::exchange::JWT_BEARER_ASSERTION;

use crate::support::{Answer, Partner, TestApp};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn form(app: &TestApp, more: &[(&str, &str)]) -> RequestBuilder {
    app.form(&[&[GRANT], more].concat())
}

async fn with_header(app: &TestApp, authorization: &str) -> Answer {
    Answer::of(form(app, &[]).header("authorization", authorization)).await
}

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

/// Every character as `%XX`.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The one answer, and the challenge exactly where the header was used (RFC 6749 section 5.2).
#[track_caller]
fn expect_refused(answer: &Answer, by_header: bool) {
    answer.expect_error(401, "invalid_client");
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge.is_some_and(|text| text.starts_with("Basic realm=\"")), by_header, "{answer:?}");
    assert_eq!(challenge.is_some(), by_header, "{answer:?}");
}

#[actix_web::test]
async fn a_secret_may_come_in_the_header_or_in_the_form() {
    let app = TestApp::start().await;
    let Partner { client_id, secret } = &app.register_partner("orders:read").await;
    with_header(&app, &basic(&format!("{client_id}:{secret}"))).await.expect(200);
    with_header(&app, &basic(&format!("{client_id}:{secret}")).replace("Basic", "bAsIc")).await.expect(200);
    Answer::of(form(&app, &[("client_id", client_id), ("client_secret", secret)])).await.expect(200);
    let named_twice = form(&app, &[("client_id", client_id)]).basic_auth(client_id, Some(secret));
    Answer::of(named_twice).await.expect(200);
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
#[actix_web::test]
async fn encoded_credentials_are_decoded() {
    let app = TestApp::start().await;
    let Partner { client_id, secret } = &app.register_partner("orders:read").await;
    with_header(&app, &basic(&format!("{}:{}", percent(client_id), percent(secret)))).await.expect(200);
    let body = format!("grant_type=client_credentials&client_id={client_id}&client_secret={}", percent(secret));
    Answer::of(app.raw_form(body)).await.expect(200);
}

#[actix_web::test]
async fn secrets_with_special_characters_are_wrong_and_nothing_worse() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let odd = [
        "a:b",
        "a%b",
        "%zz",
        "a+b c",
        "ü€🦀",
        "\"quote\"",
        "' OR 1=1 --",
        "\u{0}",
        "a\r\nb",
        "\u{feff}",
        &"x".repeat(5000),
    ];
    for secret in odd {
        let attempts = [partner.client_id.as_str(), secret];
        for client_id in attempts {
            expect_refused(&with_header(&app, &basic(&format!("{client_id}:{secret}"))).await, true);
            let credentials = [("client_id", client_id), ("client_secret", secret)];
            expect_refused(&Answer::of(form(&app, &credentials)).await, false);
            let signed = [
                ("client_id", client_id),
                ("client_assertion_type", JWT_BEARER_ASSERTION),
                ("client_assertion", secret),
            ];
            expect_refused(&Answer::of(form(&app, &signed)).await, false);
        }
    }
}

#[actix_web::test]
async fn an_unknown_client_a_wrong_secret_and_a_suspended_client_get_the_same_answer() {
    let app = TestApp::start().await;
    let Partner { client_id, secret } = &app.register_partner("orders:read").await;
    let suspended = app.register_partner("orders:read").await;
    app.suspend(&suspended.client_id).await;
    let pairs = [
        (client_id.as_str(), "wrong"),
        (client_id, ""),
        (client_id, &secret[..secret.len() - 1]),
        (client_id, suspended.secret.as_str()),
        ("cli_unknown", secret.as_str()),
        ("operator-cli", "x"),
        ("orders-service", "x"),
        (&suspended.client_id, &suspended.secret),
        (&suspended.client_id, "wrong"),
    ];
    let mut bodies = std::collections::BTreeSet::new();
    for (client_id, secret) in pairs {
        let by_header = with_header(&app, &basic(&format!("{client_id}:{secret}"))).await;
        expect_refused(&by_header, true);
        let in_form = Answer::of(form(&app, &[("client_id", client_id), ("client_secret", secret)])).await;
        expect_refused(&in_form, false);
        bodies.extend([by_header.text, in_form.text]);
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

/// A second try must not tell by its time whether there is such a client: known ones are remembered, so unknown ones are too.
#[actix_web::test]
async fn that_there_is_no_such_client_is_remembered_as_long_as_a_client_is() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let later = Partner { client_id: "cli_later".to_owned(), ..partner };
    app.request_token(&later, &[]).await.expect_error(401, "invalid_client");
    let columns =
        "client_name, status, scope, resources, access_token_lifetime, token_endpoint_auth_method, created_at";
    app.sql(&format!("INSERT INTO clients (client_id, {columns}) SELECT 'cli_later', {columns} FROM clients"))
        .await
        .unwrap();
    app.sql("UPDATE client_secrets SET client_id = 'cli_later'").await.unwrap();
    app.request_token(&later, &[]).await.expect_error(401, "invalid_client");
    app.clock.advance(std::time::Duration::from_secs(5));
    app.request_token(&later, &[]).await.expect(200);
}

#[actix_web::test]
async fn without_credentials_there_is_nobody_to_challenge() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    expect_refused(&Answer::of(form(&app, &[])).await, false);
    expect_refused(&Answer::of(form(&app, &[("client_id", &partner.client_id)])).await, false);
    expect_refused(&Answer::of(form(&app, &[("client_secret", &partner.secret)])).await, false);
}

#[actix_web::test]
async fn other_schemes_and_unreadable_headers_are_refused() {
    let app = TestApp::start().await;
    let Partner { client_id, secret } = &app.register_partner("orders:read").await;
    let token = app.manager_token().await;
    let good = STANDARD.encode(format!("{client_id}:{secret}"));
    let headers = [
        format!("Bearer {token}"),
        format!("Digest username=\"{client_id}\""),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic !!!".to_owned(),
        basic(client_id),
        format!("Basic{good}"),
        good.clone(),
        format!("Basic {good} {good}"),
        basic(&format!("{client_id}:%zz")),
        format!("Basic {}", STANDARD.encode(b"\xff:\xff")),
        String::new(),
    ];
    for header in headers {
        expect_refused(&with_header(&app, &header).await, true);
    }
    let bytes = form(&app, &[]).header("authorization", b"Basic \xff".as_slice());
    expect_refused(&Answer::of(bytes).await, true);
}

#[actix_web::test]
async fn two_ways_at_once_are_an_invalid_request_even_if_both_are_right() {
    let app = TestApp::start().await;
    let Partner { client_id, secret } = &app.register_partner("orders:read").await;
    let assertion = app.peers.assertion("orders-service").build();
    let (id, post) = (("client_id", client_id.as_str()), ("client_secret", secret.as_str()));
    let signed = [("client_assertion_type", JWT_BEARER_ASSERTION), ("client_assertion", assertion.as_str())];
    let header = basic(&format!("{client_id}:{secret}"));
    let twice = [
        form(&app, &[id, post]).header("authorization", &header),
        form(&app, &[post]).header("authorization", &header),
        form(&app, &signed).header("authorization", &header),
        form(&app, &[&[id, post], signed.as_slice()].concat()),
        form(&app, &[]).header("authorization", &header).header("authorization", &header),
        form(&app, &[("client_id", "cli_other")]).header("authorization", &header),
    ];
    for request in twice {
        Answer::of(request).await.expect_error(400, "invalid_request").expect_no_echo(&[secret, &assertion]);
    }
}

#[actix_web::test]
async fn our_own_services_have_no_tokens_on_their_own_behalf() {
    let app = TestApp::start().await;
    let assertion = app.peers.assertion("orders-service").build();
    app.request_token_by(&assertion).await.expect_error(400, "unauthorized_client");
}
