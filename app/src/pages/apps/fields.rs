//! The parts that the forms of apps share.

mod kind_choice;
mod pkce_choice;
mod redirects_field;

pub(crate) use kind_choice::KindChoice;
pub(crate) use pkce_choice::PkceChoice;
pub(crate) use redirects_field::RedirectsField;

/// What is said above the scopes of an app, and what more where some are barred.
pub(crate) const SCOPE_WORDS: (&str, &str) = (
    "The most that the app may ask for. Nobody ever allows it more than their own role.",
    "Nor can it be registered for what your own role does not have.",
);
