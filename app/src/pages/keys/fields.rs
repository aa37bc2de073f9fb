//! The parts that the forms of keys share.

mod area;
mod networks_field;
mod scope_option;
mod scopes_choice;

pub(crate) use area::Area;
pub(crate) use networks_field::NetworksField;
pub(crate) use scopes_choice::ScopesChoice;

/// What a note is for.
pub(crate) const NOTE_HINT: &str = "Where is it stored? Who to ask about it? Never the secret itself.";
