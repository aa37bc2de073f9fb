//! The short code that a person types to let a device in (RFC 8628 §6.1): letters that nobody confuses, and no vowels,
//! so that no word comes of them.

use crate::random::Random;
use std::fmt;

const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Some 34 bits: enough while guesses are counted (§5.1).
const LENGTH: usize = 8;

/// A user code, as it is compared: eight letters.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// A new one; each letter is equally likely.
    pub(super) fn generate(random: &dyn Random) -> Self {
        let even = 256 - 256 % LETTERS.len();
        let mut code = String::with_capacity(LENGTH);
        let mut bytes = [0; 32];
        while code.len() < LENGTH {
            random.fill(&mut bytes);
            let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < even);
            code.extend(drawn.take(LENGTH - code.len()).map(|byte| char::from(LETTERS[byte % LETTERS.len()])));
        }
        Self(code)
    }

    /// Reads what a person typed: in either case, with or without the hyphen, with whatever spaces.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().take(64).filter(|c| !c.is_whitespace() && !c.is_ascii_punctuation());
        let code: String = typed.map(|c| c.to_ascii_uppercase()).collect();
        let good = code.len() == LENGTH && code.bytes().all(|byte| LETTERS.contains(&byte));
        good.then_some(Self(code))
    }

    /// As it is compared.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserCode {
    /// As it is shown: `WDJB-MJHT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CountingRandom;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = UserCode::parse("WDJBMJHT").unwrap();
        assert_eq!(code.to_string(), "WDJB-MJHT");
        for typed in ["wdjb-mjht", " W D J B M J H T ", "wdjb_MJHT.", "WDJB\u{2003}MJHT"] {
            assert_eq!(UserCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        for wrong in ["", "WDJB-MJH", "WDJB-MJHTT", "ADJB-MJHT", "WDJB-MJH0", "ẆDJBMJHT"] {
            assert_eq!(UserCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_letter_is_equally_likely() {
        let random = CountingRandom::default();
        let text: String = (0..2_000).map(|_| UserCode::generate(&random).0).collect();
        for letter in LETTERS {
            let count = text.bytes().filter(|byte| byte == letter).count();
            assert!((600..1_000).contains(&count), "{}: {count} of 16000", char::from(*letter));
        }
    }
}
