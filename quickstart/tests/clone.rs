//! What a clone holds: everything but secrets. Keys and passwords are made at the first start (decision 0009).

use std::path::{Path, PathBuf};
use std::process::Command;

/// What is no part of a clone, where git cannot be asked: what `.gitignore` names, and git's own.
const NOT_OURS: [&str; 5] = ["target", "data", ".git", "node_modules", ".venv"];
const KEY_FILES: [&str; 7] = ["pem", "key", "der", "p12", "pfx", "jks", "kek"];
/// The private members of a JWK: of a key pair (RFC 7518 section 6.2.2) and of a shared secret (section 6.4).
const PRIVATE_MEMBERS: [&str; 2] = ["d", "k"];
/// No secrets: `d` of the example key of RFC 7515 appendix A.3, and the bytes 0 to 15.
const EVERYBODYS: [&str; 2] = ["jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", "AAECAwQFBgcICQoLDA0ODw"];

/// The files that git knows; without git, those of the tree.
fn files(tree: &Path) -> Vec<PathBuf> {
    let asked = Command::new("git").args(["ls-files", "-z"]).current_dir(tree).output();
    match asked.ok().filter(|answer| answer.status.success()) {
        Some(answer) => {
            let names = String::from_utf8(answer.stdout).unwrap();
            // One that was removed, and is still known, has no content.
            names.split_terminator('\0').map(|name| tree.join(name)).filter(|path| path.is_file()).collect()
        }
        None => walk(tree),
    }
}

fn walk(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let ours = entries.filter(|path| !NOT_OURS.iter().any(|name| path.ends_with(name)));
    ours.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// What is private in a file, by its name or its content.
fn private_in(path: &Path, content: &str) -> Option<String> {
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
    // In two pieces, or this file would be found.
    if KEY_FILES.contains(&kind) || content.contains(&["PRIVATE", " KEY-----"].concat()) {
        return Some("a private key".to_owned());
    }
    // JSON as it is, and as it stands in a text of a program.
    let packed: String = content.chars().filter(|char| !char.is_whitespace() && *char != '\\').collect();
    let member = PRIVATE_MEMBERS.into_iter().find(|name| {
        let member = format!("\"{name}\":\"");
        let values = packed.split(&member).skip(1).filter_map(|rest| rest.split('"').next());
        values.filter(|value| is_a_secret(value)).any(|value| !EVERYBODYS.contains(&value))
    })?;
    packed.contains("\"kty\":").then(|| format!("the member {member:?} of a JWK"))
}

/// At least 16 bytes in base64url.
fn is_a_secret(value: &str) -> bool {
    value.len() >= 22 && value.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char))
}

/// Checklist T14: no key in git.
#[test]
fn a_clone_holds_no_private_key() {
    let all = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    assert!(all.iter().any(|path| path.ends_with("quickstart/tests/clone.rs")), "the tree was looked through");
    for path in all {
        let content = std::fs::read(&path).unwrap();
        let found = private_in(&path, &String::from_utf8_lossy(&content));
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn a_private_key_would_be_noticed_in_whatever_form() {
    let secret = "A".repeat(43);
    let jwk = format!("{{\"kty\": \"OKP\", \"crv\": \"Ed25519\",\n  \"d\": \"{secret}\"}}");
    let pem = ["-----BEGIN PRIVATE", " KEY-----"].concat();
    for (name, content, noticed) in [
        ("a.pem", "", true),
        ("a.md", pem.as_str(), true),
        ("a.json", &jwk, true),
        ("a.rs", &jwk.replace('"', "\\\""), true),
        ("a.json", &jwk.replace("\"d\"", "\"x\""), false),
        ("a.json", &jwk.replace("\"kty\"", "\"kind\""), false),
        ("a.json", &jwk.replace("OKP", "oct").replace("\"d\"", "\"k\""), true),
    ] {
        assert_eq!(private_in(Path::new(name), content).is_some(), noticed, "{name}: {content}");
    }
}
