//! Structure: parts, alphabets, padding, trailing bits, size, nesting.

use serde_json::json;
use shared_claims::verify::FormRefusal::{NoSignature, NotBase64Url, NotJsonObject, NotThreeParts, TooLong};
use shared_claims::verify::MAX_TOKEN_BYTES;

use crate::support::Setting;
use crate::support::parts::{b64, lenient, parts, unb64, with_part};
use crate::support::table::{Table, form};

#[test]
fn only_three_parts_are_a_token() {
    let setting = Setting::new();
    let good = setting.good();
    let [header, payload, signature] = parts(&good);
    let mut table = Table::of(&setting);
    for (name, token) in [
        ("nothing", String::new()),
        ("one dot", ".".to_owned()),
        ("one part", header.clone()),
        ("two parts", format!("{header}.{payload}")),
        ("three dots", "...".to_owned()),
        ("four parts", format!("{good}.{signature}")),
        ("a trailing dot", format!("{good}.")),
        ("a leading dot", format!(".{good}")),
        ("five parts", format!("{header}.{payload}.{payload}.{payload}.{signature}")),
        ("two tokens", format!("{good}.{good}")),
        ("two tokens with a comma", format!("{good},{good}")),
        ("as many dots as fit", ".".repeat(MAX_TOKEN_BYTES)),
        ("a dot inside the payload", with_part(&good, 1, &format!("{}.{}", &payload[..8], &payload[8..]))),
        ("a full stop of another script", format!("{header}\u{3002}{payload}\u{3002}{signature}")),
    ] {
        table.refused(name, token, form(NotThreeParts));
    }
    table.refused("two dots and nothing else", "..", form(NotJsonObject));
    table.refused("no header", format!(".{payload}.{signature}"), form(NotJsonObject));
    table.refused("no payload", format!("{header}..{signature}"), form(NotJsonObject));
    table.refused("no signature", format!("{header}.{payload}."), form(NoSignature));
    table.accepted("the good token", &good);
}

#[test]
fn only_base64url_without_padding_is_read() {
    let setting = Setting::new();
    // Three of the same byte in a row hold a triple that base64 writes with its 62nd and 63rd letter.
    let good = setting.draft().header("x", json!("????>>>>")).claim("x", json!("????>>>>")).build();
    let mut table = Table::of(&setting);
    table.accepted("the good token", &good);
    for (index, part) in parts(&good).iter().enumerate() {
        let mut row = |name: &str, changed: String| {
            table.refused(format!("part {index}: {name}"), with_part(&good, index, &changed), form(NotBase64Url));
        };
        row("one sign of padding", format!("{part}="));
        row("two signs of padding", format!("{part}=="));
        row("padding before", format!("={part}"));
        if index < 2 {
            row("the standard alphabet", part.replace('-', "+").replace('_', "/"));
            row("the standard alphabet, first letter", part.replace('-', "+"));
            row("the standard alphabet, second letter", part.replace('_', "/"));
            row("escaped for a URL", part.replace('_', "%5F"));
        }
        for odd in
            [" ", "\n", "\r\n", "\t", "\0", "\u{b}", "\"", "'", "%20", "\u{a0}", "\u{200b}", "\u{feff}", ",", "~"]
        {
            row(&format!("{odd:?} before"), format!("{odd}{part}"));
            row(&format!("{odd:?} after"), format!("{part}{odd}"));
            row(&format!("{odd:?} inside"), format!("{}{odd}{}", &part[..4], &part[4..]));
        }
    }
    for around in ["Bearer ", "\"", "<", "token=", "JWT "] {
        table.refused(format!("{around:?} before the token"), format!("{around}{good}"), form(NotBase64Url));
    }
    table.refused("bytes beyond ASCII", [good.as_bytes(), b"\xff\xfe"].concat(), form(NotBase64Url));
}

#[test]
fn the_text_of_a_part_is_the_only_one_for_its_bytes() {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    let mut seen = [0; 3];
    // Lengths of 1 and 2 modulo 3 leave bits over in the last letter.
    for fill in ["", "x", "xx"] {
        let good = setting.draft().header("x", json!(fill)).claim("x", json!(fill)).build();
        table.accepted(format!("filled with {fill:?}"), &good);
        for (index, part) in parts(&good).iter().enumerate() {
            let (last, rest) = (part.chars().last().unwrap(), &part[..part.len() - 1]);
            for other in LETTERS.chars().filter(|other| *other != last) {
                let twin = format!("{rest}{other}");
                if lenient(&twin) == Some(unb64(part)) {
                    seen[index] += 1;
                    table.refused(
                        format!("part {index} as {twin}"),
                        with_part(&good, index, &twin),
                        form(NotBase64Url),
                    );
                }
            }
            let odd = format!("{}A", &part[..part.len() / 4 * 4]);
            table.refused(format!("part {index}, one letter over"), with_part(&good, index, &odd), form(NotBase64Url));
        }
    }
    assert!(seen.iter().all(|twins| *twins > 0), "each part had twins to refuse: {seen:?}");
}

#[test]
fn eight_kibibytes_are_read_and_not_one_more() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    let longest = longest_token(&setting, MAX_TOKEN_BYTES);
    assert_eq!(longest.len(), MAX_TOKEN_BYTES);
    table.accepted("8,192 bytes", &longest);
    let longer = longest_token(&setting, MAX_TOKEN_BYTES + 1);
    assert_eq!(longer.len(), MAX_TOKEN_BYTES + 1);
    table.refused("8,193 bytes, signed", &longer, form(TooLong));
    table.refused("8,193 bytes of nothing", vec![b'A'; MAX_TOKEN_BYTES + 1], form(TooLong));
    table.refused("8,193 dots", vec![b'.'; MAX_TOKEN_BYTES + 1], form(TooLong));
    table.refused("8,192 bytes of nothing", vec![b'A'; MAX_TOKEN_BYTES], form(NotThreeParts));
    table.refused("a megabyte", vec![b'.'; 1 << 20], form(TooLong));
}

/// A good token of exactly `length` bytes. Some lengths cannot be had with every header, because base64 skips one in four.
fn longest_token(setting: &Setting, length: usize) -> String {
    let fill = |bytes: usize, typ: &str| {
        setting.draft().header("typ", json!(typ)).claim("fill", json!("x".repeat(bytes))).build()
    };
    ["at+jwt", "application/at+jwt", "Application/AT+JWT"]
        .into_iter()
        .find_map(|typ| {
            let room = length.checked_sub(fill(0, typ).len())? * 3 / 4;
            (room.saturating_sub(4)..=room + 4).map(|bytes| fill(bytes, typ)).find(|token| token.len() == length)
        })
        .expect("some header gives this length")
}

#[test]
fn nesting_is_bounded_in_both_parts() {
    let setting = Setting::new();
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let objects = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!({"x": inner}));
    let mut table = Table::of(&setting);
    table.accepted("15 arrays in the payload", setting.with_claim("x", nested(15)));
    table.accepted("15 arrays in the header", setting.with_header("x", nested(15)));
    table.refused("16 arrays in the payload", setting.with_claim("x", nested(16)), form(NotJsonObject));
    table.refused("16 arrays in the header", setting.with_header("x", nested(16)), form(NotJsonObject));
    table.refused("16 objects in the payload", setting.with_claim("x", objects(16)), form(NotJsonObject));
    let [header, _, signature] = parts(&setting.good());
    for opening in ["[", "{\"x\":", "[{\"x\":"] {
        let deep = b64(format!("{{\"x\":{}", opening.repeat(5000 / opening.len())));
        table.refused(format!("{opening} without an end"), format!("{header}.{deep}.{signature}"), form(NotJsonObject));
        table.refused(
            format!("{opening} in the header"),
            &format!("{deep}.{deep}.{signature}")[..8000],
            form(NotThreeParts),
        );
    }
}
