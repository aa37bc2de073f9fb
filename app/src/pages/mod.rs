//! Every page, as a component that takes its data as props.

pub mod account;
pub mod audit;
pub mod keys;
pub mod login;
pub mod problem;
pub mod setup;
pub mod sign_in_link;
