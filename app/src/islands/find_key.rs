//! Finding a key without telling it to anybody.

use leptos::{html, prelude::*};
use sha2::{Digest as _, Sha256};
use web_sys::{HtmlInputElement, SubmitEvent};

/// The form that looks for a key. A whole key is hashed here and only its hash is sent; what is no longer than a key's
/// visible beginning is sent as it is, and so is what a request is called.
#[island]
pub fn FindKey(
    /// Where the form goes.
    action: String,
    /// The length of the longest visible beginning.
    most: u32,
    /// Whether the field takes no more than that without JavaScript.
    cut: bool,
    /// What the field is called.
    label: String,
    /// What may be typed.
    sample: String,
) -> impl IntoView {
    let start = NodeRef::<html::Input>::new();
    let hash = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = start.get() {
            // The attribute is there, so its removal cannot fail.
            let _ = input.remove_attribute("maxlength");
        }
    });
    let hide_secret = move |_: SubmitEvent| {
        if let (Some(start), Some(hash)) = (start.get(), hash.get()) {
            replace(&start, &hash, most);
        }
    };
    // A page that comes back by the Back button has both fields again, empty.
    view! {
        <form class="find__form" method="post" action=action autocomplete="off" on:submit=hide_secret>
            <input
                class="input mono" type="text" name="start" maxlength=cut.then(|| most.to_string()) placeholder=sample
                aria-label=label aria-describedby="find-hint" autocomplete="off" autocapitalize="none" spellcheck="false"
                node_ref=start
            />
            <input type="hidden" name="hash" value="" node_ref=hash />
            <button class="button">"Find"</button>
        </form>
    }
}

/// Puts the hash of a whole key in the key's place, before the browser collects what it sends.
fn replace(start: &HtmlInputElement, hash: &HtmlInputElement, most: u32) {
    let typed = start.value();
    // The masked form, as the list shows it, is its visible beginning.
    let typed = typed.trim().split('…').next().unwrap_or_default();
    if typed.chars().count() > usize::try_from(most).unwrap_or(usize::MAX) && !is_request_id(typed) {
        hash.set_value(&hex(&Sha256::digest(typed.as_bytes())));
        start.set_value("");
    } else {
        hash.set_value("");
        start.set_value(typed);
    }
}

/// What requests are called: hexadecimal digits, and hyphens. No key is made of these alone: each has a prefix.
fn is_request_id(text: &str) -> bool {
    matches!(text.len(), 32 | 36) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_request_is_told_from_a_key() {
        assert!(is_request_id("0198c0de-7f3a-7000-8000-000000000006"));
        assert!(is_request_id("0198c0de7f3a70008000000000000006"));
        let key = "0a1b2c3d".repeat(9);
        for secret in ["sk_live_4fT9aaaaaaaaaaaaaaaaaaaaaaaa", "", key.as_str()] {
            assert!(!is_request_id(secret), "{secret}");
        }
    }

    #[test]
    fn a_hash_is_written_as_the_server_reads_it() {
        let hash = hex(&Sha256::digest(b"abc"));
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
