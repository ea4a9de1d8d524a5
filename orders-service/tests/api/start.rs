//! The program: starts that fail say why, and do nothing besides; and one that serves gives no false alarm.

use super::support::{log_of, refused_start};

#[tokio::test]
async fn an_origin_that_cannot_be_meant_is_an_error_at_the_start_that_names_the_setting() {
    for (bad, reason) in [
        ("https://app.example.com/", "is no origin"),
        ("https://*.example.com", "is no origin"),
        ("*", "is no origin"),
        ("null", "is no origin"),
        ("http://app.example.com", "must be https"),
        ("https://app.example.com,http://app.example.com", "must be https"),
    ] {
        let option = format!("--allowed-origins={bad}");
        for said in [refused_start(&[&option], &[]).await, refused_start(&[], &[("ALLOWED_ORIGINS", bad)]).await] {
            assert!(said.contains("--allowed-origins") && said.contains(reason), "{bad}: {said}");
        }
    }
}

/// Before the keys are asked for, which would be the first thing in the log, and before anything is made.
#[tokio::test]
async fn a_setting_that_cannot_be_used_is_the_only_thing_that_is_said() {
    for (option, reason) in [
        ("--public-url=http://orders.example.com", "PUBLIC_URL"),
        ("--admin-url=http://admin-service:8082", "ADMIN_URL"),
        ("--token-url=http://auth-service:8080/oauth/token", "TOKEN_URL"),
        ("--jwks-url=http://auth-service:8080/jwks.json", "JWKS_URL"),
        ("--issuer=http://auth.example.com", "ISSUER"),
        ("--audience=http://orders.example.com", "AUDIENCE"),
        ("--algorithms=none", "ALGORITHMS"),
    ] {
        let said = refused_start(&[option], &[]).await;
        assert!(said.contains(reason) && said.lines().count() == 1, "{option}: {said}");
    }
}

/// Whoever watches the log for errors would be called by anybody who can send bytes.
#[test]
fn a_request_that_cannot_be_read_is_no_error_of_this_service() {
    let too_large = [b"GET / HTTP/1.1\r\nhost: x\r\na: ".as_slice(), &[b'a'; 200_000]].concat();
    let log =
        log_of(&[&too_large, b"\x16\x03\x01 no request\r\n\r\n", b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n"]);
    let unreadable = log.lines().filter(|line| line.contains("request parse error"));
    assert_eq!(unreadable.filter(|line| line.contains(" INFO ")).count(), 3, "{log}");
    assert!(!log.contains("ERROR"), "{log}");
}
