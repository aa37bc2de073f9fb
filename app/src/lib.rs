//! Keywright's face. Pages and components are plain Leptos components that take their data as props
//! and are rendered to text on the server by [`render`]; only the islands reach the browser as WASM.
//!
//! Every page works without JavaScript: links and forms do the work, islands add what HTML cannot.

pub mod islands;

#[cfg(feature = "ssr")]
mod components;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
#[cfg(feature = "ssr")]
mod frame;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod render;

#[cfg(feature = "ssr")]
pub use frame::{Assets, Frame, Place, Theme, Viewer};
#[cfg(feature = "ssr")]
pub use render::{Html, part, render};
