//! Rows of grants and of what leads to them.

mod codes;
mod connections;
mod devices;
mod forgetting;
mod grants;
mod refresh_tokens;
mod requests;
mod standing;

pub(super) use codes::*;
pub(super) use connections::*;
pub(super) use devices::*;
pub(super) use forgetting::*;
pub(super) use grants::*;
pub(crate) use grants::{end_of_app, end_of_command_line, end_of_member, end_of_person};
pub(super) use refresh_tokens::*;
pub(super) use requests::*;
pub(crate) use standing::standing_of;

#[cfg(test)]
pub(crate) const ALL: &[&[(&str, &str)]] = &[
    codes::ALL,
    connections::ALL,
    devices::ALL,
    forgetting::ALL,
    grants::ALL,
    refresh_tokens::ALL,
    requests::ALL,
    standing::ALL,
];
