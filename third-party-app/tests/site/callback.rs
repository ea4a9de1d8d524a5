//! What anybody can make a browser bring to the redirect URI. Nothing of it connects an account, sends a code anywhere,
//! or ends what the person has begun.

use std::collections::HashMap;

use crate::Shop;
use crate::browser::Browser;
use crate::connecting::connect;

type Parameters<'p> = Vec<(&'p str, &'p str)>;

/// A person who was sent away.
struct Away {
    shop: Shop,
    browser: Browser,
    sent: HashMap<String, String>,
}

impl Away {
    async fn sent() -> Self {
        let shop = Shop::open().await;
        let mut browser = shop.browser();
        let sent = browser.connect().await;
        shop.stub.tell(|stub| stub.nonce.clone_from(&sent["nonce"]));
        Self { shop, browser, sent }
    }

    fn good(&self) -> [(&'static str, String); 3] {
        [("code", "c".to_owned()), ("state", self.sent["state"].clone()), ("iss", self.shop.stub.issuer.clone())]
    }

    /// Refused with this on the page, and no code was sent.
    async fn brings(&mut self, parameters: &[(&str, &str)], why: &str) {
        let seen = self.browser.come_back(parameters).await;
        assert_eq!(seen.status, 400, "{parameters:?}: {}", seen.body);
        assert!(seen.body.contains(why), "{parameters:?}: {why}: {}", seen.body);
        assert_eq!(seen.set_cookie, "", "{parameters:?}");
        assert_eq!(self.shop.stub.grants(), [""; 0], "{parameters:?}");
    }

    /// The person comes back after all.
    async fn connects_in_the_end(mut self) {
        let good = self.good();
        let parameters: Parameters<'_> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let seen = self.browser.come_back(&parameters).await;
        assert_eq!(seen.status, 303, "{}", seen.body);
        assert!(self.browser.get("/").await.body.contains("ann@example.com"));
    }
}

#[actix_web::test]
async fn a_state_that_stands_twice_is_refused_and_ends_nothing() {
    let mut away = Away::sent().await;
    let (state, iss) = (away.sent["state"].clone(), away.shop.stub.issuer.clone());
    for states in [[state.as_str(), "forged"], ["forged", &state], [&state, &state], ["", &state], [&state, ""]] {
        let parameters = vec![("code", "c"), ("state", states[0]), ("iss", iss.as_str()), ("state", states[1])];
        away.brings(&parameters, "the parameter state stands twice").await;
        // Without the rest, too.
        away.brings(&[("state", states[0]), ("state", states[1])], "the parameter state stands twice").await;
    }
    away.connects_in_the_end().await;
}

#[actix_web::test]
async fn a_state_that_nobody_was_sent_away_with_is_refused_and_ends_nothing() {
    let mut away = Away::sent().await;
    let (state, iss) = (away.sent["state"].clone(), away.shop.stub.issuer.clone());
    let (cut, longer, upper) = (&state[..state.len() - 1], format!("{state}A"), state.to_uppercase());
    let nonce = away.sent["nonce"].clone();
    for forged in ["", "forged", "%00", "\u{0}", "<script>", cut, &longer, &upper, &nonce, &"x".repeat(4_096)] {
        away.brings(&[("code", "c"), ("state", forged), ("iss", &iss)], "the state is not the one").await;
        away.brings(&[("error", "access_denied"), ("state", forged), ("iss", &iss)], "the state is not the one").await;
    }
    for name in ["State", "state[]", "state ", " state", "amp;state"] {
        away.brings(&[("code", "c"), (name, &state), ("iss", &iss)], "there is no state").await;
    }
    away.connects_in_the_end().await;
}

#[actix_web::test]
async fn a_state_of_another_browser_is_refused_with_and_without_one_of_ones_own() {
    let mut away = Away::sent().await;
    let mut attacker = away.shop.browser();
    let theirs = attacker.connect().await;
    let iss = away.shop.stub.issuer.clone();
    away.brings(&[("code", "c"), ("state", &theirs["state"]), ("iss", &iss)], "the state is not the one").await;
    let own = away.sent["state"].clone();
    for states in [[&own, &theirs["state"]], [&theirs["state"], &own]] {
        let parameters = vec![("code", "c"), ("state", states[0]), ("state", states[1]), ("iss", &iss)];
        away.brings(&parameters, "the parameter state stands twice").await;
    }
    // And the person's state is nothing in the attacker's browser, or in one that was never here.
    for mut other in [attacker, away.shop.browser()] {
        let seen = other.come_back(&[("code", "c"), ("state", &own), ("iss", &iss)]).await;
        assert_eq!(seen.status, 400, "{}", seen.body);
    }
    away.connects_in_the_end().await;
}

/// Only the authorization server knows the state, so who brings it once ends the request, whatever else is wrong.
#[actix_web::test]
async fn a_code_or_an_issuer_that_stands_twice_is_refused() {
    for (name, others) in [("code", ["the-attackers", "c", ""]), ("iss", ["https://evil.example", "own", ""])] {
        for other in others {
            for first in [true, false] {
                let mut away = Away::sent().await;
                let good = away.good();
                let other = if other == "own" { good[2].1.as_str() } else { other };
                let mut parameters: Parameters<'_> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
                parameters.insert(if first { 0 } else { 3 }, (name, other));
                away.brings(&parameters, &format!("the parameter {name} stands twice")).await;
                assert!(away.browser.get("/").await.body.contains("Connect your account"));
            }
        }
    }
}

#[actix_web::test]
async fn an_error_that_stands_twice_or_beside_a_code_gives_no_tokens() {
    let twice: Parameters<'_> = vec![("error", "access_denied"), ("error", "server_error")];
    let described = vec![("error", "x"), ("error_description", "a"), ("error_description", "b")];
    let beside = vec![("error", "server_error")];
    for (errors, why) in [
        (twice, "the parameter error stands twice"),
        (described, "error_description stands twice"),
        (beside, "server_"),
    ] {
        let mut away = Away::sent().await;
        let good = away.good();
        let good = good.iter().map(|(name, value)| (*name, value.as_str()));
        away.brings(&good.chain(errors).collect::<Parameters<'_>>(), why).await;
    }
}

#[actix_web::test]
async fn an_issuer_that_is_almost_the_right_one_is_refused() {
    type Like = fn(&str) -> String;
    let likes: [Like; 5] = [
        |own| format!("{own}/"),
        |own| format!("{own}.evil.example"),
        |own| format!(" {own}"),
        |own| own.replace("http", "https"),
        |own| own.replace("http", "HTTP"),
    ];
    for like in likes {
        let mut away = Away::sent().await;
        let like = like(&away.shop.stub.issuer);
        let state = away.sent["state"].clone();
        away.brings(&[("code", "c"), ("state", &state), ("iss", &like)], "another authorization server").await;
    }
    for other in ["", "null", "https://evil.example"] {
        let mut away = Away::sent().await;
        let state = away.sent["state"].clone();
        away.brings(&[("code", "c"), ("state", &state), ("iss", other)], "another authorization server").await;
    }
}

#[actix_web::test]
async fn html_in_any_parameter_is_shown_as_text() {
    const HTML: &str = "</bdi><script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    for name in ["error", "error_description", "iss"] {
        let mut away = Away::sent().await;
        let good = away.good();
        let mut parameters: Parameters<'_> = vec![("state", &good[1].1), (name, HTML)];
        if name != "iss" {
            parameters.push(("iss", &good[2].1));
        }
        if name == "error_description" {
            parameters.push(("error", "server_error"));
        }
        let seen = away.browser.come_back(&parameters).await;
        assert_eq!(seen.status, 400);
        assert!(!seen.body.contains("<script") && !seen.body.contains("<img"), "{name}: {}", seen.body);
        assert!(seen.body.contains("&#60;script&#62;alert(1)"), "{name}: {}", seen.body);
    }
    // Who does not know the state is not even quoted.
    let mut away = Away::sent().await;
    let parameters =
        vec![("error", "call-this-number"), ("error_description", "call-this-number"), ("state", "forged")];
    let seen = away.browser.come_back(&parameters).await;
    assert!(!seen.body.contains("call-this-number"), "{}", seen.body);
    away.connects_in_the_end().await;
}

#[actix_web::test]
async fn a_query_that_is_none_gets_a_page_and_ends_nothing() {
    let mut away = Away::sent().await;
    for query in
        ["", "?", "?&&&", "?=", "?%", "?%zz=%zz", "?state", "?code=%ff%fe&state=%ff", "?state=%00%0d%0aSet-Cookie:x"]
    {
        let seen = away.browser.get(&format!("/callback{query}")).await;
        assert_eq!((seen.status, seen.set_cookie.as_str()), (400, ""), "{query}: {}", seen.body);
    }
    away.connects_in_the_end().await;
}

#[actix_web::test]
async fn a_forged_way_back_does_not_disconnect() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    connect(&shop, &mut browser).await;
    let iss = shop.stub.issuer.as_str();
    for parameters in [
        vec![("error", "access_denied"), ("state", "x"), ("iss", iss)],
        vec![("code", "the-attackers"), ("state", "x"), ("iss", iss)],
        vec![],
    ] {
        assert_eq!(browser.come_back(&parameters).await.status, 400);
    }
    assert!(browser.get("/").await.body.contains("ann@example.com"));
}
