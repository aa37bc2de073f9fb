//! An answer's body, and what is held until it has been sent.

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use keywright_core::gate::Slot;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Gives the slot back when the body has been sent, or nobody wants it any more.
struct Held {
    body: Body,
    #[expect(dead_code, reason = "it is held, not read")]
    slot: Slot,
}

/// The body with its request's slot, if it has one.
pub fn with(body: Body, slot: Option<Slot>) -> Body {
    match slot {
        Some(slot) => Body::new(Held { body, slot }),
        None => body,
    }
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
