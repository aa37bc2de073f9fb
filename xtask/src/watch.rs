//! Build and run; again whenever a source changes.

use crate::{Build, build, cargo};
use anyhow::Result;
use std::{
    fs,
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

/// Where sources are. Looking at some hundred files is cheaper than a library that is told.
const SOURCES: [&str; 10] =
    ["Cargo.lock", "Cargo.toml", "app", "core", "frontend", "migrations", "profiles", "server", "style", ".cargo"];

const PAUSE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(5);

/// Never returns by itself: Ctrl-C reaches the server as well, which is in the same process group.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut server = None;
    loop {
        let seen = newest(root);
        match build(root, Build::Debug) {
            Ok(()) => server = Some(restart(root, server.take())?),
            Err(fault) => eprintln!("{fault:#}\nwaiting for a change; what ran before goes on"),
        }
        while newest(root) == seen {
            sleep(PAUSE);
        }
        eprintln!("something changed");
    }
}

fn restart(root: &Path, old: Option<Child>) -> Result<Child> {
    if let Some(old) = old {
        stop(old)?;
    }
    let program = cargo::target(root).join("debug/keywright");
    Ok(Command::new(program).arg("serve").current_dir(root).spawn()?)
}

/// Asks first, so that the server writes down what it has not written yet.
fn stop(mut server: Child) -> Result<()> {
    Command::new("kill").arg(server.id().to_string()).status()?;
    let start = Instant::now();
    while server.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            server.kill()?;
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The time of the last change, and how many files there are, so that a removal shows as well.
fn newest(root: &Path) -> (Option<SystemTime>, usize) {
    let mut newest = (None, 0);
    for source in SOURCES {
        look(&root.join(source), &mut newest);
    }
    newest
}

fn look(path: &Path, newest: &mut (Option<SystemTime>, usize)) {
    // A file that vanishes while we look is a change that the next look sees.
    let Ok(about) = fs::metadata(path) else { return };
    if about.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            look(&entry.path(), newest);
        }
    } else {
        newest.0 = newest.0.max(about.modified().ok());
        newest.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_change_a_new_file_and_a_removal_are_seen() {
        let root = Scratch::new("watch");
        fs::create_dir(root.path().join("app")).unwrap();
        let file = root.path().join("app/lib.rs");
        let empty = newest(root.path());
        fs::write(&file, "1").unwrap();
        let one = newest(root.path());
        assert_ne!(empty, one);
        assert_eq!(newest(root.path()), one);
        fs::File::open(&file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_ne!(newest(root.path()), one);
        fs::remove_file(&file).unwrap();
        assert_eq!(newest(root.path()), empty);
    }
}
