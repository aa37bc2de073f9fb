//! The built-in gateway over real connections: clients that hang up, upstreams that stall, protocols that change.

use crate::wire::Site;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    routing::{any, get},
};
use futures_util::{SinkExt as _, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use std::{convert::Infallible, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};
use tokio_tungstenite::{
    accept_hdr_async, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        handshake::server::{Callback, ErrorResponse, Request as Handshake, Response as Accepted},
    },
};

/// Long against what is on this machine, short against the second after which a silent upstream is given up.
const SHORT: Duration = Duration::from_millis(300);

/// A body that begins at once and never ends.
fn endless() -> Body {
    let begin = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"begin"))]);
    Body::from_stream(begin.chain(stream::pending()))
}

/// A body of `count` pieces, each [`SHORT`] after the one before.
fn slow(count: usize) -> Body {
    let piece = |_| async {
        sleep(SHORT).await;
        Ok::<_, Infallible>(Bytes::from_static(b"piece"))
    };
    Body::from_stream(stream::iter(0..count).then(piece))
}

async fn upstream() -> SocketAddr {
    let routes = Router::new()
        .route("/api/v1/workflows", get(|| async { endless() }))
        .route("/api/v1/workflows/silent", get(std::future::pending::<()>))
        .route("/api/v1/workflows/slow", get(|| async { slow(6) }))
        .route("/api/v1/workflows/quick", get(|headers: HeaderMap| async move { headers_of(&headers) }))
        .route("/api/v1/workflows/{id}/run", any(count));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn headers_of(headers: &HeaderMap) -> Json<Vec<String>> {
    Json(headers.keys().map(ToString::to_string).collect())
}

/// How long the body was.
async fn count(request: Request) -> String {
    request.into_body().collect().await.map_or_else(|_| "cut".to_owned(), |body| body.to_bytes().len().to_string())
}

/// Waits until so many requests are under way and no more: each of them answered 200, one more 429.
async fn exactly_so_many_fit(site: &Site, most: usize) {
    let begun = Instant::now();
    loop {
        let mut held = Vec::new();
        for _ in 0..most {
            let mut wire = site.get().await;
            let status = wire.status().await;
            held.push((wire, status));
        }
        if held.iter().all(|(_, status)| *status == 200) {
            assert_eq!(site.get().await.status().await, 429, "never more than the plan has");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "somebody who is gone still holds a place");
        drop(held);
        sleep(SHORT).await;
    }
}

#[tokio::test]
async fn common_07_a_request_too_many_at_once_is_refused_and_takes_nothing() {
    let plan = "limits = [{ requests = 15, per = \"minute\", each = \"workspace\" }]\nconcurrent_requests = 2";
    let site = Site::start(upstream().await, plan).await;
    let (mut first, mut second) = (site.get().await, site.get().await);
    assert_eq!((first.status().await, second.status().await), (200, 200));
    let mut refused = site.get().await;
    assert_eq!(refused.status().await, 429);
    let text = refused.until("}").await;
    assert!(text.contains("\"error\":\"concurrency_limited\"") && text.contains("2 requests at once"), "{text}");
    assert!(text.contains("retry-after: 1\r\n") && text.contains("x-ratelimit-remaining: 13\r\n"), "{text}");
    // Whoever may not pass for another reason learns that one, and holds no place.
    let executions = site.head("GET /api/v1/executions", "");
    assert_eq!(site.send(&executions).await.status().await, 403);
    drop(first);
    sleep(SHORT).await;
    let mut third = site.get().await;
    assert_eq!(third.status().await, 200);
    assert!(third.until("\r\n\r\n").await.contains("x-ratelimit-remaining: 12\r\n"), "the refused one cost nothing");
}

#[tokio::test]
async fn ten_thousand_requests_whose_clients_hang_up_hold_no_place() {
    let site = Site::start(upstream().await, "concurrent_requests = 8").await;
    let (early, late) = (site.head("GET /api/v1/workflows/silent", ""), site.head("GET /api/v1/workflows", ""));
    for _ in 0..5_000 {
        // One goes before there is an answer, the other in the middle of it.
        let gone = site.send(&early).await;
        let mut wire = site.send(&late).await;
        let status = wire.status().await;
        assert!([200, 429].contains(&status), "{status}");
        drop((gone, wire));
    }
    exactly_so_many_fit(&site, 8).await;
}

#[tokio::test]
async fn a_place_is_free_when_the_answer_has_been_sent_or_the_upstream_failed() {
    let site = Site::start(upstream().await, "concurrent_requests = 1").await;
    for path in ["/quick", "/slow", "/silent", "/quick"] {
        let head = site.head(&format!("GET /api/v1/workflows{path}"), "connection: close\r\n");
        let answer = site.send(&head).await.rest().await;
        assert!(!answer.starts_with("HTTP/1.1 429"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn an_upstream_that_says_nothing_is_given_up_with_a_504() {
    let site = Site::start(upstream().await, "").await;
    let begun = Instant::now();
    let mut wire = site.send(&site.head("GET /api/v1/workflows/silent", "accept: application/problem+json\r\n")).await;
    assert_eq!(wire.status().await, 504);
    assert!(wire.until("}").await.contains("\"error\":\"upstream_timeout\""));
    assert!((Duration::from_secs(1)..Duration::from_secs(5)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_upstream_that_stops_in_the_middle_is_cut_off_and_one_that_goes_on_is_not() {
    let site = Site::start(upstream().await, "").await;
    let stopped = site.get().await.rest().await;
    assert!(
        stopped.contains("begin") && !stopped.ends_with("0\r\n\r\n"),
        "an answer that is not whole must not look so"
    );
    let close = site.head("GET /api/v1/workflows/slow", "connection: close\r\n");
    let whole = site.send(&close).await.rest().await;
    assert!(whole.matches("piece").count() == 6 && whole.ends_with("0\r\n\r\n"), "{whole}");
}

#[tokio::test]
async fn who_sends_slowly_is_not_mistaken_for_an_upstream_that_says_nothing() {
    let site = Site::start(upstream().await, "").await;
    let head = site.head("POST /api/v1/workflows/wf_1/run", "connection: close\r\ncontent-length: 6\r\n");
    let mut wire = site.send(&head).await;
    for _ in 0..6 {
        sleep(SHORT).await;
        wire.write("x").await;
    }
    let answer = wire.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n6"), "{answer}");
}

#[tokio::test]
async fn who_waits_for_a_100_gets_it_with_a_good_key_and_sends_nothing_with_a_bad_one() {
    let site = Site::start(upstream().await, "").await;
    let more = "expect: 100-continue\r\nconnection: close\r\ncontent-length: 4\r\n";
    let head = site.head("POST /api/v1/workflows/wf_1/run", more);
    let mut good = site.send(&head).await;
    assert_eq!(good.until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    good.write("body").await;
    assert!(good.rest().await.ends_with("\r\n\r\n4"));
    let bad = head.replacen("authorization: Bearer ", "authorization: Bearer not-", 1);
    let answer = site.send(&bad).await.rest().await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

/// Which headers of who a request is from a handshake had.
#[derive(Default)]
struct Seen([bool; 3]);

impl Callback for &mut Seen {
    fn on_request(self, request: &Handshake, response: Accepted) -> Result<Accepted, ErrorResponse> {
        let names = ["x-keywright-key-id", "authorization", "x-forwarded-for"];
        self.0 = names.map(|name| request.headers().contains_key(name));
        Ok(response)
    }
}

/// An upstream that says back what a WebSocket tells it, and first who the handshake said that it is.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut seen = Seen::default();
                let mut socket = accept_hdr_async(stream, &mut seen).await.expect("a WebSocket");
                socket.send(Message::text(format!("{:?}", seen.0))).await.expect("sent");
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_text() && socket.send(message).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// A WebSocket through the gateway, as a client's library opens it.
async fn open(site: &Site) -> Result<tokio_tungstenite::WebSocketStream<TcpStream>, u16> {
    let url = format!("ws://{}/api/v1/workflows", site.address);
    let mut request = url.into_client_request().expect("a request");
    let bearer = format!("Bearer {}", site.made.secret.expose()).parse().expect("a header");
    request.headers_mut().insert("authorization", bearer);
    let stream = TcpStream::connect(site.address).await.expect("a connection");
    match client_async(request, stream).await {
        Ok((socket, answer)) => {
            assert!(answer.headers().contains_key("x-request-id"));
            Ok(socket)
        }
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_websocket_goes_through_and_holds_its_place_until_it_ends() {
    let site = Site::start(echo().await, "concurrent_requests = 1").await;
    let mut socket = open(&site).await.expect("a WebSocket");
    let seen = socket.next().await.expect("a message").expect("a message");
    assert_eq!(seen, Message::text("[true, false, true]"), "who it is, and not by which key");
    let large = "x".repeat(100_000);
    for text in ["one", "two", &large] {
        socket.send(Message::text(text)).await.expect("sent");
        assert_eq!(socket.next().await.expect("a message").expect("a message"), Message::text(text));
        assert_eq!(open(&site).await.err(), Some(429));
    }
    socket.close(None).await.expect("closed");
    while socket.next().await.is_some_and(|message| message.is_ok()) {}
    drop(socket);
    sleep(SHORT).await;
    let mut next = open(&site).await.expect("its place is free");
    // Nothing is said for longer than the upstream may be silent.
    next.next().await.expect("a message").expect("a message");
    assert!(
        tokio::time::timeout(Duration::from_secs(5), next.next()).await.expect("cut off").is_none_or(|m| m.is_err())
    );
    sleep(SHORT).await;
    drop(open(&site).await.expect("its place is free"));
}

#[tokio::test]
async fn no_other_protocol_than_websocket_and_none_that_nobody_asked_for_is_switched_to() {
    let site = Site::start(upstream().await, "").await;
    for more in [
        "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
        "connection: upgrade\r\nupgrade: websocket, h2c\r\n",
        "connection: upgrade\r\nupgrade: h2c\r\nupgrade: websocket\r\n",
        "upgrade: websocket\r\n",
    ] {
        let head = site.head("GET /api/v1/workflows/quick", &format!("{more}x-last: 1\r\n"));
        let mut wire = site.send(&head).await;
        let answer = wire.until("]").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("x-last"), "{more}: {answer}");
        assert!(!answer.contains("\"upgrade\"") && !answer.contains("http2-settings"), "{more}: {answer}");
    }
    // An upstream that switches all the same.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let rude = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                assert!(stream.read(&mut head).await.is_ok_and(|length| length > 0));
                let answer = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n";
                stream.write_all(answer).await.expect("sent");
                sleep(SHORT * 10).await;
            });
        }
    });
    let site = Site::start(rude, "").await;
    assert_eq!(site.get().await.status().await, 502);
    assert_eq!(open(&site).await.err(), Some(StatusCode::BAD_GATEWAY.as_u16()), "not even in a WebSocket's place");
}

#[tokio::test]
async fn a_request_that_does_not_say_once_which_site_it_is_for_is_refused() {
    let site = Site::start(upstream().await, "concurrent = 5").await;
    let key = site.made.secret.expose();
    let ask = async |version: &str, hosts: &str| {
        let head = format!("GET /api/v1/workflows/quick HTTP/{version}\r\n{hosts}authorization: Bearer {key}\r\n\r\n");
        site.send(&head).await.status().await
    };
    assert_eq!(ask("1.1", "host: api.example.com:8080\r\n").await, 200);
    assert_eq!(ask("1.1", "host: [::1]:80\r\n").await, 200);
    for hosts in ["", "host: a\r\nhost: b\r\n", "host: a\r\nhost: a\r\n", "host: a b/c\r\n", "host: me@a\r\n"] {
        assert_eq!(ask("1.1", hosts).await, 400, "{hosts:?}: RFC 9112 §3.2");
    }
    assert_eq!(ask("1.0", "").await, 200);
}
