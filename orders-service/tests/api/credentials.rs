//! Where a token counts: in one Authorization header, and not in the URL, a form or a cookie. A key of another kind is
//! no token.

use orders_service::routes::endpoints;
use reqwest::{Method, RequestBuilder};
use shared_claims::extract::Access;
use shared_claims::testing::right_token;

use super::support::{AUDIENCE, Answer, TestApp};

const ID: &str = "0191b2c4-0000-7000-8000-000000000000";

/// Refused as one who has sent nothing (RFC 6750 section 3.1): no error is named, because nothing was looked at.
async fn expect_nothing_was_seen(request: RequestBuilder, what: &str) {
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.status, 401, "{what}");
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer ") && !challenge.contains("error"), "{what}: {challenge}");
}

/// RFC 9700 section 4.3.2. "In the header or as a parameter" is what one of the documents says.
#[tokio::test]
async fn an_access_token_in_the_url_a_form_or_a_cookie_is_not_seen() {
    let app = TestApp::start().await;
    for row in endpoints() {
        let Access::Permission(required) = row.access else { continue };
        let token = right_token(&app.mint, AUDIENCE, required).build();
        let path = row.path.replace("{account_id}", &format!("acc_{ID}")).replace("{order_id}", &format!("ord_{ID}"));
        let method: Method = row.method.as_str().parse().unwrap();
        let request = |path: &str| app.request(method.clone(), path);
        let what = format!("{} {}", row.method, row.path);
        expect_nothing_was_seen(request(&format!("{path}?access_token={token}")), &what).await;
        expect_nothing_was_seen(request(&path).form(&[("access_token", &token)]), &what).await;
        expect_nothing_was_seen(request(&path).header("cookie", format!("access_token={token}")), &what).await;
        // The same token where it belongs.
        let answer = Answer::of(request(&path).bearer_auth(&token).send().await.unwrap()).await;
        assert_ne!(answer.status, 401, "{what}");
    }
}

/// There are no API keys here: what names a client, and what proves it, is for the token endpoint.
#[tokio::test]
async fn an_api_key_opens_nothing() {
    let app = TestApp::start().await;
    let key = "4f0c2b7d9a61e8354f0c2b7d9a61e835";
    let get = |path: &str| app.request(Method::GET, path);
    for name in ["x-api-key", "api-key", "apikey", "x-auth-token", "ocp-apim-subscription-key"] {
        expect_nothing_was_seen(get("/orders").header(name, key), name).await;
    }
    for scheme in ["ApiKey", "Key", "Token", "AWS4-HMAC-SHA256"] {
        expect_nothing_was_seen(get("/orders").header("authorization", format!("{scheme} {key}")), scheme).await;
    }
    expect_nothing_was_seen(get("/orders").basic_auth("cli_1", Some(key)), "Basic").await;
    for path in ["/orders?api_key=", "/orders?apikey=", "/orders?key=", "/orders?client_id=cli_1&client_secret="] {
        expect_nothing_was_seen(get(&format!("{path}{key}")), path).await;
    }
    let as_token = Answer::of(get("/orders").bearer_auth(key).send().await.unwrap()).await.expect(401);
    assert!(as_token.header("www-authenticate").contains("not well-formed"), "{as_token:?}");
}
