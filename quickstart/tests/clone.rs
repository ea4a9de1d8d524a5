//! What a clone holds: everything but secrets. Keys and passwords are made at the first start (decision 0009).

use std::path::{Path, PathBuf};

/// Where nothing is checked in: what `.gitignore` names, and git's own.
const NOT_OURS: [&str; 5] = ["target", "data", ".git", "node_modules", ".venv"];
const KEY_FILES: [&str; 7] = ["pem", "key", "der", "p12", "pfx", "jks", "kek"];

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let ours = entries.filter(|path| !NOT_OURS.iter().any(|name| path.ends_with(name)));
    ours.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Checklist T14: no key in git.
#[test]
fn a_clone_holds_no_private_key() {
    // In two pieces, or this file would be found.
    let private = ["PRIVATE", " KEY-----"].concat();
    let all = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    assert!(all.iter().any(|path| path.ends_with("quickstart/tests/clone.rs")), "the tree was looked through");
    for path in all {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        assert!(!KEY_FILES.contains(&kind), "a key file: {}", path.display());
        let content = std::fs::read(&path).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&content).contains(&private), "a private key in {}", path.display());
    }
}
