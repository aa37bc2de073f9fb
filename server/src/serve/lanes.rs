//! The threads that connections are served on: one for each processor.
//!
//! A connection stays on its thread. What the gate needs is nearly always in memory, so that a request is read, decided
//! and answered there without waking anybody. Threads that share their work wake each other for it, which costs more than
//! the decision. What takes longer would hold up all else on its thread: pages are made [`at_home`].

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::{future::Future, io, num::NonZero, panic::resume_unwind, sync::Arc, thread};
use tokio::{
    net::TcpStream,
    runtime::{Builder, Handle},
    sync::oneshot,
    task::JoinSet,
};

/// The threads. They end with the last clone: who still needs a connection to the database that a request may have opened
/// holds one.
#[derive(Clone)]
pub struct Lanes(Arc<[Lane]>);

struct Lane {
    runtime: Handle,
    /// Held by each of its connections.
    connections: Arc<()>,
    /// Dropped, it ends the thread.
    _until: oneshot::Sender<()>,
}

impl Lanes {
    /// Starts them.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Self((1..=count).map(Lane::start).collect::<io::Result<_>>()?))
    }

    /// Moves a connection to the thread that has the fewest, and serves it there.
    pub(super) fn take<F>(&self, stream: TcpStream, serve: impl FnOnce(TcpStream) -> F) -> io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(lane) = self.0.iter().min_by_key(|lane| Arc::strong_count(&lane.connections)) else { return Ok(()) };
        let held = Arc::clone(&lane.connections);
        let serving = serve(lane.adopt(stream)?);
        lane.runtime.spawn(async move {
            serving.await;
            drop(held);
        });
        Ok(())
    }
}

impl Lane {
    fn start(number: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (until, ended) = oneshot::channel();
        let work = move || drop(runtime.block_on(ended));
        thread::Builder::new().name(format!("lane-{number}")).spawn(work)?;
        Ok(Self { runtime: handle, connections: Arc::default(), _until: until })
    }

    /// A stream that wakes this thread, whichever one it woke before.
    fn adopt(&self, stream: TcpStream) -> io::Result<TcpStream> {
        let stream = stream.into_std()?;
        let _on_this_one = self.runtime.enter();
        TcpStream::from_std(stream)
    }
}

/// Answers on the runtime that shares its work among its threads. Who hangs up is not answered any more, as everywhere.
pub async fn at_home(State(home): State<Handle>, request: Request, next: Next) -> Response {
    let mut task = JoinSet::new();
    task.spawn_on(next.run(request), &home);
    match task.join_next().await {
        Some(Ok(response)) => response,
        Some(Err(ended)) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
