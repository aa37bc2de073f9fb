//! Passwords: which are refused, and how the others are kept (argon2id, RFC 9106).

use crate::error::{Error, FieldError, Result};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most. Longer ones only cost time.
const LONGEST: usize = 200;

/// Hashes passwords off the request threads, a few at a time: each takes 20 MB and some 30 ms.
#[derive(Clone)]
pub(super) struct Passwords {
    slots: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new() -> Self {
        let slots = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { slots: Arc::new(Semaphore::new(slots)) }
    }

    /// Checks that a new password is worth having; `about` is what its owner would think of first.
    pub(super) async fn check(&self, password: &str, about: Vec<String>) -> Result<(), FieldError> {
        let length = password.chars().count();
        let wrong = |message: String| Err(FieldError::new("password", message));
        if length < SHORTEST {
            return wrong(format!("Use at least {SHORTEST} characters; a few unrelated words make a good password."));
        }
        if length > LONGEST {
            return wrong(format!("Use at most {LONGEST} characters."));
        }
        let password = password.to_owned();
        match self.run(move || weakness(&password, &about)).await {
            Ok(None) => Ok(()),
            Ok(Some(reason)) => wrong(reason),
            Err(error) => wrong(error.to_string()),
        }
    }

    /// The text to store.
    pub(super) async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|_| Error::Internal)
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done for
    /// nothing, so that an unknown e-mail takes as long as a wrong password.
    pub(super) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool> {
        let password = password.get(..4 * LONGEST).unwrap_or(password).to_owned();
        self.run(move || match hash {
            Some(hash) => verifies(&password, &hash),
            None => {
                verifies(&password, decoy());
                false
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| Error::Unavailable)?;
        let work = move || {
            // Held by the work itself: it goes on when whoever asked has hung up.
            let _slot = slot;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal)
    }
}

fn verifies(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password has been made for; it costs what a real one costs.
fn decoy() -> &'static str {
    static DECOY: OnceLock<String> = OnceLock::new();
    DECOY.get_or_init(|| Argon2::default().hash_password(b"decoy").map(|hash| hash.to_string()).unwrap_or_default())
}

/// Why the password would be among the first to be guessed, if it would.
fn weakness(password: &str, about: &[String]) -> Option<String> {
    let words = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let about: Vec<&str> = about.iter().map(String::as_str).chain(words).filter(|word| word.len() > 2).collect();
    let guess = zxcvbn::zxcvbn(password, &about);
    if guess.score() >= zxcvbn::Score::Three {
        return None;
    }
    let reason = guess.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    let reason = reason.map_or_else(|| "This password is easy to guess.".to_owned(), |warning| warning.to_string());
    Some(format!("{reason} Choose another; a few unrelated words make a good password."))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(password: &str) -> Option<String> {
        let about = vec!["ada@example.com".to_owned(), "Ada Lovelace".to_owned()];
        Passwords::new().check(password, about).await.err().map(|e| e.message)
    }

    #[tokio::test]
    async fn common_and_personal_passwords_are_refused_with_the_reason() {
        for bad in [
            "short",
            "password1234",
            "123456789012",
            "qwertyuiop12",
            "ada@example.com",
            "lovelacelovelace",
            "aaaaaaaaaaaaaaaa",
        ] {
            let reason = refusal(bad).await;
            assert!(reason.as_ref().is_some_and(|r| r.len() > 20), "{bad}: {reason:?}");
        }
        assert_eq!(refusal("correct-horse-battery-staple").await, None);
        assert_eq!(refusal("violet umbrella tractor").await, None);
    }

    #[tokio::test]
    async fn a_hash_verifies_its_own_password_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash("violet umbrella tractor").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert_eq!(passwords.verify("violet umbrella tractor", Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.verify("violet umbrella tractor ", Some(hash)).await, Ok(false));
        assert_eq!(passwords.verify("decoy", None).await, Ok(false));
    }
}
