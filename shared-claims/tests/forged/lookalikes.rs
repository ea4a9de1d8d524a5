//! Structure: things that look like a JWS in compact serialization and are something else.

use serde_json::json;
use shared_claims::verify::FormRefusal::{Extension, NotBase64Url, NotJsonObject, NotThreeParts};
use shared_claims::verify::SignatureRefusal::AlgorithmNotAllowed;

use crate::support::Setting;
use crate::support::parts::{b64, parts};
use crate::support::table::{Table, form, sig};

/// RFC 7515 section 7.2: we read none of it, so there is no second reader that could see another payload.
#[test]
fn a_jws_in_json_serialization_is_no_token() {
    let setting = Setting::new();
    let good = setting.good();
    let [header, payload, signature] = parts(&good);
    let forged = b64(r#"{"sub":"cli_2"}"#);
    let flattened = json!({"payload": payload, "protected": header, "signature": signature});
    let general = json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]});
    let unprotected = json!({"payload": payload, "header": {"alg": "none"}, "signature": ""});
    let mut table = Table::of(&setting);
    table.refused("flattened", flattened.to_string(), form(NotThreeParts));
    table.refused("general", general.to_string(), form(NotThreeParts));
    table.refused("without signatures", json!({"payload": payload, "signatures": []}).to_string(), form(NotThreeParts));
    table.refused("unprotected", unprotected.to_string(), form(NotThreeParts));
    table.refused("the compact form as a JSON text", json!(good).to_string(), form(NotBase64Url));
    table.refused("the compact form in a list", json!([good]).to_string(), form(NotBase64Url));
    let mixed = format!(
        r#"{{" {header}.{forged}.":"","protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#
    );
    table.refused("compact and JSON at once", mixed, form(NotBase64Url));
    let inside_out =
        format!(r#"{header}.{forged}.{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#);
    table.refused("JSON in place of the signature", inside_out, form(NotBase64Url));
    table.refused("JSON in base64url", b64(flattened.to_string()), form(NotThreeParts));
}

#[test]
fn a_jwe_is_no_token() {
    let setting = Setting::new();
    let good = setting.good();
    let [_, payload, signature] = parts(&good);
    let mut table = Table::of(&setting);
    for alg in ["dir", "RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "A256KW", "PBES2-HS256+A128KW"] {
        let header = b64(json!({"alg": alg, "enc": "A256GCM", "typ": "at+jwt"}).to_string());
        table.refused(
            format!("{alg}, five parts"),
            format!("{header}.{payload}.{payload}.{payload}.{signature}"),
            form(NotThreeParts),
        );
        table.refused(
            format!("{alg}, no encrypted key"),
            format!("{header}..{payload}.{payload}.{signature}"),
            form(NotThreeParts),
        );
        let cut = setting.draft().header("alg", json!(alg));
        table.refused(
            format!("{alg}, three parts"),
            cut.header("enc", json!("A256GCM")).build(),
            form(Extension("enc")),
        );
        table.refused(format!("{alg}, without enc"), setting.with_header("alg", json!(alg)), sig(AlgorithmNotAllowed));
    }
    let json = json!({"protected": payload, "encrypted_key": "", "iv": "", "ciphertext": payload, "tag": signature});
    table.refused("JWE in JSON", json.to_string(), form(NotThreeParts));
}

/// RFC 7519 section 5.2: a JWT inside a JWT. The outer payload is no JSON object, whatever `cty` says.
#[test]
fn a_nested_jwt_is_no_token() {
    let setting = Setting::new();
    let good = setting.good();
    let mut table = Table::of(&setting);
    for cty in ["JWT", "jwt", "application/jwt"] {
        let nested = setting.draft().header("cty", json!(cty)).payload_bytes(good.clone()).build();
        table.refused(format!("cty={cty}"), nested, form(NotJsonObject));
    }
    let unsigned = format!("{}.{}.", b64(r#"{"alg":"none"}"#), parts(&good)[1]);
    table.refused("an unsigned one inside", setting.draft().payload_bytes(unsigned).build(), form(NotJsonObject));
    table.refused("without cty", setting.draft().payload_bytes(good.clone()).build(), form(NotJsonObject));
    table.refused(
        "as a JSON text",
        setting.draft().payload_bytes(json!(good).to_string()).build(),
        form(NotJsonObject),
    );
    // `cty` alone changes nothing: what was signed is still this object.
    table.accepted("cty on an object", setting.with_header("cty", json!("JWT")));
}

#[test]
fn tokens_of_other_standards_are_no_tokens() {
    let setting = Setting::new();
    let good = setting.good();
    let [header, payload, signature] = parts(&good);
    let body = b64([7; 96]);
    let mut table = Table::of(&setting);
    for version in ["v1", "v2", "v3", "v4"] {
        for purpose in ["local", "public"] {
            let name = format!("PASETO {version}.{purpose}");
            table.refused(&name, format!("{version}.{purpose}.{body}"), form(NotBase64Url));
            table.refused(
                format!("{name}, footer"),
                format!("{version}.{purpose}.{body}.{payload}"),
                form(NotThreeParts),
            );
        }
    }
    let disclosure = b64(r#"["salt","admin",true]"#);
    table.refused("SD-JWT without disclosures", format!("{good}~"), form(NotBase64Url));
    table.refused("SD-JWT", format!("{good}~{disclosure}~"), form(NotBase64Url));
    table.refused("SD-JWT with key binding", format!("{good}~{disclosure}~{good}"), form(NotThreeParts));
    table.refused("COSE", b64([0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26]), form(NotThreeParts));
    table.refused("SWT", "Issuer=auth&ExpiresOn=9999999999&HMACSHA256=abc%3d", form(NotThreeParts));
    table.refused("SAML", format!("<Assertion>{payload}</Assertion>"), form(NotThreeParts));
    table.refused("an opaque token", "2YotnFZFEjr1zCsicMWpAA", form(NotThreeParts));
    table.refused("Macaroon", b64("MDAxY2xvY2F0aW9uIG9yZGVycwo"), form(NotThreeParts));
    table.refused("Branca or Fernet", format!("gAAAAA{body}=="), form(NotThreeParts));
    table.refused("an IP address", "10.0.0.1", form(NotThreeParts));
    table.refused("a version", "1.2.3", form(NotBase64Url));
    table.refused("a host", "www.example.com", form(NotJsonObject));
    let detached = format!("{header}..{signature}");
    table.refused("a detached payload (RFC 7515 appendix F)", detached, form(NotJsonObject));
}
