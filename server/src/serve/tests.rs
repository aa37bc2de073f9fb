//! A real listener, and clients that misbehave.

use super::*;
use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use futures_util::{StreamExt as _, stream};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpStream as Client},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Instant,
};
use tokio::{runtime::Handle, sync::oneshot, task::JoinHandle};

const SHORT: Limits = Limits {
    connections: 8,
    head: Duration::from_millis(300),
    head_bytes: 8 * 1024,
    body_pause: Duration::from_millis(300),
    read_pause: Duration::from_millis(300),
    shutdown: Duration::from_secs(5),
};

const SLOW: Duration = Duration::from_millis(400);

/// What a body ends with whose length was not said (RFC 9112 §7.1).
const LAST_CHUNK: &str = "\r\n0\r\n\r\n";

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Served {
    async fn start(limits: Limits) -> Self {
        let router = Router::new()
            .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
            .route(
                "/slow",
                get(|| async {
                    sleep(SLOW).await;
                    "slowly"
                }),
            )
            // More than any socket buffers.
            .route("/large", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
            .route(
                "/echo",
                post(|body: Result<String, _>| async {
                    body.unwrap_or_else(|_: axum::extract::rejection::StringRejection| "cut".to_owned())
                }),
            );
        Self::over(router, limits).await
    }

    async fn over(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let lanes = Lanes::start().unwrap();
        let server = tokio::spawn(serve(listener, router, limits, lanes, async { drop(stopped.await) }));
        Self { address, stop, server }
    }

    /// Sends `text` as it is and reads until the server hangs up.
    async fn talk(&self, text: impl Into<String>) -> String {
        let mut client = self.connect(text).await;
        read(move || client.read_to_end_lossy()).await
    }

    async fn connect(&self, text: impl Into<String>) -> Client {
        let (address, text) = (self.address, text.into());
        read(move || {
            let mut client = Client::connect(address).unwrap();
            client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            client.write_all(text.as_bytes()).unwrap();
            client
        })
        .await
    }
}

/// Blocking clients, off the server's threads.
async fn read<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

trait ReadAll {
    fn read_to_end_lossy(&mut self) -> String;
    /// Of answers on a connection that stays open.
    fn read_so_many_bodies(&mut self, count: usize) -> Vec<String>;
}

impl ReadAll for Client {
    fn read_to_end_lossy(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset after the answer is a hang-up like any other.
        let _ = self.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn read_so_many_bodies(&mut self, count: usize) -> Vec<String> {
        let mut reader = BufReader::new(self);
        let mut body = || {
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim_end().split_once(": ") {
                    Some(("content-length", value)) => length = value.parse().unwrap(),
                    Some(_) => {}
                    None if line == "\r\n" => break,
                    None => assert!(line.starts_with("HTTP/1.1 200"), "{line}"),
                }
            }
            let mut bytes = vec![0; length];
            reader.read_exact(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        (0..count).map(|_| body()).collect()
    }
}

fn get_once(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_half_sent_head_is_hung_up_on_while_others_are_served() {
    let site = Served::start(SHORT).await;
    let started = Instant::now();
    let mut half = site.connect("GET / HTTP/1.1\r\nhost: x\r\n").await;
    assert!(site.talk(get_once("/")).await.starts_with("HTTP/1.1 200"));
    assert!(started.elapsed() < SHORT.head, "the others had to wait");
    let left = read(move || half.read_to_end_lossy()).await;
    assert!(!left.contains("200"), "{left}");
    let elapsed = started.elapsed();
    assert!(elapsed >= SHORT.head && elapsed < Duration::from_secs(5), "{elapsed:?}");
}

#[tokio::test]
async fn an_idle_connection_is_hung_up_on() {
    let site = Served::start(SHORT).await;
    let started = Instant::now();
    let answer = site.talk("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let site = Served::start(SHORT).await;
    let answer = site.talk("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf").await;
    assert!(answer.ends_with("cut"), "{answer}");
    let whole = "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nhalf";
    assert!(site.talk(whole).await.ends_with("half"));
}

#[tokio::test]
async fn a_client_that_stops_reading_is_hung_up_on_and_one_that_reads_gets_all_of_it() {
    let site = Served::start(SHORT).await;
    let mut stuck = site.connect(get_once("/large")).await;
    assert!(site.talk(get_once("/large")).await.len() > 64 * 1024 * 1024);
    sleep(SHORT.read_pause * 3).await;
    let taken = read(move || stuck.read_to_end_lossy()).await;
    assert!(taken.len() < 64 * 1024 * 1024, "what was not read has been thrown away");
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let site = Served::start(SHORT).await;
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n", "x".repeat(SHORT.head_bytes));
    let many: String = (0..101).map(|n| format!("x-{n}: y\r\n")).collect();
    for head in [large, format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n")] {
        let answer = site.talk(head).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn handlers_see_the_peer() {
    let site = Served::start(SHORT).await;
    let answer = site.talk(get_once("/")).await;
    assert!(answer.contains("\r\n\r\n127.0.0.1:"), "{answer}");
}

#[tokio::test]
async fn connections_are_dealt_out_evenly_among_threads_and_stay_there() {
    let name = || async { thread::current().name().unwrap_or_default().to_owned() };
    let site = Served::over(Router::new().route("/", get(name)), Limits::new(1024)).await;
    let lanes = thread::available_parallelism().unwrap().get();
    let (mut open, mut names) = (Vec::new(), BTreeMap::<String, usize>::new());
    for _ in 0..lanes * 3 {
        // Two requests on each, and the connection stays open.
        let mut client = site.connect("GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2)).await;
        let answers = read(move || (client.read_so_many_bodies(2), client)).await;
        assert_eq!(answers.0[0], answers.0[1]);
        *names.entry(answers.0[0].clone()).or_default() += 1;
        open.push(answers.1);
    }
    assert_eq!(names.values().copied().collect::<Vec<_>>(), vec![3; lanes], "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_answered_at_home_holds_up_nobody_however_long_it_works() {
    let (go_on, held) = std::sync::mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let long = move || {
        let held = Arc::clone(&held);
        async move { held.lock().unwrap().recv().map_or("cut", |()| "at last") }
    };
    let home = from_fn_with_state(Handle::current(), at_home);
    let name = || async { Ok::<_, Infallible>(thread::current().name().unwrap_or_default().to_owned()) };
    let streamed = move || async move { Body::from_stream(stream::once(name())) };
    let router = Router::new().route("/long", get(long)).route("/streamed", get(streamed)).layer(home);
    let site = Served::over(router.route("/", get(|| async { "here" })), Limits::new(1024)).await;
    let mut working = site.connect(get_once("/long")).await;
    let mut open = Vec::new();
    // One on each thread, the one that the first is on among them.
    for _ in 0..thread::available_parallelism().unwrap().get() {
        let mut client = site.connect("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let (answers, client) = read(move || (client.read_so_many_bodies(1), client)).await;
        assert_eq!(answers, ["here"]);
        open.push(client);
    }
    go_on.send(()).unwrap();
    assert!(read(move || working.read_to_end_lossy()).await.ends_with("at last"));
    // Nor does what is made while it is sent.
    let streamed = site.talk(get_once("/streamed")).await;
    assert!(streamed.contains("200 OK") && !streamed.contains("lane-"), "{streamed}");
    assert!(streamed.ends_with(LAST_CHUNK), "{streamed}");
}

#[tokio::test]
async fn what_breaks_while_it_is_made_at_home_does_not_look_whole() {
    let piece = |n| {
        assert_eq!(n, 0, "a fault half way");
        Ok::<_, Infallible>("a piece")
    };
    let broken = move || async move { Body::from_stream(stream::iter(0..2).map(piece)) };
    let home = from_fn_with_state(Handle::current(), at_home);
    let site = Served::over(Router::new().route("/", get(broken)).layer(home), SHORT).await;
    let answer = site.talk(get_once("/")).await;
    assert!(answer.contains("a piece") && !answer.ends_with(LAST_CHUNK), "{answer}");
}

#[tokio::test]
async fn one_connection_too_many_waits_for_its_turn() {
    let site = Served::start(Limits { connections: 1, head: Duration::from_secs(5), ..SHORT }).await;
    let first = site.connect("").await;
    let served = Arc::new(AtomicBool::new(false));
    let second = {
        let (mut client, served) = (site.connect(get_once("/")).await, Arc::clone(&served));
        tokio::spawn(read(move || {
            let answer = client.read_to_end_lossy();
            served.store(true, Ordering::Relaxed);
            answer
        }))
    };
    sleep(Duration::from_millis(200)).await;
    assert!(!served.load(Ordering::Relaxed), "the second was served beside the first");
    drop(first);
    assert!(second.await.unwrap().starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn shutdown_lets_requests_under_way_end_and_takes_no_new_ones() {
    let site = Served::start(SHORT).await;
    let mut idle = site.connect("").await;
    let mut client = site.connect("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let answer = tokio::spawn(read(move || client.read_to_end_lossy()));
    sleep(SLOW / 4).await;
    let started = Instant::now();
    site.stop.send(()).unwrap();
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("slowly"), "{answer}");
    site.server.await.unwrap();
    assert!(started.elapsed() < SLOW * 2, "an idle connection held it up: {:?}", started.elapsed());
    assert_eq!(read(move || idle.read_to_end_lossy()).await, "");
    let address = site.address;
    assert!(read(move || Client::connect(address)).await.is_err());
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let site = Served::start(Limits { shutdown: SLOW / 4, ..SHORT }).await;
    let _client = site.connect(get_once("/slow")).await;
    sleep(SLOW / 8).await;
    let started = Instant::now();
    site.stop.send(()).unwrap();
    site.server.await.unwrap();
    assert!(started.elapsed() < SLOW / 2, "{:?}", started.elapsed());
}

#[tokio::test]
async fn clients_that_hang_up_or_send_garbage_harm_nobody() {
    let site = Served::start(SHORT).await;
    for garbage in ["", "\0\0\0\0", "GET\r\n\r\n", "\u{16}\u{3}\u{1} TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let client = site.connect(garbage).await;
        client.shutdown(Shutdown::Both).unwrap();
    }
    assert!(site.talk(get_once("/")).await.starts_with("HTTP/1.1 200"));
}

#[test]
fn running_out_of_file_descriptors_neither_spins_nor_kills() {
    const EMFILE: i32 = 24;
    assert!(pause_after(&io::Error::from_raw_os_error(EMFILE)).is_some_and(|pause| !pause.is_zero()));
    assert!(pause_after(&io::ErrorKind::ConnectionAborted.into()).is_none());
}
