//! `POST /oauth/token`: the form, before any of it is believed.

use reqwest::{Method, RequestBuilder};

use crate::support::{Answer, Partner, TestApp};

const GRANT: &str = "grant_type=client_credentials";

fn as_partner(request: RequestBuilder, partner: &Partner) -> RequestBuilder {
    request.basic_auth(&partner.client_id, Some(&partner.secret))
}

#[actix_web::test]
async fn without_a_grant_type_the_request_is_invalid() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for body in ["", "grant_type", "grant_type=", "=", "&&&", "scope=orders:read", "Grant_Type=client_credentials"] {
        Answer::of(as_partner(app.raw_form(body), &partner)).await.expect_error(400, "invalid_request");
        Answer::of(app.raw_form(body)).await.expect_error(400, "invalid_request");
    }
}

#[actix_web::test]
async fn a_parameter_that_stands_twice_makes_the_request_invalid() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let twice = [
        format!("{GRANT}&{GRANT}"),
        format!("{GRANT}&scope=orders:read&scope=orders:read"),
        format!("{GRANT}&scope=&scope=orders:read"),
        format!("{GRANT}&resource=http://localhost:8081&resource=http://localhost:8082"),
        format!("{GRANT}&gr%61nt_type=password"),
        format!("{GRANT}&client_secret=a&client_secret=b"),
        format!("{GRANT}&unknown=1&unknown=2"),
    ];
    for body in twice {
        Answer::of(as_partner(app.raw_form(body), &partner)).await.expect_error(400, "invalid_request");
    }
}

#[actix_web::test]
async fn a_form_that_does_not_decode_makes_the_request_invalid() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for broken in ["scope=%", "scope=%4", "scope=%zz", "%=1", "x=%ff", "x=%c0%80", "x=%ed%a0%80", "scope=orders%3"] {
        let body = format!("{GRANT}&{broken}");
        Answer::of(as_partner(app.raw_form(body), &partner)).await.expect_error(400, "invalid_request");
    }
    let bytes = [GRANT.as_bytes(), b"&x=\xff\xfe"].concat();
    Answer::of(as_partner(app.raw_form(bytes), &partner)).await.expect_error(400, "invalid_request");
}

#[actix_web::test]
async fn only_a_form_is_read() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let as_type = |content_type: Option<&str>| {
        let request = as_partner(app.request(Method::POST, "/oauth/token"), &partner).body(GRANT);
        match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        }
    };
    let others =
        ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencode", "x"];
    for other in others.map(Some).into_iter().chain([None]) {
        Answer::of(as_type(other)).await.expect_error(400, "invalid_request");
    }
    for form in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded; charset=UTF-8"] {
        Answer::of(as_type(Some(form))).await.expect(200);
    }
}

#[actix_web::test]
async fn unknown_parameters_are_ignored() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let more = [("audience", "http://elsewhere.test"), ("state", "x"), ("code_verifier", "x"), ("ünknown", "\u{0}")];
    app.request_token(&partner, &more).await.expect(200);
}

#[actix_web::test]
async fn an_empty_parameter_counts_as_left_out() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let more = [("scope", ""), ("resource", ""), ("client_secret", ""), ("client_id", ""), ("client_assertion", "")];
    assert_eq!(app.request_token(&partner, &more).await.expect(200).text_of("scope"), "orders:read");
}

/// URLs are logged and remembered along the way (RFC 6749 section 2.3.1, RFC 9700 section 4.3.2).
#[actix_web::test]
async fn what_stands_in_the_url_counts_as_absent() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read orders:write").await;
    let post = |query: String, body: &'static str| {
        let request = app.request(Method::POST, &format!("/oauth/token?{query}"));
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let credentials = format!("client_id={}&client_secret={}", partner.client_id, partner.secret);
    let answer = Answer::of(post(credentials.clone(), GRANT)).await;
    answer.expect_error(401, "invalid_client").expect_no_echo(&[&partner.secret]);
    Answer::of(post(format!("{GRANT}&{credentials}"), "")).await.expect_error(400, "invalid_request");
    Answer::of(as_partner(post(GRANT.to_owned(), ""), &partner)).await.expect_error(400, "invalid_request");
    let wide = Answer::of(as_partner(post("scope=orders:read".to_owned(), GRANT), &partner)).await;
    assert_eq!(wide.expect(200).text_of("scope"), "orders:read orders:write");
    Answer::of(as_partner(post("resource=http://elsewhere.test".to_owned(), GRANT), &partner)).await.expect(200);
}

#[actix_web::test]
async fn grants_that_are_not_offered_are_unsupported() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let others = [
        "password",
        "implicit",
        "AUTHORIZATION_CODE",
        "CLIENT_CREDENTIALS",
        "client_credentials ",
        "client credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "token-exchange",
        "none",
        "\u{0}",
        "🦀",
    ];
    for grant in others {
        let form = [("grant_type", grant), ("username", "operator@example.com"), ("password", "correct horse")];
        Answer::of(as_partner(app.form(&form), &partner)).await.expect_error(400, "unsupported_grant_type");
        Answer::of(app.form(&form)).await.expect_error(400, "unsupported_grant_type");
    }
}

/// The password grant would be one line of code; it stays away also for the one person who could use it.
#[actix_web::test]
async fn not_even_the_operators_own_password_buys_a_token_here() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let password = app.operator_password();
    let form = [("grant_type", "password"), ("username", "operator@example.com"), ("password", password.as_str())];
    let answer = Answer::of(as_partner(app.form(&form), &partner)).await;
    answer.expect_error(400, "unsupported_grant_type").expect_no_echo(&[&password]);
}

#[actix_web::test]
async fn other_methods_are_405_and_not_kept_by_caches() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let request = app.request(method, &format!("/oauth/token?{GRANT}"));
        let answer = Answer::of(as_partner(request, &partner)).await;
        assert_eq!(answer.expect(405).header("allow"), Some("POST"));
    }
}

#[actix_web::test]
async fn a_body_over_64_kib_is_413_whatever_it_holds() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let body = format!("{GRANT}&x={}", "y".repeat(64 * 1024));
    Answer::of(as_partner(app.raw_form(body), &partner)).await.expect_error(413, "invalid_request");
    let fits = format!("{GRANT}&x={}", "y".repeat(60 * 1024));
    Answer::of(as_partner(app.raw_form(fits), &partner)).await.expect(200);
}
