//! The parts that pages are made of. One component per file, same name.

mod badge;
mod checklist;
mod doorway;
mod error_summary;
mod field;
mod filter_input;
mod filter_select;
mod filters;
mod icon;
mod mark;
mod moment;
mod notice;
mod page_header;
mod pager;
mod shell;
mod status_badge;
mod theme_switch;
mod toast;

pub(crate) use badge::{Badge, Tone};
pub(crate) use checklist::Checklist;
pub(crate) use doorway::Doorway;
pub(crate) use error_summary::ErrorSummary;
pub(crate) use field::{Field, FieldMessage, described_by, message_for};
pub(crate) use filter_input::FilterInput;
pub(crate) use filter_select::FilterSelect;
pub(crate) use filters::Filters;
pub(crate) use icon::{Glyph, Icon};
pub(crate) use mark::Mark;
pub(crate) use moment::Moment;
pub(crate) use notice::Notice;
pub(crate) use page_header::PageHeader;
pub(crate) use pager::{Pager, with_query};
pub(crate) use shell::Shell;
pub(crate) use status_badge::{Standing, StatusBadge, ends_soon};
pub(crate) use theme_switch::ThemeSwitch;
pub(crate) use toast::Toast;
