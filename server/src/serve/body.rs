//! A request's body that has to keep coming.

use hyper::body::{Body, Frame, SizeHint};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

/// Fails when nothing has arrived for a while: half a body, left open, would hold a connection and a handler for ever.
pub(super) struct Impatient<B> {
    body: B,
    patience: Duration,
    silence: Pin<Box<Sleep>>,
}

impl<B> Impatient<B> {
    /// Waits no longer than `patience` for each next piece.
    pub fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, silence: Box::pin(sleep(patience)) }
    }
}

impl<B> Body for Impatient<B>
where
    B: Body<Error: std::error::Error + Send + Sync + 'static> + Unpin,
{
    type Data = B::Data;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<B::Data>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            let next = Instant::now() + self.patience;
            self.silence.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        ready!(self.silence.as_mut().poll(cx));
        Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, "the rest of the body did not arrive in time"))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
