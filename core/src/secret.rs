//! The secret of an API key: how it is made, recognised and remembered.
//!
//! A key reads `sk_live_` + random characters + checksum:
//!
//! | alphabet | random part | checksum | example (shortened)          |
//! |----------|-------------|----------|------------------------------|
//! | base62   | 43, 256 bit | 6        | `sk_live_4fT9…Qk` + `0aZ3x9` |
//! | hex      | 64, 256 bit | 8        | `sk_a1b2…9f` + `07c4e1d2`    |
//!
//! **The checksum** is the CRC-32 of everything before it, written in the key's own alphabet, so that
//! a key is one word of one kind of character. It is not there against attackers, who can compute it as
//! well as we can, but against slips: a CRC finds *every* change within 32 neighbouring bits, so any one
//! mistyped character is refused in a few nanoseconds, without a look-up. Garbage that scanners send
//! never reaches the index or the database, and leak scanners can tell a key from a similar word.
//!
//! It covers the prefix too: `sk_test_` written before a key that was made as `sk_live_` makes no key.
//!
//! **The hash** that is kept is a single SHA-256. Slow, salted functions such as argon2 protect
//! secrets that people choose, because those can be guessed; 256 random bits cannot, whatever a guess
//! costs. A fast hash lets the gate look every request up by it. Equality of hashes may be compared in
//! variable time: who does not know the secret cannot steer its hash.

use crate::{
    profile::{Alphabet, KeyFormat},
    random::Random,
};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The whole of a key. It is shown once, to whoever made it; afterwards only its [`SecretHash`] is kept.
///
/// It can neither be displayed nor serialised, and its `Debug` says nothing: whoever shows it has to
/// call [`Secret::expose`], which can be searched for.
#[derive(Clone)]
pub struct Secret(String);

/// The text is not a key of this product: another prefix, length or character, or a checksum that does
/// not match. It says no more, because it may be told to strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a key")]
pub struct NotASecret;

impl Secret {
    /// A new key of the usual kind with 256 bits from `random`.
    #[must_use]
    pub fn generate(format: &KeyFormat, random: &dyn Random) -> Self {
        Self::generate_with(format, &format.prefix, random)
    }

    /// A new key with one of the format's prefixes.
    #[must_use]
    pub fn generate_with(format: &KeyFormat, prefix: &str, random: &dyn Random) -> Self {
        let mut text = String::with_capacity(length(format, prefix));
        text.push_str(prefix);
        push_random(&mut text, format.alphabet, format.alphabet.random_length(), random);
        let mut checksum = [0; LONGEST_CHECKSUM];
        text.extend(write_checksum(format.alphabet, text.as_bytes(), &mut checksum).iter().copied().map(char::from));
        Self(text)
    }

    /// Recognises a key that somebody presents.
    pub fn parse(format: &KeyFormat, text: &str) -> Result<Self, NotASecret> {
        recognise(format, text).map(|()| Self(text.to_owned()))
    }

    /// What is kept of a key that somebody presents.
    pub fn parse_hash(format: &KeyFormat, text: &str) -> Result<SecretHash, NotASecret> {
        recognise(format, text).map(|()| SecretHash::of(text.as_bytes()))
    }

    /// The key itself, for the one who may see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_bytes())
    }

    /// The prefix and the first characters, by which people tell their keys apart: `sk_live_4fT9`.
    #[must_use]
    pub fn start(&self, format: &KeyFormat) -> &str {
        let prefix = format.prefixes().find(|prefix| self.0.starts_with(prefix)).unwrap_or_default();
        self.0.get(..prefix.len() + format.visible).unwrap_or_default()
    }

    /// The last four characters. However much of the start is visible, at least 160 bits stay unknown.
    #[must_use]
    pub fn last4(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// Whether a text is a key. Nothing is allocated, and garbage costs less than a key.
fn recognise(format: &KeyFormat, text: &str) -> Result<(), NotASecret> {
    let bytes = text.as_bytes();
    let fits = |prefix: &&str| bytes.len() == length(format, prefix) && bytes.starts_with(prefix.as_bytes());
    let prefix = format.prefixes().find(fits).ok_or(NotASecret)?;
    let rest = &bytes[prefix.len()..];
    // No early end: without one, the compiler looks at many characters at a time.
    if !rest.iter().fold(true, |all, byte| all & format.alphabet.has(*byte)) {
        return Err(NotASecret);
    }
    let (signed, given) = bytes.split_at(bytes.len() - format.alphabet.checksum_length());
    let mut expected = [0; LONGEST_CHECKSUM];
    if write_checksum(format.alphabet, signed, &mut expected) == given { Ok(()) } else { Err(NotASecret) }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether the text is, or was meant to be, a key: the prefix and a long word after it. Where keys are
/// not allowed (query strings end up in logs) a mistyped one is refused as well: it is nearly a secret.
#[must_use]
pub fn looks_like_key(format: &KeyFormat, text: &str) -> bool {
    const LEAST: usize = 32;
    let long = |rest: &str| rest.bytes().take(LEAST).filter(u8::is_ascii_alphanumeric).count() == LEAST;
    format.prefixes().any(|prefix| text.strip_prefix(prefix).is_some_and(long))
}

/// The SHA-256 of a random secret: what the database and the gate's index know of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

/// The format of Keywright's own credentials: those of apps, and what apps are given. They look like keys.
pub(crate) fn own(prefix: &str) -> KeyFormat {
    KeyFormat { prefix: prefix.to_owned(), alphabet: Alphabet::Base62, visible: 0, environments: Vec::new() }
}

/// So many random characters, for names that nobody must guess.
pub(crate) fn base62(random: &dyn Random, length: usize) -> String {
    let mut text = String::with_capacity(length);
    push_random(&mut text, Alphabet::Base62, length, random);
    text
}

impl SecretHash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A hash that was kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash, to keep it.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for SecretHash {
    type Error = std::array::TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

impl fmt::Debug for SecretHash {
    /// The first four bytes: enough to compare two log lines, too few to look a key up by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretHash({}…)", to_hex(&self.0[..4]))
    }
}

/// The bytes in lower-case hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(HEX[usize::from(digit)])).collect()
}

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const LONGEST_CHECKSUM: usize = 8;

impl Alphabet {
    const fn characters(self) -> &'static [u8] {
        match self {
            Self::Base62 => BASE62,
            Self::Hex => HEX,
        }
    }

    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Base62 => byte.is_ascii_alphanumeric(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        }
    }

    /// The fewest characters that carry 256 bits: ⌈256 / log₂ 62⌉ = 43, 256 / 4 = 64.
    const fn random_length(self) -> usize {
        match self {
            Self::Base62 => 43,
            Self::Hex => 64,
        }
    }

    /// The fewest characters that carry 32 bits: ⌈32 / log₂ 62⌉ = 6, 32 / 4 = 8.
    const fn checksum_length(self) -> usize {
        match self {
            Self::Base62 => 6,
            Self::Hex => LONGEST_CHECKSUM,
        }
    }
}

const fn length(format: &KeyFormat, prefix: &str) -> usize {
    prefix.len() + format.alphabet.random_length() + format.alphabet.checksum_length()
}

/// Every character is equally likely: a byte beyond the last whole multiple of the alphabet is drawn
/// again (taking the remainder of all bytes would favour the first characters).
fn push_random(text: &mut String, alphabet: Alphabet, length: usize, random: &dyn Random) {
    let characters = alphabet.characters();
    let even = 256 - 256 % characters.len();
    let end = text.len() + length;
    let mut bytes = [0; 64];
    while text.len() < end {
        random.fill(&mut bytes);
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < even);
        text.extend(drawn.take(end - text.len()).map(|byte| char::from(characters[byte % characters.len()])));
    }
}

/// Writes the CRC-32 of `signed` in the alphabet, most significant character first, and gives back as
/// much of the buffer as it took.
fn write_checksum<'a>(alphabet: Alphabet, signed: &[u8], buffer: &'a mut [u8; LONGEST_CHECKSUM]) -> &'a [u8] {
    let characters = alphabet.characters();
    let written = &mut buffer[..alphabet.checksum_length()];
    let mut rest = crc32fast::hash(signed);
    for place in written.iter_mut().rev() {
        // Spelt out, so that the compiler divides by constants.
        let (quotient, digit) = match alphabet {
            Alphabet::Base62 => (rest / 62, rest % 62),
            Alphabet::Hex => (rest / 16, rest % 16),
        };
        *place = characters[digit as usize];
        rest = quotient;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        profile::Environment,
        random::{CountingRandom, OsRandom},
    };
    use proptest::{prelude::*, sample::Index};

    fn format(prefix: &str, alphabet: Alphabet) -> KeyFormat {
        KeyFormat { prefix: prefix.to_owned(), alphabet, visible: 4, environments: Vec::new() }
    }

    /// A format with an environment for each of these prefixes.
    fn with_environments(prefixes: &[&str], alphabet: Alphabet) -> KeyFormat {
        let environment = |prefix: &&str| Environment {
            name: prefix.trim_end_matches('_').to_owned(),
            title: "An environment".to_owned(),
            prefix: (*prefix).to_owned(),
        };
        KeyFormat { environments: prefixes.iter().map(environment).collect(), ..format(prefixes[0], alphabet) }
    }

    fn base62() -> KeyFormat {
        format("sk_live_", Alphabet::Base62)
    }

    /// Random bytes from a seed, so that a failing case can be run again.
    struct Seeded(std::sync::Mutex<u64>);

    impl Random for Seeded {
        fn fill(&self, buffer: &mut [u8]) {
            let mut state = self.0.lock().unwrap();
            for byte in buffer {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (*state >> 56) as u8;
            }
        }
    }

    /// With one prefix, or with environments whose prefixes are of one length and of several.
    fn formats() -> impl Strategy<Value = KeyFormat> {
        let alphabets = prop_oneof![Just(Alphabet::Base62), Just(Alphabet::Hex)];
        ("[a-z][a-z0-9]{0,8}_", alphabets, any::<bool>()).prop_map(|(prefix, alphabet, environments)| {
            if environments {
                let prefixes = ["live_", "test_", "t_"].map(|end| format!("{prefix}{end}"));
                with_environments(&prefixes.each_ref().map(String::as_str), alphabet)
            } else {
                format(&prefix, alphabet)
            }
        })
    }

    /// A key with any prefix of its format.
    fn keys() -> impl Strategy<Value = (KeyFormat, String)> {
        (formats(), any::<Index>(), any::<u64>()).prop_map(|(format, prefix, seed)| {
            let prefixes: Vec<_> = format.prefixes().collect();
            let secret = Secret::generate_with(&format, prefixes[prefix.index(prefixes.len())], &Seeded(seed.into()));
            (format.clone(), secret.expose().to_owned())
        })
    }

    proptest! {
        #[test]
        fn a_generated_key_is_recognised((format, key) in keys()) {
            let secret = Secret::parse(&format, &key).unwrap();
            prop_assert_eq!(secret.expose(), &key);
            prop_assert_eq!(secret.hash(), SecretHash::of(key.as_bytes()));
            prop_assert!(looks_like_key(&format, &key));
        }

        #[test]
        fn any_one_changed_character_is_refused((format, key) in keys(), at: Index, new: char) {
            let at = at.index(key.len());
            prop_assume!(!key[at..].starts_with(new));
            let changed = format!("{}{new}{}", &key[..at], &key[at + 1..]);
            prop_assert_eq!(Secret::parse(&format, &changed).err(), Some(NotASecret));
        }

        #[test]
        fn any_two_swapped_neighbours_are_refused((format, key) in keys(), at: Index) {
            let at = at.index(key.len() - 1);
            let mut changed = key.clone().into_bytes();
            changed.swap(at, at + 1);
            prop_assume!(changed != key.as_bytes());
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(Secret::parse(&format, &changed).err(), Some(NotASecret));
        }

        #[test]
        fn a_missing_or_an_added_character_is_refused((format, key) in keys(), at: Index, new: char) {
            let at = at.index(key.len());
            let shorter = format!("{}{}", &key[..at], &key[at + 1..]);
            prop_assert!(Secret::parse(&format, &shorter).is_err());
            let longer = format!("{}{new}{}", &key[..at], &key[at..]);
            prop_assert!(Secret::parse(&format, &longer).is_err());
        }

        #[test]
        fn no_input_panics(format in formats(), text: String, bytes: Vec<u8>) {
            for text in [text, String::from_utf8_lossy(&bytes).into_owned()] {
                for prefix in format.prefixes().chain([""]) {
                    let text = format!("{prefix}{text}");
                    let _ = looks_like_key(&format, &text);
                    prop_assert!(Secret::parse(&format, &text).is_err());
                }
            }
        }
    }

    /// The property above draws at random; here every character at every place is tried.
    #[test]
    fn every_single_substitution_within_the_alphabet_is_refused() {
        for format in [base62(), format("sk_", Alphabet::Hex)] {
            let key = Secret::generate(&format, &OsRandom).expose().to_owned();
            for at in 0..key.len() {
                for new in BASE62.iter().chain(b"_").filter(|new| **new != key.as_bytes()[at]) {
                    let mut changed = key.clone().into_bytes();
                    changed[at] = *new;
                    let changed = String::from_utf8(changed).unwrap();
                    assert!(Secret::parse(&format, &changed).is_err(), "place {at}, {}", char::from(*new));
                }
            }
        }
    }

    /// Keys live for years in other people's configuration: their format must never change unnoticed.
    #[test]
    fn keys_that_were_made_long_ago_are_recognised() {
        let old = "sk_live_0000000000000000000000000000000000000000000";
        let key = format!("{old}1Vxh1Z");
        assert_eq!(Secret::parse(&base62(), &key).unwrap().expose(), key);
        let hex = format!("sk_{}f66c0d38", "0".repeat(64));
        assert_eq!(Secret::parse(&format("sk_", Alphabet::Hex), &hex).unwrap().expose(), hex);
    }

    #[test]
    fn a_key_shows_its_start_and_its_last_four_characters() {
        let secret = Secret::generate(&base62(), &CountingRandom::default());
        let key = secret.expose();
        assert_eq!(key.len(), "sk_live_".len() + 43 + 6);
        assert_eq!(secret.start(&base62()), &key[..12]);
        assert_eq!(secret.last4(), &key[key.len() - 4..]);
    }

    #[test]
    fn a_key_of_every_environment_is_recognised_and_shows_its_own_prefix() {
        let format = with_environments(&["sk_live_", "sk_test_", "sk_t_"], Alphabet::Base62);
        for prefix in format.prefixes() {
            let secret = Secret::generate_with(&format, prefix, &OsRandom);
            let key = secret.expose();
            assert!(key.starts_with(prefix), "{key}");
            assert_eq!(key.len(), prefix.len() + 43 + 6);
            assert_eq!(Secret::parse(&format, key).unwrap().hash(), secret.hash());
            assert_eq!(secret.start(&format), &key[..prefix.len() + 4]);
            assert!(looks_like_key(&format, &key[..key.len() - 1]));
        }
        let usual = Secret::generate(&format, &OsRandom);
        assert!(usual.expose().starts_with("sk_live_"));
        assert!(Secret::parse(&base62(), usual.expose()).is_ok(), "keys outlive the day when environments come");
    }

    #[test]
    fn a_key_of_one_environment_is_none_of_another() {
        for alphabet in [Alphabet::Base62, Alphabet::Hex] {
            let format = with_environments(&["sk_live_", "sk_test_", "sk_t_"], alphabet);
            for (from, to) in format.prefixes().flat_map(|from| format.prefixes().map(move |to| (from, to))) {
                let key = Secret::generate_with(&format, from, &OsRandom).expose().to_owned();
                let changed = key.replacen(from, to, 1);
                assert_eq!(Secret::parse(&format, &changed).is_ok(), from == to, "{from} as {to}");
                assert!(looks_like_key(&format, &changed), "it is nearly a secret all the same");
            }
        }
    }

    #[test]
    fn two_keys_differ() {
        let random = CountingRandom::default();
        let [one, two] = [(); 2].map(|()| Secret::generate(&base62(), &random));
        assert_ne!(one.hash(), two.hash());
    }

    /// With plain remainders `0` to `7` would come 25 % more often than the rest.
    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = [0_u32; 256];
        let random = CountingRandom::default();
        for _ in 0..4_000 {
            let secret = Secret::generate(&base62(), &random);
            secret.expose()["sk_live_".len()..][..43].bytes().for_each(|b| counts[usize::from(b)] += 1);
        }
        let mean = 4_000.0 * 43.0 / 62.0;
        for character in BASE62 {
            let off = (f64::from(counts[usize::from(*character)]) / mean - 1.0).abs();
            assert!(off < 0.1, "{} is off by {off}", char::from(*character));
        }
    }

    #[test]
    fn debug_output_never_holds_the_secret() {
        let secret = Secret::generate(&base62(), &OsRandom);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(format!("{:?}", SecretHash::of(b"abc")), "SecretHash(ba7816bf…)");
    }

    #[test]
    fn a_hash_is_kept_as_32_bytes() {
        let hash = SecretHash::of(b"abc");
        assert_eq!(to_hex(hash.as_bytes()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(SecretHash::try_from(&hash.as_bytes()[..]).unwrap(), hash);
        assert!(SecretHash::try_from(&[0_u8; 31][..]).is_err());
    }

    #[test]
    fn a_nearly_complete_key_looks_like_one_and_other_words_do_not() {
        let key = Secret::generate(&base62(), &OsRandom).expose().to_owned();
        assert!(looks_like_key(&base62(), &key[..key.len() - 1]));
        assert!(looks_like_key(&base62(), &format!("{key}&page=2")));
        for text in ["", "sk_live_", "sk_live_your_api_key_here_your_api_key_here_your_api", "sk_test_4fT9", "日本語"]
        {
            assert!(!looks_like_key(&base62(), text), "{text}");
        }
    }
}
