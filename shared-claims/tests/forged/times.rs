//! Claims: dates at and past their edges, to the second. The leeway is 5 s, the longest lifetime 3,600 s.

use std::time::Duration;

use serde_json::{Value, json};
use shared_claims::claims::AccessToken;
use shared_claims::testing::Draft;
use shared_claims::verify::ClaimFault::{Expired, InFuture, TooLong};
use shared_claims::verify::{Refusal, Verifier};

use crate::support::table::{Table, claim};
use crate::support::{ISSUER, Setting, US, agreement, now};

/// A token with these dates, given in seconds from now; `None` leaves the claim out.
fn dated(setting: &Setting, iat: i64, nbf: Option<i64>, exp: i64) -> Draft {
    let at = |offset: i64| json!(setting.seconds().checked_add_signed(offset).unwrap());
    let draft = setting.draft().claim("iat", at(iat)).claim("exp", at(exp));
    match nbf {
        Some(nbf) => draft.claim("nbf", at(nbf)),
        None => draft.without_claim("nbf"),
    }
}

#[test]
fn a_token_ends_five_seconds_after_exp_to_the_second() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (exp, good) in
        [(300, true), (1, true), (0, true), (-1, true), (-4, true), (-5, false), (-6, false), (-86_400, false)]
    {
        let token = dated(&setting, exp.min(0) - 60, None, exp).build();
        if good {
            table.accepted(format!("exp={exp}"), token);
        } else {
            table.refused(format!("exp={exp}"), token, claim("exp", Expired));
        }
    }
}

/// The same edge, come to by letting time pass: RFC 7519 section 4.1.4, "on or after" `exp`, and the leeway.
#[test]
fn a_token_is_accepted_until_the_last_second_before_exp_and_leeway() {
    let setting = Setting::new();
    let token = setting.good();
    setting.clock.advance(Duration::from_secs(299));
    assert!(setting.verify(&token).is_ok(), "exp - 1");
    setting.clock.advance(Duration::from_secs(5));
    assert!(setting.verify(&token).is_ok(), "exp + 4");
    setting.clock.advance(Duration::from_millis(999));
    assert!(setting.verify(&token).is_ok(), "exp + 4.999");
    setting.clock.advance(Duration::from_millis(1));
    assert_eq!(setting.refusal(&token), claim("exp", Expired), "exp + 5");
    setting.clock.turn_back(Duration::from_secs(1));
    assert!(setting.verify(&token).is_ok(), "a clock set right is believed");
}

#[test]
fn a_token_starts_five_seconds_before_nbf_and_iat_to_the_second() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for ahead in [0, 1, 4, 5] {
        table.accepted(format!("iat +{ahead}"), dated(&setting, ahead, None, 300).build());
        table.accepted(format!("nbf +{ahead}"), dated(&setting, 0, Some(ahead), 300).build());
        table.accepted(format!("both +{ahead}"), dated(&setting, ahead, Some(ahead), 300).build());
    }
    for ahead in [6, 7, 60, 299] {
        table.refused(format!("iat +{ahead}"), dated(&setting, ahead, None, 300).build(), claim("iat", InFuture));
        table.refused(format!("nbf +{ahead}"), dated(&setting, 0, Some(ahead), 300).build(), claim("nbf", InFuture));
        table.refused(
            format!("both +{ahead}"),
            dated(&setting, ahead, Some(ahead), 300).build(),
            claim("nbf", InFuture),
        );
        table.refused(
            format!("iat +{ahead}, nbf +5"),
            dated(&setting, ahead, Some(5), 300).build(),
            claim("iat", InFuture),
        );
        // The later one counts: neither excuses the other.
        table.refused(
            format!("iat +{ahead}, nbf 0"),
            dated(&setting, ahead, Some(0), 300).build(),
            claim("iat", InFuture),
        );
    }
    table.accepted("nbf long ago", dated(&setting, 0, Some(-86_400), 300).build());
    table.refused("nbf after exp", dated(&setting, 0, Some(301), 300).build(), claim("nbf", InFuture));
}

#[test]
fn a_clock_that_is_ten_minutes_off_is_told_so() {
    let setting = Setting::new();
    let token = setting.good();
    setting.clock.turn_back(Duration::from_secs(600));
    assert_eq!(setting.refusal(&token), claim("nbf", InFuture));
    setting.clock.advance(Duration::from_secs(1200));
    assert_eq!(setting.refusal(&token), claim("exp", Expired));
}

#[test]
fn a_token_lives_for_an_hour_at_most() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    table.accepted("3,600 s", dated(&setting, 0, None, 3600).build());
    table.accepted("1 s", dated(&setting, 0, None, 1).build());
    table.refused("3,601 s", dated(&setting, 0, None, 3601).build(), claim("exp", TooLong));
    table.refused("3,601 s, much of it gone", dated(&setting, -3600, None, 1).build(), claim("exp", TooLong));
    table.refused("a day", dated(&setting, 0, None, 86_400).build(), claim("exp", TooLong));
    table.refused("no time", dated(&setting, 1, None, 1).build(), claim("exp", TooLong));
    table.refused("ended before it began", dated(&setting, 5, None, 1).build(), claim("exp", TooLong));
    table.refused("until 9999", setting.with_claim("exp", json!(253_402_300_799_u64)), claim("exp", TooLong));
    table.refused("since 1970", setting.with_claim("iat", json!(0)), claim("exp", TooLong));
    table.refused("a later nbf shortens nothing", dated(&setting, -3600, Some(0), 1).build(), claim("exp", TooLong));
}

#[test]
fn lifetime_and_leeway_are_as_agreed() {
    let setting = Setting::new();
    let agreement = agreement(ISSUER, US, "at+jwt", &setting.allowed)
        .with_leeway(Duration::ZERO)
        .with_longest_lifetime(Duration::from_secs(60));
    let verifier = Verifier::<AccessToken>::new(agreement, setting.keys.clone(), setting.clock.clock());
    let check = |draft: Draft| -> Result<(), Refusal> { now(verifier.verify(draft.build().as_bytes())).map(|_| ()) };
    assert_eq!(check(dated(&setting, 0, None, 60)), Ok(()));
    assert_eq!(check(dated(&setting, 0, None, 61)), Err(claim("exp", TooLong)));
    assert_eq!(check(dated(&setting, -60, None, 0)), Err(claim("exp", Expired)));
    assert_eq!(check(dated(&setting, -59, None, 1)), Ok(()));
    assert_eq!(check(dated(&setting, 1, None, 60)), Err(claim("iat", InFuture)));
    assert_eq!(check(dated(&setting, 0, Some(1), 60)), Err(claim("nbf", InFuture)));
}

/// RFC 7519 section 2 allows fractions. They are cut off, which ends a token earlier and never later.
#[test]
fn fractions_of_a_second_are_cut_off() {
    let setting = Setting::new();
    let at = |offset: i64, fraction: &str| -> Value {
        serde_json::from_str(&format!("{}.{fraction}", setting.seconds().checked_add_signed(offset).unwrap())).unwrap()
    };
    let with =
        |iat: Value, exp: Value| setting.draft().without_claim("nbf").claim("iat", iat).claim("exp", exp).build();
    let mut table = Table::of(&setting);
    table.accepted("exp + 4.1", with(at(-60, "0"), at(-4, "9")));
    table.refused("exp - 4.001, cut to exp - 5", with(at(-60, "0"), at(-5, "999")), claim("exp", Expired));
    table.accepted("iat + 5.999, cut to 5", with(at(5, "999"), at(60, "0")));
    table.refused("iat + 6.000", with(at(6, "000"), at(60, "0")), claim("iat", InFuture));
    table.accepted("a lifetime of 3600.9, cut to 3600", with(at(0, "0"), at(3600, "9")));
    table.accepted("written with an exponent", with(json!(1.767_225_6e9), json!(1.767_225_9e9)));
}

#[test]
fn a_verified_token_tells_whether_it_is_still_good() {
    let setting = Setting::new();
    let verified = setting.verify(dated(&setting, -10, Some(0), 60).build()).unwrap();
    let at = |offset: i64| {
        let second = setting.seconds().checked_add_signed(offset).unwrap();
        shared_claims::clock::Timestamp::from_seconds(second).unwrap()
    };
    for (offset, good) in [(-6, false), (-5, true), (0, true), (60, true), (64, true), (65, false)] {
        assert_eq!(verified.is_valid_at(at(offset)), good, "{offset}");
    }
}
