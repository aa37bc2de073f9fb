//! The threads that connections are served on: one for each processor.
//!
//! A connection stays on its thread. What the gate needs is nearly always in memory, so that a request is read, decided
//! and answered there without waking anybody. Threads that share their work wake each other for it, which costs more than
//! the decision. What takes longer would hold up all else on its thread: pages are made [`at_home`].

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::stream::{StreamExt as _, once, poll_fn};
use hyper::body::Body as _;
use std::{
    future::{Future, ready},
    io,
    num::NonZero,
    panic::resume_unwind,
    sync::{Arc, mpsc},
    thread,
};
use tokio::{
    net::TcpStream,
    runtime::{Builder, Handle},
    sync::{mpsc::channel, oneshot},
    task::JoinSet,
};

/// The threads. Keep a clone for as long as the database is used: its connections may wait for a thread that they were
/// opened on.
#[derive(Clone)]
pub struct Lanes(Arc<[Lane]>);

struct Lane {
    runtime: Handle,
    /// Each place is a connection, or what became of one.
    places: Arc<()>,
    /// Dropped, it ends the thread.
    _until: oneshot::Sender<()>,
}

/// Held by a connection for as long as it works on its thread.
pub(super) type Place = Arc<()>;

impl Lanes {
    /// Starts them.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Self((1..=count).map(Lane::start).collect::<io::Result<_>>()?))
    }

    /// Moves a connection to the thread that has the fewest, and serves it there.
    pub(super) fn take<F>(&self, stream: TcpStream, serve: impl FnOnce(TcpStream, Place) -> F) -> io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(lane) = self.0.iter().min_by_key(|lane| Arc::strong_count(&lane.places)) else { return Ok(()) };
        lane.runtime.spawn(serve(lane.adopt(stream)?, Arc::clone(&lane.places)));
        Ok(())
    }
}

impl Lane {
    fn start(number: usize) -> io::Result<Self> {
        let (until, ended) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        // Built where it is dropped: no thread that other work is done on may do that.
        let work = move || match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                let _ = tell.send(Ok(runtime.handle().clone()));
                let _ = runtime.block_on(ended);
            }
            Err(error) => drop(tell.send(Err(error))),
        };
        thread::Builder::new().name(format!("lane-{number}")).spawn(work)?;
        let runtime = told.recv().map_err(io::Error::other)??;
        Ok(Self { runtime, places: Arc::default(), _until: until })
    }

    /// A stream that wakes this thread, whichever one it woke before.
    fn adopt(&self, stream: TcpStream) -> io::Result<TcpStream> {
        let stream = stream.into_std()?;
        let _on_this_one = self.runtime.enter();
        TcpStream::from_std(stream)
    }
}

/// Answers on the runtime that shares its work among its threads.
pub async fn at_home(State(home): State<Handle>, request: Request, next: Next) -> Response {
    answer_at(&home, next.run(request)).await
}

/// Has an answer made there, and what is made of it while it is sent. Who hangs up is not answered any more, as
/// everywhere.
pub async fn answer_at(home: &Handle, work: impl Future<Output = Response> + Send + 'static) -> Response {
    let mut task = JoinSet::new();
    task.spawn_on(work, home);
    match task.join_next().await {
        Some(Ok(response)) => {
            response.map(|body| if body.size_hint().exact().is_some() { body } else { made_at(home, body) })
        }
        Some(Err(ended)) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The body, each piece made there while the one before is sent. It ends with whoever reads it.
fn made_at(home: &Handle, body: Body) -> Body {
    let (send, mut made) = channel(1);
    let making = home.spawn(async move {
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            if send.send(piece).await.is_err() {
                return;
            }
        }
    });
    // What is cut short by a panic must not look like a whole.
    let cut = once(making).filter_map(|ended| ready(ended.err().map(|error| Err(axum::Error::new(error)))));
    Body::from_stream(poll_fn(move |cx| made.poll_recv(cx)).chain(cut))
}
