//! The round that tells people of keys that end soon.

use super::{Mailer, SendError};
use keywright_core::keys::{Keys, Reminder};
use tokio::sync::watch;

/// Sends the letters that are due, one after the other, until all are sent, the mail server takes none any more, or the
/// instance is told to stop.
pub async fn send_reminders(keys: &Keys, mailer: &Mailer, stopped: &watch::Receiver<()>) {
    let letters = match keys.due_reminders().await {
        Ok(letters) => letters,
        Err(error) => return tracing::warn!(%error, "Keys that end soon could not be looked up"),
    };
    for letter in letters {
        // The sender's end is dropped when the instance stops.
        if stopped.has_changed().is_err() {
            return;
        }
        match send(keys, mailer, letter).await {
            // A mailbox that is full is no reason to keep the others waiting.
            Ok(()) | Err(SendError::Refused) => {}
            Err(SendError::Unavailable | SendError::Off) => return,
        }
    }
}

async fn send(keys: &Keys, mailer: &Mailer, letter: Reminder) -> Result<(), SendError> {
    let claimed = match keys.claim_reminder(letter).await {
        Ok(Some(claimed)) => claimed,
        Ok(None) => return Ok(()),
        Err(error) => {
            tracing::warn!(%error, "A reminder could not be claimed");
            return Err(SendError::Unavailable);
        }
    };
    let sent = mailer.reminder(&claimed).await;
    if sent.is_err()
        && let Err(error) = keys.give_back_reminder(&claimed).await
    {
        tracing::warn!(%error, "A reminder that was not sent counts as sent");
    }
    sent
}
