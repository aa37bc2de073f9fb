//! Whatever is presented as a key: nothing panics, nothing but the text itself is ever accepted, and
//! one changed character, or another environment's prefix, is always noticed.
#![no_main]

use keywright_core::{
    profile::{Alphabet, Environment, KeyFormat},
    random::Random,
    secret::{Secret, SecretHash, looks_like_key},
};
use libfuzzer_sys::fuzz_target;
use std::sync::atomic::{AtomicUsize, Ordering};

fuzz_target!(|data: &[u8]| {
    for format in formats() {
        if let Ok(text) = std::str::from_utf8(data) {
            present(&format, text);
            for prefix in format.prefixes() {
                present(&format, &format!("{prefix}{text}"));
            }
        }
        for prefix in format.prefixes() {
            change_one_character(&format, prefix, data);
            change_the_prefix(&format, prefix, data);
        }
    }
});

fn formats() -> [KeyFormat; 4] {
    let format = |prefixes: &[&str], alphabet| KeyFormat {
        prefix: prefixes[0].to_owned(),
        alphabet,
        visible: 4,
        environments: if prefixes.len() == 1 { Vec::new() } else { prefixes.iter().map(environment).collect() },
    };
    [
        format(&["sk_live_"], Alphabet::Base62),
        format(&["sk_"], Alphabet::Hex),
        format(&["sk_live_", "sk_test_", "sk_t_"], Alphabet::Base62),
        format(&["sk_live_", "sk_test_", "sk_t_"], Alphabet::Hex),
    ]
}

fn environment(prefix: &&str) -> Environment {
    Environment { name: (*prefix).to_owned(), title: (*prefix).to_owned(), prefix: (*prefix).to_owned() }
}

fn present(format: &KeyFormat, text: &str) {
    let looks = looks_like_key(format, text);
    if let Ok(secret) = Secret::parse(format, text) {
        assert!(looks);
        assert_eq!(secret.expose(), text);
        assert_eq!(secret.hash(), SecretHash::of(text.as_bytes()));
        assert!(text.starts_with(secret.start(format)) && text.ends_with(secret.last4()));
    }
}

/// The last two bytes say which character becomes which; the rest makes the key.
fn change_one_character(format: &KeyFormat, prefix: &str, data: &[u8]) {
    let [rest @ .., place, new] = data else { return };
    let key = Secret::generate_with(format, prefix, &Drawn::from(rest)).expose().to_owned();
    assert!(Secret::parse(format, &key).is_ok());
    let mut changed = key.clone().into_bytes();
    let place = usize::from(*place) % changed.len();
    changed[place] = *new & 0x7f;
    let Ok(changed) = String::from_utf8(changed) else { return };
    assert_eq!(Secret::parse(format, &changed).is_ok(), changed == key);
}

/// A key of one environment is none of another: `live` and `test` differ within 32 bits, which the checksum
/// always notices.
fn change_the_prefix(format: &KeyFormat, prefix: &str, data: &[u8]) {
    let key = Secret::generate_with(format, prefix, &Drawn::from(data)).expose().to_owned();
    for other in format.prefixes().filter(|other| *other != prefix && other.len() == prefix.len()) {
        let changed = key.replacen(prefix, other, 1);
        assert!(Secret::parse(format, &changed).is_err());
        assert!(looks_like_key(format, &changed));
    }
}

/// The fuzzer's bytes over and over, each time shifted, so that no input can stop the drawing.
struct Drawn {
    bytes: Vec<u8>,
    at: AtomicUsize,
}

impl From<&[u8]> for Drawn {
    fn from(bytes: &[u8]) -> Self {
        Self { bytes: if bytes.is_empty() { vec![0] } else { bytes.to_vec() }, at: AtomicUsize::new(0) }
    }
}

impl Random for Drawn {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let at = self.at.fetch_add(1, Ordering::Relaxed);
            *byte = self.bytes[at % self.bytes.len()].wrapping_add((at / self.bytes.len()) as u8);
        }
    }
}
