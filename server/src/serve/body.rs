//! A body that has to keep coming.

use hyper::body::{Body, Frame, SizeHint};
use std::{
    error::Error,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

/// Fails when nothing has arrived for a while: half a body, left open, would hold a connection and a handler for ever.
///
/// Only the time is counted during which somebody waits for a piece: who reads slowly makes nobody else late.
pub struct Impatient<B> {
    body: B,
    patience: Duration,
    silence: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl<B> Impatient<B> {
    /// Waits no longer than `patience` for each next piece.
    pub const fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, silence: None, waiting: false }
    }

    /// The time until which the next piece must come; it begins when somebody first waits for that piece.
    fn silence(&mut self) -> Pin<&mut Sleep> {
        let patience = self.patience;
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(patience)));
        if !std::mem::replace(&mut self.waiting, true) {
            silence.as_mut().reset(Instant::now() + patience);
        }
        silence.as_mut()
    }
}

impl<B> Body for Impatient<B>
where
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    type Data = B::Data;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<B::Data>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.waiting = false;
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        ready!(self.silence().poll(cx));
        Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, "the rest of the body did not arrive in time"))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use futures_util::stream;
    use http_body_util::{BodyExt as _, StreamBody};

    const PATIENCE: Duration = Duration::from_secs(1);

    /// A body of one piece after another, each so long after it was asked for.
    fn pieces(delays: Vec<Duration>) -> impl Body<Data = Bytes, Error = io::Error> + Unpin {
        let piece = |delay| async move {
            sleep(delay).await;
            Ok(Frame::data(Bytes::from_static(b"x")))
        };
        StreamBody::new(Box::pin(futures_util::StreamExt::then(stream::iter(delays), piece)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_keeps_coming_may_take_as_long_as_it_likes() {
        let slow = Impatient::new(pieces(vec![Duration::from_millis(900); 20]), PATIENCE);
        assert_eq!(slow.collect().await.expect("a body").to_bytes().len(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_given_up_and_who_reads_slowly_is_not_mistaken_for_it() {
        let mut body = Impatient::new(pieces(vec![Duration::ZERO, PATIENCE / 2, PATIENCE * 2]), PATIENCE);
        assert!(body.frame().await.is_some_and(|frame| frame.is_ok()));
        sleep(PATIENCE * 5).await;
        assert!(body.frame().await.is_some_and(|frame| frame.is_ok()), "the pause was the reader's");
        assert!(body.frame().await.is_some_and(|frame| frame.is_err()));
    }
}
