//! What whoever looks at the demonstration must know.

use crate::{
    cast::{Cast, OWNER, PASSWORD},
    clock::MovedClock,
    history::FirstCall,
};
use anyhow::{Context as _, Result};
use keywright::config::Config;
use std::{fmt::Write as _, fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt as _};

/// In the data folder.
const FILE: &str = "demo.txt";

/// Writes it where only the data's owner reads it: there is a key in it. That the file is there tells that the history
/// is complete.
pub(crate) fn write(config: &Config, cast: &Cast, call: &FirstCall) -> Result<()> {
    let path = config.data_dir.join(FILE);
    let mut file = OpenOptions::new();
    let file = file.write(true).create(true).truncate(true).mode(0o600).open(&path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file.write_all(text(config, cast, call)?.as_bytes())?)
}

fn text(config: &Config, cast: &Cast, call: &FirstCall) -> Result<String> {
    let (days, url) = (MovedClock::DAYS, config.public_url.as_str());
    let mut text = format!("\n  A demonstration, with {days} days of history. Sign in at {url}\n\n");
    writeln!(text, "    {:<28}Owner", OWNER.email)?;
    for member in &cast.members {
        writeln!(text, "    {:<28}{}", member.person.email, member.role.title)?;
    }
    writeln!(text, "\n  Everybody's password is “{PASSWORD}”. A key of {}:\n", cast.workspace)?;
    let url = config.gateway_url.join(&call.path);
    writeln!(text, "    curl {url} -H \"Authorization: Bearer {}\"", call.secret.expose())?;
    Ok(text)
}
