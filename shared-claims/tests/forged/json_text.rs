//! Structure: what is inside the parts, its encoding, and names that stand twice.

use shared_claims::verify::FormRefusal::{DuplicateMember, NotJsonObject};

use crate::support::Setting;
use crate::support::parts::{parts, unb64};
use crate::support::table::{Table, form};

/// A good token's two JSON texts, to be written in other ways.
fn texts(setting: &Setting) -> (String, String) {
    let [header, payload, _] = parts(&setting.good());
    let text = |part: &str| String::from_utf8(unb64(part)).unwrap();
    (text(&header), text(&payload))
}

/// A name, and a way to write a JSON text.
type Row<'a> = (&'a str, fn(&str) -> Vec<u8>);

/// Every way to write `text` in each part, all signed by the issuer, so that nothing else is wrong with them.
fn refused_in_both_parts(setting: &Setting, rows: &[Row<'_>]) {
    let (header, payload) = texts(setting);
    let mut table = Table::of(setting);
    for (name, write) in rows {
        table.refused(
            format!("{name}, in the header"),
            setting.draft().header_bytes(write(&header)).build(),
            form(NotJsonObject),
        );
        table.refused(
            format!("{name}, in the payload"),
            setting.draft().payload_bytes(write(&payload)).build(),
            form(NotJsonObject),
        );
    }
}

#[test]
fn only_utf_8_is_read() {
    fn wide<const N: usize>(text: &str, unit: fn(u16) -> [u8; N]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }
    refused_in_both_parts(
        &Setting::new(),
        &[
            ("UTF-16, big end first", |text| wide(text, u16::to_be_bytes)),
            ("UTF-16, little end first", |text| wide(text, u16::to_le_bytes)),
            ("UTF-16 with a byte order mark", |text| wide(&format!("\u{feff}{text}"), u16::to_be_bytes)),
            ("UTF-32", |text| text.chars().flat_map(|char| u32::from(char).to_be_bytes()).collect()),
            ("UTF-8 with a byte order mark", |text| format!("\u{feff}{text}").into_bytes()),
            ("Latin-1", |text| [b"{\"x\":\"caf\xe9\",", &text.as_bytes()[1..]].concat()),
            ("an overlong slash", |text| [b"{\"x\":\"\xc0\xaf\",", &text.as_bytes()[1..]].concat()),
            ("half a surrogate pair as bytes", |text| [b"{\"x\":\"\xed\xa0\x80\",", &text.as_bytes()[1..]].concat()),
            ("half a surrogate pair as an escape", |text| text.replacen('{', r#"{"x":"\ud800","#, 1).into_bytes()),
            ("a name in broken UTF-8", |text| [b"{\"\xff\":1,", &text.as_bytes()[1..]].concat()),
        ],
    );
}

#[test]
fn only_one_json_object_is_read() {
    refused_in_both_parts(
        &Setting::new(),
        &[
            ("an array around it", |text| format!("[{text}]").into_bytes()),
            ("a text with the object in it", |text| serde_json::to_vec(text).unwrap()),
            ("two objects", |text| text.repeat(2).into_bytes()),
            ("two objects on two lines", |text| format!("{text}\n{text}").into_bytes()),
            ("something after it", |text| format!("{text}x").into_bytes()),
            ("a zero byte after it", |text| format!("{text}\0").into_bytes()),
            ("cut", |text| text.as_bytes()[..text.len() - 1].to_vec()),
            ("a trailing comma", |text| text.replacen('}', ",}", 1).into_bytes()),
            ("a comment", |text| text.replacen('{', "{/* x */", 1).into_bytes()),
            ("a comment to the end of the line", |text| format!("// x\n{text}").into_bytes()),
            ("single quotes", |text| text.replace('"', "'").into_bytes()),
            ("names without quotes", |text| text.replacen('{', "{x:1,", 1).into_bytes()),
            ("NaN", |text| text.replacen('{', r#"{"x":NaN,"#, 1).into_bytes()),
            ("Infinity", |text| text.replacen('{', r#"{"x":-Infinity,"#, 1).into_bytes()),
            ("a number beyond every float", |text| text.replacen('{', r#"{"x":1e400,"#, 1).into_bytes()),
            ("a hexadecimal number", |text| text.replacen('{', r#"{"x":0x10,"#, 1).into_bytes()),
            ("a leading zero", |text| text.replacen('{', r#"{"x":01,"#, 1).into_bytes()),
            ("a leading plus", |text| text.replacen('{', r#"{"x":+1,"#, 1).into_bytes()),
            ("a raw control character", |text| text.replacen('{', "{\"x\":\"\u{1}\",", 1).into_bytes()),
            ("an unknown escape", |text| text.replacen('{', r#"{"x":"\x41","#, 1).into_bytes()),
            ("null", |_| b"null".to_vec()),
            ("a number", |_| b"1".to_vec()),
            ("nothing", |_| Vec::new()),
            ("blanks", |_| b"  \n".to_vec()),
            ("XML", |_| b"<jwt/>".to_vec()),
            ("CBOR", |_| vec![0xa1, 0x01, 0x26]),
            ("gzip", |_| vec![0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]),
        ],
    );
}

#[test]
fn blanks_and_escapes_that_json_allows_are_read() {
    let setting = Setting::new();
    let (header, payload) = texts(&setting);
    let mut table = Table::of(&setting);
    let spaced = |text: &str| format!(" \t\r\n{}\n", text.replace(':', " : "));
    table.accepted("blanks in the header", setting.draft().header_bytes(spaced(&header)).build());
    let escaped = payload.replacen("\"sub\"", "\"\\u0073ub\"", 1);
    assert_ne!(escaped, payload);
    table.accepted("an escape in a name", setting.draft().payload_bytes(escaped).build());
}

#[test]
fn no_name_may_stand_twice() {
    let setting = Setting::new();
    let (header, payload) = texts(&setting);
    let first = |text: &str, more: &str| text.replacen('{', &format!("{{{more},"), 1);
    let last = |text: &str, more: &str| format!("{},{more}}}", &text[..text.len() - 1]);
    let mut table = Table::of(&setting);
    for more in [
        r#""alg":"none""#,
        r#""alg":"ES256""#,
        r#""\u0061lg":"none""#,
        r#""al\u0067":"HS256""#,
        r#""kid":"other""#,
        r#""typ":"JWT""#,
        r#""x":{"y":1,"y":2}"#,
        r#""x":[{"y":1,"\u0079":1}]"#,
    ] {
        table.refused(
            format!("{more} first"),
            setting.draft().header_bytes(first(&header, more)).build(),
            form(DuplicateMember),
        );
        table.refused(
            format!("{more} last"),
            setting.draft().header_bytes(last(&header, more)).build(),
            form(DuplicateMember),
        );
    }
    for more in [
        r#""sub":"cli_2""#,
        r#""\u0073ub":"cli_2""#,
        r#""s\u0075\u0062":"cli_1""#,
        r#""exp":9999999999"#,
        r#""aud":["https://orders.example.com"]"#,
        r#""scope":"orders:write""#,
        r#""act":{"sub":"a","sub":"b"}"#,
        r#""act":{"sub":"a","act":{"sub":"b","act":{},"act":{}}}"#,
        r#""x":[[{"":1,"":2}]]"#,
        r#""x":{"\ud83d\ude00":1,"😀":2}"#,
    ] {
        table.refused(
            format!("{more} first"),
            setting.draft().payload_bytes(first(&payload, more)).build(),
            form(DuplicateMember),
        );
        table.refused(
            format!("{more} last"),
            setting.draft().payload_bytes(last(&payload, more)).build(),
            form(DuplicateMember),
        );
    }
    // These are other names, which mean nothing here.
    for more in [r#""SUB":"cli_2""#, r#""sub ":"cli_2""#, r#""ѕub":"cli_2""#, r#""sub\u0000":"cli_2""#] {
        table.accepted(more, setting.draft().payload_bytes(last(&payload, more)).build());
    }
}
