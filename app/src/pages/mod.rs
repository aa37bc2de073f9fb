//! Every page, as a component that takes its data as props.

pub mod account;
pub mod api_docs;
pub mod apps;
pub mod audit;
pub mod connected;
pub mod consent;
pub mod device;
pub mod invite;
pub mod keys;
pub mod login;
pub mod members;
pub mod plan;
pub mod problem;
pub mod refusals;
pub mod setup;
pub mod sign_in_link;
pub mod usage;
pub mod workspaces;
