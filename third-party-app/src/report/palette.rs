//! Colours, and the one way by which a line reaches the terminal.

use std::io;

use anstyle::{AnsiColor, Style};

use super::Out;

/// What looks how. The plain one adds nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Palette {
    pub(crate) heading: Style,
    pub(crate) command: Style,
    pub(crate) faint: Style,
    pub(crate) good: Style,
    pub(crate) bad: Style,
    pub(crate) open: Style,
}

impl Palette {
    pub(crate) fn new(color: bool) -> Self {
        if !color {
            return Self::default();
        }
        let colored = |color: AnsiColor| color.on_default();
        Self {
            heading: Style::new().bold(),
            command: colored(AnsiColor::Cyan),
            faint: Style::new().dimmed(),
            good: colored(AnsiColor::Green),
            bad: colored(AnsiColor::Red).bold(),
            open: colored(AnsiColor::Yellow),
        }
    }
}

/// Writes one line. What others wrote (bodies, claims, headers) may hold control characters, which a terminal would
/// obey, so they are shown escaped.
pub(crate) fn line(out: Out<'_>, indent: usize, style: Style, text: &str) -> io::Result<()> {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    writeln!(out, "{:indent$}{style}{shown}{style:#}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(palette: Palette, text: &str) -> String {
        let mut out = Vec::new();
        line(&mut out, 2, palette.good, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_plain_palette_writes_no_escape_sequence() {
        assert_eq!(written(Palette::new(false), "ok"), "  ok\n");
        assert!(written(Palette::new(true), "ok").contains('\u{1b}'));
    }

    #[test]
    fn what_others_wrote_cannot_steer_the_terminal() {
        let shown = written(Palette::new(false), "a\u{1b}]0;x\u{7}\u{9b}1m\nb");
        assert_eq!(shown, "  a\\u{1b}]0;x\\u{7}\\u{9b}1m\\u{a}b\n");
    }
}
