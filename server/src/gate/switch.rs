//! WebSockets through the built-in gateway (RFC 6455): the connection changes its protocol on both sides, and what
//! either says is carried to the other.
//!
//! No other protocol is let through: to a server that takes `h2c`, say, one could send requests over such a connection
//! that nobody has checked.

use crate::{problem::Problem, serve::Seat};
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version,
        header::{CONNECTION, UPGRADE},
        request::Parts,
    },
    response::Response,
};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use keywright_core::gate::Slot;
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split},
    sync::Notify,
    time::timeout,
};

const WEBSOCKET: &str = "websocket";
/// What is carried at once in one direction.
const PIECE: usize = 8 * 1024;
/// How long the farewell may take.
const CLOSE: Duration = Duration::from_secs(1);

/// A client that wants its connection to become a WebSocket.
pub struct Switch {
    client: OnUpgrade,
    seat: Option<Seat>,
}

/// What the client asks for, if it asks properly (RFC 9110 §7.8): `Upgrade`, and `Connection` which names it.
pub fn asked(parts: &mut Parts) -> Option<Switch> {
    let names = |header: HeaderName, wanted: &str| {
        let values = parts.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|name| name.trim().eq_ignore_ascii_case(wanted))
    };
    let properly = parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && names(CONNECTION, "upgrade")
        && is_websocket(&parts.headers);
    if !properly {
        return None;
    }
    let client = parts.extensions.remove::<OnUpgrade>()?;
    Some(Switch { client, seat: parts.extensions.remove() })
}

/// Says on this hop what the client said on its own, or the upstream on its.
pub fn say(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static(WEBSOCKET));
}

/// Joins the two connections once the answer has reached the client. The slot is held until they part, which they do
/// when one side ends, or both have been silent for `silence`.
pub fn join(
    switched: &mut Response,
    switch: Option<Switch>,
    slot: Option<Slot>,
    silence: Duration,
) -> Result<(), Problem> {
    let Some(Switch { client, seat }) = switch.filter(|_| is_websocket(switched.headers())) else {
        tracing::warn!("The upstream switched to a protocol that nobody had asked for");
        let message = "The API behind this gateway gave an answer that cannot be passed on.";
        return Err(Problem::new(StatusCode::BAD_GATEWAY, "upstream_unusable", message));
    };
    let upstream = hyper::upgrade::on(&mut *switched);
    *switched.body_mut() = Body::empty();
    tokio::spawn(async move {
        if let (Ok(client), Ok(upstream)) = tokio::join!(client, upstream) {
            carry(client, upstream, silence).await;
        }
        drop((slot, seat));
    });
    Ok(())
}

/// One protocol, and this one.
fn is_websocket(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(UPGRADE).iter();
    let only = values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok());
    only.is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case(WEBSOCKET))
}

async fn carry(client: Upgraded, upstream: Upgraded, silence: Duration) {
    let (mut from_client, mut to_client) = split(TokioIo::new(client));
    let (mut from_upstream, mut to_upstream) = split(TokioIo::new(upstream));
    let moved = Notify::new();
    tokio::select! {
        () = carry_one_way(&mut from_client, &mut to_upstream, &moved) => {}
        () = carry_one_way(&mut from_upstream, &mut to_client, &moved) => {}
        () = is_silent(&moved, silence) => {}
    }
    // Whichever ended: neither side is to wait for the other. One that is gone already need not be told.
    let farewell = async { tokio::join!(to_client.shutdown(), to_upstream.shutdown()) };
    let _ = timeout(CLOSE, farewell).await;
}

/// Ends when nothing more comes, or nothing more is taken.
async fn carry_one_way(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin), moved: &Notify) {
    let mut piece = vec![0; PIECE];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        moved.notify_one();
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// Ends when nothing has moved either way for so long.
async fn is_silent(moved: &Notify, silence: Duration) {
    while timeout(silence, moved.notified()).await.is_ok() {}
}
