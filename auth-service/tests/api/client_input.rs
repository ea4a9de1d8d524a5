//! `/clients`: what cannot be registered, and the field that is named for it.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};
use shared_claims::testing::Mint;

use crate::support::{Answer, ISSUER, TestApp};

/// A good registration, with one member replaced.
fn with(name: &str, value: Value) -> Value {
    let mut body = json!({"client_name": "Partner", "scope": "orders:read"});
    body[name] = value;
    body
}

#[actix_web::test]
async fn a_field_that_is_wrong_is_named() {
    let app = TestApp::start().await;
    let cases: Vec<(&str, Vec<Value>)> = vec![
        (
            "client_name",
            vec![
                json!(""),
                json!("   "),
                json!("x".repeat(101)),
                json!("a\nb"),
                json!("a\u{0}b"),
                json!(1),
                json!(null),
            ],
        ),
        (
            "scope",
            vec![
                json!(""),
                json!("orders:burn"),
                json!("orders:read orders:burn"),
                json!("orders:read  orders:write"),
                json!(["orders:read"]),
                json!("clients:manage"),
                json!("fulfilment:accept"),
                json!("audit:read"),
                json!("partners:manage orders:read"),
            ],
        ),
        (
            "access_token_lifetime",
            vec![json!(4), json!(3601), json!(0), json!(-5), json!(5.5), json!("300"), json!(u64::MAX), json!({})],
        ),
        (
            "token_endpoint_auth_method",
            vec![json!("tls_client_auth"), json!("client_secret_jwt"), json!("CLIENT_SECRET_BASIC")],
        ),
        ("client_id", vec![json!("cli_mine")]),
        ("client_secret", vec![json!("my-own-secret")]),
        ("jwks_uri", vec![json!("http://localhost:9/keys")]),
        ("redirect_uris", vec![json!([])]),
        ("status", vec![json!("active")]),
    ];
    for (name, values) in cases {
        for value in values {
            let answer = app.register(&with(name, value.clone())).await;
            assert_eq!(answer.status, 422, "{name} {value}: {answer:?}");
            answer.expect_fields(&[&format!("/{name}")]).expect_no_echo(&["orders:burn", "my-own-secret"]);
        }
    }
    app.register(&json!({"scope": "orders:read"})).await.expect_fields(&["/client_name"]);
    app.register(&json!({"client_name": "x"})).await.expect_fields(&["/scope"]);
    assert!(app.manage(Method::GET, "/clients", None).await.ids("client_id").is_empty());
}

#[actix_web::test]
async fn all_wrong_fields_are_named_at_once() {
    let app = TestApp::start().await;
    let body = json!({"client_name": "", "scope": "x", "access_token_lifetime": 1, "jwks": {}});
    app.register(&body).await.expect_fields(&["/client_name", "/scope", "/access_token_lifetime", "/jwks"]);
}

#[actix_web::test]
async fn the_edges_of_what_is_allowed_are_allowed() {
    let app = TestApp::start().await;
    for body in [
        with("client_name", json!("ü".repeat(100))),
        with("access_token_lifetime", json!(5)),
        with("access_token_lifetime", json!(3600)),
        with("scope", json!("orders:read orders:write accounts:read accounts:write fulfilment:request")),
        with("jwks", Value::Null),
    ] {
        app.register(&body).await.expect(201);
    }
}

#[actix_web::test]
async fn keys_must_be_public_usable_and_wanted() {
    let app = TestApp::start().await;
    let public = |algorithm: Algorithm| {
        let mint = Mint::new(ISSUER, app.clock.clone());
        mint.rotate(algorithm);
        mint.withdraw_old_keys();
        serde_json::from_str::<Value>(&mint.jwks_json()).unwrap()["keys"][0].clone()
    };
    let (ec, rsa) = (public(Algorithm::ES256), public(Algorithm::RS256));
    let changed = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        json!({"keys": [key]})
    };
    let wrong = [
        json!({}),
        json!([]),
        json!("{}"),
        json!(1),
        json!({"keys": []}),
        json!({"keys": {}}),
        json!({"keys": [1]}),
        ec.clone(),
        json!({"keys": [{"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}]}),
        json!({"keys": [{"kty": "oct", "alg": "HS256"}]}),
        changed(&ec, "d", json!("c2VjcmV0")),
        changed(&rsa, "d", json!("c2VjcmV0")),
        changed(&rsa, "p", json!("c2VjcmV0")),
        changed(&ec, "use", json!("enc")),
        changed(&ec, "crv", json!("P-521")),
        changed(&ec, "x", json!("AAAA")),
        changed(&ec, "alg", json!("none")),
        changed(&ec, "alg", json!("HS256")),
        changed(&rsa, "alg", json!("HS256")),
        changed(&rsa, "n", json!("AQAB")),
        json!({"keys": [ec, ec]}),
    ];
    for jwks in wrong {
        let mut body = with("token_endpoint_auth_method", json!("private_key_jwt"));
        body["jwks"] = jwks.clone();
        let answer = app.register(&body).await;
        assert_eq!(answer.status, 422, "{jwks}: {answer:?}");
        answer.expect_fields(&["/jwks"]).expect_no_echo(&["c2VjcmV0"]);
    }
    app.register(&with("token_endpoint_auth_method", json!("private_key_jwt"))).await.expect_fields(&["/jwks"]);
    app.register(&with("jwks", json!({"keys": [ec]}))).await.expect_fields(&["/jwks"]);
}

/// It would be as good as a new key that nobody can use, or a private one that everybody can read.
#[actix_web::test]
async fn keys_are_changed_under_the_same_rules() {
    let app = TestApp::start().await;
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    let secret = app.register_partner("orders:read").await;
    let public = serde_json::from_str::<Value>(&signing.mint().jwks_json()).unwrap();
    let mut private = public.clone();
    private["keys"][0]["d"] = json!("c2VjcmV0");
    for wrong in [private, json!({"keys": []}), json!(1)] {
        app.change_client(&signing.client_id, &json!({"jwks": wrong})).await.expect_fields(&["/jwks"]);
    }
    app.change_client(&secret.client_id, &json!({"jwks": public})).await.expect_fields(&["/jwks"]);
    app.change_client("cli_none", &json!({"jwks": public})).await.expect_problem(404);
    app.request_token_by(&signing.assertion().build()).await.expect(200);
}

#[actix_web::test]
async fn a_change_is_read_as_strictly_as_a_registration() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let wrong = [
        ("client_name", json!("")),
        ("scope", json!("audit:read")),
        ("scope", json!("")),
        ("access_token_lifetime", json!(4)),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("status", json!("active")),
        ("resources", json!([ISSUER])),
        ("client_id", json!("cli_other")),
    ];
    for (name, value) in wrong {
        let answer = app.change_client(&partner.client_id, &json!({name: value})).await;
        answer.expect_fields(&[&format!("/{name}")]);
    }
    let body = json!({"client_name": "", "scope": "x"});
    app.change_client(&partner.client_id, &body).await.expect_fields(&["/client_name", "/scope"]);
    assert_eq!(app.request_token(&partner, &[]).await.expect(200).text_of("scope"), "orders:read");
}

/// Every endpoint that takes a body.
#[actix_web::test]
async fn a_body_that_is_no_json_object_is_refused_everywhere() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    let paths = [
        (Method::POST, "/clients"),
        (Method::PATCH, "/clients/cli_none"),
        (Method::POST, "/clients/cli_none/secrets"),
        (Method::POST, "/users"),
        (Method::PATCH, "/users/usr_none"),
    ];
    for (method, path) in paths {
        let send = async |content_type: Option<&str>, body: String| {
            let request = app.request(method.clone(), path).bearer_auth(&token);
            Answer::of(match content_type {
                Some(content_type) => request.header("content-type", content_type).body(body),
                None => request.body(body),
            })
            .await
        };
        let json = Some("application/json");
        for broken in ["", "{", "{\"client_name\":", "nonsense", "\u{feff}{}", "{\"a\":1}}"] {
            let answer = send(json, broken.to_owned()).await;
            assert!([400, 422].contains(&answer.status), "{path} {broken}: {answer:?}");
            answer.expect_problem(answer.status);
        }
        for no_object in ["[]", "\"x\"", "1", "null"] {
            send(json, no_object.to_owned()).await.expect_problem(422);
        }
        send(json, "[".repeat(50_000)).await.expect_problem(422);
        send(json, format!("{{\"x\":\"{}\"}}", "y".repeat(64 * 1024))).await.expect_problem(413);
        send(json, "{\"surprise\":\"echo-me-not\"}".to_owned())
            .await
            .expect_problem(422)
            .expect_no_echo(&["echo-me-not"]);
        for other in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
            send(other, "{}".to_owned()).await.expect_problem(415);
        }
    }
}
