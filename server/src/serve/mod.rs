//! The listener. hyper with a timer, because a plain `axum::serve` waits for ever for the rest of a half-sent head.

mod body;
mod host;
mod lanes;
mod stream;
#[cfg(test)]
mod tests;

use axum::{Router, body::Body, extract::connect_info::ConnectInfo, http::header::UPGRADE, response::Response};
pub use body::Impatient;
use hyper::{
    Request,
    body::{Body as _, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use lanes::Place;
pub use lanes::{Lanes, answer_at, at_home};
use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use stream::Pressing;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tower::Service;

/// What one connection, and all of them together, may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// How long a request's head may take to arrive. A connection without a request is closed after it, too.
    pub head: Duration,
    /// The largest head, in bytes; hyper answers 431 to a larger one, and to more than 100 headers.
    pub head_bytes: usize,
    /// How long a request's body may pause.
    pub body_pause: Duration,
    /// How long a client may read nothing of its answer.
    pub read_pause: Duration,
    /// How long requests may take to end once shutdown has begun.
    pub shutdown: Duration,
}

impl Limits {
    /// The limits that the product runs with.
    #[must_use]
    pub const fn new(connections: usize) -> Self {
        Self {
            connections,
            head: Duration::from_secs(10),
            head_bytes: 16 * 1024,
            body_pause: Duration::from_secs(20),
            read_pause: Duration::from_secs(60),
            shutdown: Duration::from_secs(20),
        }
    }
}

/// Answers requests until `shutdown` resolves, then takes no new connection and lets those under way end.
///
/// Each request carries its peer as `ConnectInfo<SocketAddr>`.
pub async fn serve(
    listener: TcpListener,
    site: impl Site,
    limits: Limits,
    lanes: Lanes,
    shutdown: impl Future<Output = ()>,
) {
    let server = Server::new(site, limits, lanes);
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            (stream, peer, slot) = server.accept(&listener) => {
                if let Err(error) = server.spawn(stream, peer, slot) {
                    tracing::error!(%error, "Could not serve a connection");
                }
            }
        }
    }
    drop(listener);
    server.close(limits.shutdown).await;
}

/// What can be served. It is no `tower::Service`: the future of one has to be named, and so put into a box for every
/// request.
pub trait Site: Send + Sync + 'static {
    /// The answer to a request.
    fn respond(&self, request: Request<Body>) -> impl Future<Output = Response> + Send;
}

impl Site for Router {
    async fn respond(&self, request: Request<Body>) -> Response {
        let Ok(response) = self.clone().call(request).await;
        response
    }
}

struct Server<S> {
    site: Arc<S>,
    lanes: Lanes,
    http: Arc<Builder<TokioExecutor>>,
    slots: Arc<Semaphore>,
    graceful: GracefulShutdown,
    body_pause: Duration,
    read_pause: Duration,
}

/// A place among the connections that may be open, and among those of a thread. What outlives its connection's requests,
/// as a WebSocket does, keeps it.
#[derive(Clone)]
#[expect(dead_code, reason = "it is held, not read")]
pub struct Seat(Option<Arc<OwnedSemaphorePermit>>, Place);

impl<S: Site> Server<S> {
    fn new(site: S, limits: Limits, lanes: Lanes) -> Self {
        let mut http = Builder::new(TokioExecutor::new()).http1_only();
        http.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(limits.head_bytes);
        Self {
            site: Arc::new(site),
            lanes,
            http: Arc::new(http),
            slots: Arc::new(Semaphore::new(limits.connections)),
            graceful: GracefulShutdown::new(),
            body_pause: limits.body_pause,
            read_pause: limits.read_pause,
        }
    }

    /// The next connection, when there is a slot for it.
    async fn accept(&self, listener: &TcpListener) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed; without a permit the connection would merely not count.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, slot),
                Err(error) => {
                    if let Some(pause) = pause_after(&error) {
                        tracing::error!(%error, "Could not accept a connection");
                        sleep(pause).await;
                    }
                }
            }
        }
    }

    fn spawn(&self, stream: TcpStream, peer: SocketAddr, slot: Option<OwnedSemaphorePermit>) -> io::Result<()> {
        // Answers are small; waiting to fill a packet only adds 40 ms to some of them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "Could not set TCP_NODELAY");
        }
        let (http, site, watcher) = (Arc::clone(&self.http), Arc::clone(&self.site), self.graceful.watcher());
        let (body_pause, read_pause) = (self.body_pause, self.read_pause);
        self.lanes.take(stream, |stream, place| async move {
            let seat = Seat(slot.map(Arc::new), place);
            let service = service_fn(move |request| {
                let (site, request) = (Arc::clone(&site), ready(request, peer, body_pause, &seat));
                async move {
                    let answer = match host::is_sound(&request) {
                        true => site.respond(request).await,
                        false => host::refuse(),
                    };
                    Ok::<_, Infallible>(answer)
                }
            });
            let stream = TokioIo::new(Pressing::new(stream, read_pause));
            let connection = http.serve_connection_with_upgrades(stream, service);
            if let Err(error) = watcher.watch(connection).await {
                // Clients hang up, send garbage or nothing: their business, not a fault of ours.
                tracing::debug!(%error, "A connection ended early");
            }
        })
    }

    async fn close(self, patience: Duration) {
        if timeout(patience, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("Some requests did not end in time and were cut off");
        }
    }
}

/// The request with what is known of its connection.
fn ready(request: Request<Incoming>, peer: SocketAddr, body_pause: Duration, seat: &Seat) -> Request<Body> {
    // Most requests have no body, and need no timer.
    let mut request = request.map(|body| match body.is_end_stream() {
        true => Body::empty(),
        false => Body::new(Impatient::new(body, body_pause)),
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    if request.headers().contains_key(UPGRADE) {
        request.extensions_mut().insert(seat.clone());
    }
    request
}

/// How long to wait after `accept` failed. A client that is gone already is no reason to wait; anything else (no file
/// descriptors left, mostly) does not go away by asking at once again, and is no reason to die.
fn pause_after(error: &io::Error) -> Option<Duration> {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    let gone = [ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted].contains(&error.kind());
    (!gone).then_some(Duration::from_millis(250))
}
