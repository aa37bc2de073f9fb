//! Text that people typed: one place that says which characters may be kept.

/// Why a piece of text was refused; it reads after the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing but spaces.
    Empty,
    /// More characters than allowed.
    TooLong(usize),
    /// A control character, or one that changes the direction of the text around it.
    Hidden,
}

impl TextFault {
    /// A sentence for the form, about the thing called `what`.
    #[must_use]
    pub fn message(self, what: &str) -> String {
        match self {
            Self::Empty => format!("{what} cannot be empty."),
            Self::TooLong(most) => format!("{what} can have at most {most} characters."),
            Self::Hidden => {
                format!("{what} contains a control or direction-changing character. Type it again without it.")
            }
        }
    }
}

/// One line: trimmed, 1 to `most` characters, nothing hidden.
pub fn line(text: &str, most: usize) -> Result<String, TextFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextFault::Empty);
    }
    checked(text, most, is_hidden)
}

/// Free text, possibly empty, possibly of several lines.
pub fn note(text: &str, most: usize) -> Result<String, TextFault> {
    let text = text.replace("\r\n", "\n");
    checked(text.trim(), most, |c| c != '\n' && is_hidden(c))
}

/// What a stranger sent, for people to read: one line without anything hidden, cut where it is too long.
#[must_use]
pub fn plain(text: &str, most: usize) -> String {
    let shown: String = text.chars().filter(|c| !is_hidden(*c)).take(most + 1).collect();
    if shown.chars().count() <= most {
        return shown;
    }
    shown.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn checked(text: &str, most: usize, refused: impl Fn(char) -> bool) -> Result<String, TextFault> {
    if text.chars().any(refused) {
        return Err(TextFault::Hidden);
    }
    if text.chars().count() > most {
        return Err(TextFault::TooLong(most));
    }
    Ok(text.to_owned())
}

/// Controls, and the bidirectional overrides and isolates of Unicode UAX #9 §2, with which a label
/// could be made to read as something that it is not. Right-to-left letters themselves are welcome.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_counted_in_characters() {
        assert_eq!(line("  ci  ", 80), Ok("ci".to_owned()));
        assert_eq!(line(&"𝕜".repeat(80), 80), Ok("𝕜".repeat(80)));
        assert_eq!(line(&"k".repeat(81), 80), Err(TextFault::TooLong(80)));
        assert_eq!(line(" \t ", 80), Err(TextFault::Empty));
    }

    #[test]
    fn hidden_characters_are_refused_and_foreign_scripts_are_not() {
        for bad in ["a\0b", "a\u{202e}b", "a\u{2066}b", "a\nb", "a\u{7f}b"] {
            assert_eq!(line(bad, 80), Err(TextFault::Hidden), "{bad:?}");
        }
        assert_eq!(line("مفتاح CI", 80), Ok("مفتاح CI".to_owned()));
        assert_eq!(line("<script>alert(1)</script>", 80), Ok("<script>alert(1)</script>".to_owned()));
        assert_eq!(plain("a\0b\u{202e}c\n", 80), "abc");
        assert_eq!((plain("abcd", 4), plain("abcde", 4)), ("abcd".to_owned(), "abc…".to_owned()));
        assert_eq!(note("two\r\nlines", 500), Ok("two\nlines".to_owned()));
    }
}
