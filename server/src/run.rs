//! From a configuration to a running instance, and back to rest.

use crate::{
    config::{Config, load_profile},
    instance::Instance,
    mail::{Mailer, send_reminders},
    router, serve,
    state::App,
};
use anyhow::Context as _;
use keywright_core::{clock::SystemClock, db::Db, gate::Redis, random::OsRandom, services::Services};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
    time::{Instant, Interval, MissedTickBehavior, interval, interval_at},
};

/// How often what was refused, and what apps did, is written.
const NOTE: Duration = Duration::from_secs(1);

/// How often what has ended by itself is removed.
const SWEEP: Duration = Duration::from_secs(600);

/// How often it is looked whether a new signing key is needed, or another node has made one.
const ROTATE: Duration = Duration::from_secs(3600);

/// How often people are told of keys that end soon.
const REMIND: Duration = Duration::from_secs(3600);
/// The first time after the start: whoever starts a node over and over does not write each time.
const REMIND_FIRST: Duration = Duration::from_secs(60);

/// Opens everything, prints where it is, and serves until the process is told to stop.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let profile = load_profile(&config.profile).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    let instance = Instance::open(&config, &OsRandom)?;
    let db = Db::open(config.database_url.expose()).await?;
    let redis = match &config.redis_url {
        Some(url) => {
            Some(Redis::open(url.expose()).await.with_context(|| format!("redis_url ({url}) cannot be used"))?)
        }
        None => None,
    };
    let site = instance.site(&config);
    let services = Services::new(db, Arc::new(profile), Arc::new(SystemClock), Arc::new(OsRandom), redis, &site);
    let app = App::new(&config, services.clone(), instance.sealing_key.expose(), instance.gate_token.expose())?;
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let mailer = app.mailer.clone();
    let app = Arc::new(app);
    let router = router::build(Arc::clone(&app));
    let (limits, lanes) = (serve::Limits::new(config.max_connections), serve::Lanes::start()?);

    announce(&config, &services).await?;
    let (stop, stopped) = watch::channel(());
    let mut workers = start_workers(&services, &config, &stopped);
    workers.extend(start_reminders(&services, mailer, &stopped));
    workers.push(start_rotation(&services, &stopped));
    let other_nodes = services.gate.clone();
    let other_nodes = tokio::spawn(async move { other_nodes.follow_other_nodes().await });
    serve::serve(listener, router, limits, lanes.clone(), told_to_stop()?).await;
    other_nodes.abort();
    drop(stop);
    for worker in workers {
        worker.await?;
    }
    // What is still in memory: an orderly stop loses nothing, and of what cannot be written no more than that.
    let written = [services.usage.flush().await, services.refusals.flush().await, services.apps.flush().await];
    services.db.close().await;
    // The database's connections may have been opened on them.
    drop(lanes);
    written.into_iter().collect::<Result<(), _>>()?;
    tracing::info!("Stopped");
    Ok(())
}

/// The one thing that is said to the person at the terminal and not to the log: a log is kept, and the
/// link is a secret until it has been used.
async fn announce(config: &Config, services: &Services) -> anyhow::Result<()> {
    tracing::info!(profile = services.profile.name, "Listening on http://{}", config.listen);
    println!("\n  Keywright is running at {}", config.public_url.as_str());
    match services.accounts.setup_link().await? {
        Some(link) => println!(
            "  Nobody owns it yet. Create the first owner here; the link works once:\n\n    {}\n",
            config.public_url.join(&format!("/setup?token={}", link.token()))
        ),
        None => println!(),
    }
    Ok(())
}

fn start_workers(services: &Services, config: &Config, stopped: &watch::Receiver<()>) -> Vec<JoinHandle<()>> {
    let (usage, sessions, gate) = (services.usage.clone(), services.sessions.clone(), services.gate.clone());
    let (flushed, counted, kept) = (usage.clone(), usage, config.usage);
    let (noted, listed, oauth) = (services.refusals.clone(), services.refusals.clone(), services.oauth.clone());
    let (traced, unused) = (services.apps.clone(), services.apps.clone());
    let until = stopped.clone();
    let flush = move || {
        let (usage, mut until) = (flushed.clone(), until.clone());
        async move {
            let written = usage.flush_at_leisure(&mut until).await;
            written.unwrap_or_else(|error| tracing::warn!(%error, "Uses wait in memory"));
        }
    };
    let note = move || {
        let (refusals, apps) = (noted.clone(), traced.clone());
        async move {
            refusals.flush().await.unwrap_or_else(|error| tracing::warn!(%error, "Refusals wait in memory"));
            apps.flush().await.unwrap_or_else(|error| tracing::warn!(%error, "What apps did waits in memory"));
        }
    };
    let sweep = move || {
        let (sessions, usage, gate, refusals) = (sessions.clone(), counted.clone(), gate.clone(), listed.clone());
        let (oauth, apps) = (oauth.clone(), unused.clone());
        async move {
            let swept = oauth.sweep().await;
            swept.unwrap_or_else(|error| tracing::warn!(%error, "Ended authorizations were not removed"));
            gate.sweep();
            let swept = sessions.delete_expired().await;
            swept.unwrap_or_else(|error| tracing::warn!(%error, "Ended sessions were not removed"));
            let swept = usage.sweep(kept).await;
            swept.unwrap_or_else(|error| tracing::warn!(%error, "Old counts were not removed"));
            let swept = refusals.sweep().await;
            swept.unwrap_or_else(|error| tracing::warn!(%error, "Old refusals were not removed"));
            let swept = apps.sweep().await;
            swept.unwrap_or_else(|error| tracing::warn!(%error, "Unused apps were not removed"));
        }
    };
    vec![
        tokio::spawn(every(interval(config.usage_interval), stopped.clone(), flush)),
        tokio::spawn(every(interval(NOTE), stopped.clone(), note)),
        tokio::spawn(every(interval(SWEEP), stopped.clone(), sweep)),
    ]
}

/// Nobody to start where no mail can be sent: then nothing is claimed either.
fn start_reminders(services: &Services, mailer: Mailer, stopped: &watch::Receiver<()>) -> Option<JoinHandle<()>> {
    if !mailer.is_enabled() {
        return None;
    }
    let (keys, until) = (services.keys.clone(), stopped.clone());
    let remind = move || {
        let (keys, mailer, until) = (keys.clone(), mailer.clone(), until.clone());
        async move { send_reminders(&keys, &mailer, &until).await }
    };
    let ticks = interval_at(Instant::now() + REMIND_FIRST, REMIND);
    Some(tokio::spawn(every(ticks, stopped.clone(), remind)))
}

/// Signing keys take turns; each node learns in time whose turn it is.
fn start_rotation(services: &Services, stopped: &watch::Receiver<()>) -> JoinHandle<()> {
    let signing = services.signing.clone();
    let rotate = move || {
        let signing = signing.clone();
        async move {
            let rotated = signing.rotate().await;
            rotated.unwrap_or_else(|error| tracing::warn!(%error, "Signing keys could not be read"));
        }
    };
    tokio::spawn(every(interval(ROTATE), stopped.clone(), rotate))
}

/// Works now and then until told to stop; work that has begun ends as it likes.
async fn every<F: Future<Output = ()>>(mut ticks: Interval, mut stopped: watch::Receiver<()>, work: impl Fn() -> F) {
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => work().await,
            _ = stopped.changed() => return,
        }
    }
}

fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("Stopping: requests under way are finished first");
    })
}
