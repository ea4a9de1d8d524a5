//! Text for a shell, quoted so that bash and zsh read the same, with the values that a reader has in variables
//! replaced by those variables.

/// Shorter values could stand in a text by chance, so they are replaced only as whole JSON strings.
const SHORTEST_IN_TEXT: usize = 8;

/// Shell variables and what they stand for. A command never shows the value, so a token or secret that was
/// remembered here cannot be printed with a command.
#[derive(Default)]
pub struct Variables(Vec<(String, String)>);

enum Segment<'t> {
    Literal(&'t str),
    /// What stands between double quotes: `${NAME}` or `$(command)`.
    Expansion(String),
}

impl Variables {
    /// Sets or replaces a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
            // A token that holds another value (an id, say) must be found before it.
            self.0.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        }
    }

    /// The variable that stands for exactly this value.
    #[must_use]
    pub fn name_of(&self, value: &str) -> Option<&str> {
        self.0.iter().find(|(_, known)| known == value).map(|(name, _)| name.as_str())
    }

    /// One word of a command.
    #[must_use]
    pub fn word(&self, text: &str) -> String {
        let needles = self.0.iter().filter(|(_, value)| value.len() >= SHORTEST_IN_TEXT);
        let needles: Vec<_> = needles.map(|(name, value)| (value.clone(), format!("${{{name}}}"))).collect();
        quoted(&segments(text, &needles))
    }

    /// One word of a command that is a JSON text: a value that JSON has to escape is escaped again by `jq`.
    #[must_use]
    pub fn json_word(&self, json: &serde_json::Value) -> String {
        let needles: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| {
                let string = serde_json::Value::from(value.as_str()).to_string();
                if value.len() >= SHORTEST_IN_TEXT && string.trim_matches('"') == value {
                    (value.clone(), format!("${{{name}}}"))
                } else {
                    (string, format!("$(printf %s \"${name}\" | jq -Rs .)"))
                }
            })
            .collect();
        quoted(&segments(&json.to_string(), &needles))
    }
}

fn segments<'t>(text: &'t str, needles: &[(String, String)]) -> Vec<Segment<'t>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((at, needle, expansion)) = first(rest, needles) {
        let (before, after) = rest.split_at(at);
        found.push(Segment::Literal(before));
        found.push(Segment::Expansion(expansion.clone()));
        rest = after.strip_prefix(needle.as_str()).unwrap_or_default();
    }
    found.push(Segment::Literal(rest));
    found.retain(|segment| !matches!(segment, Segment::Literal("")));
    found
}

/// The leftmost needle; of several at the same place the first of the list, which is the longest.
fn first<'n>(text: &str, needles: &'n [(String, String)]) -> Option<(usize, &'n String, &'n String)> {
    needles
        .iter()
        .filter_map(|(needle, expansion)| text.find(needle.as_str()).map(|at| (at, needle, expansion)))
        .min_by_key(|(at, ..)| *at)
}

fn quoted(segments: &[Segment<'_>]) -> String {
    let plain = |segment: &Segment<'_>| match segment {
        Segment::Literal(text) => !text.contains(['"', '$', '`', '\\', '!']),
        Segment::Expansion(_) => true,
    };
    let has_expansion = segments.iter().any(|segment| matches!(segment, Segment::Expansion(_)));
    if has_expansion && segments.iter().all(plain) {
        let inside: String = segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(text) => (*text).to_owned(),
                Segment::Expansion(expansion) => expansion.clone(),
            })
            .collect();
        return format!("\"{inside}\"");
    }
    if segments.is_empty() {
        return "''".to_owned();
    }
    segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => single_quoted(text),
            Segment::Expansion(expansion) => format!("\"{expansion}\""),
        })
        .collect()
}

/// Between single quotes neither bash nor zsh reads anything, not even `!`, which an interactive bash expands
/// between double quotes. A single quote itself is written `'\''`.
fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    const NASTY: &str = r#"it's "5 $HOME" `id` \n !! %s {a,b} ~ * # ü"#;

    /// What each shell on this machine makes of `printf %s WORD`.
    fn evaluated(setup: &str, word: &str) -> Vec<String> {
        let shells = ["bash", "zsh"].into_iter();
        let evaluated: Vec<_> = shells
            .filter_map(|shell| Command::new(shell).args(["-c", &format!("{setup}\nprintf %s {word}")]).output().ok())
            .map(|output| String::from_utf8(output.stdout).unwrap())
            .collect();
        assert!(!evaluated.is_empty(), "neither bash nor zsh is installed");
        evaluated
    }

    #[test]
    fn a_literal_reaches_the_command_unchanged() {
        for text in [NASTY, "", "plain", "'", "''", "a\nb"] {
            for seen in evaluated("", &Variables::default().word(text)) {
                assert_eq!(seen, text);
            }
        }
    }

    #[test]
    fn a_variable_before_a_colon_or_bracket_is_not_a_zsh_modifier() {
        let mut variables = Variables::default();
        variables.set("CLIENT_ID", "cli_0123456789");
        let word = variables.word("cli_0123456789:h[1]_x");
        assert_eq!(word, r#""${CLIENT_ID}:h[1]_x""#);
        for seen in evaluated("CLIENT_ID=abc", &word) {
            assert_eq!(seen, "abc:h[1]_x");
        }
    }

    #[test]
    fn a_value_inside_json_becomes_its_variable() {
        let mut variables = Variables::default();
        variables.set("ACCOUNT_ID", "acc_0123456789");
        let word = variables.json_word(&json!({"account_id": "acc_0123456789", "note": "it's"}));
        assert_eq!(word, r#"'{"account_id":"'"${ACCOUNT_ID}"'","note":"it'\''s"}'"#);
    }

    #[test]
    fn a_password_that_json_escapes_is_neither_shown_nor_broken() {
        let mut variables = Variables::default();
        for password in [NASTY, "short"] {
            variables.set("PASSWORD", password);
            let word = variables.json_word(&json!({"password": password}));
            assert!(!word.contains("HOME") && !word.contains("short"), "{word}");
            // The command needs jq, which whoever pastes it has; whoever only builds and tests may not.
            if word.contains("jq ") && Command::new("jq").arg("--version").output().is_err() {
                eprintln!("skipped, since jq is not installed: what a shell makes of {word}");
                continue;
            }
            let setup = format!("PASSWORD={}", single_quoted(password));
            for seen in evaluated(&setup, &word) {
                assert_eq!(serde_json::from_str::<serde_json::Value>(&seen).unwrap(), json!({"password": password}));
            }
        }
    }

    #[test]
    fn the_longer_of_two_values_is_found_first() {
        let mut variables = Variables::default();
        variables.set("SHORT", "abcdefgh");
        variables.set("LONG", "abcdefgh.ijklmnop");
        assert_eq!(variables.word("abcdefgh.ijklmnop"), r#""${LONG}""#);
    }
}
