//! The words that forms, programs and the database have for the values of an enum. Each enum lists its own.

/// The word of a value.
pub(crate) fn code<T: Copy + PartialEq>(all: &[(T, &'static str)], value: T) -> &'static str {
    all.iter().find(|(known, _)| *known == value).map_or("", |(_, code)| code)
}

/// The value that has this word.
pub(crate) fn parse<T: Copy>(all: &[(T, &str)], code: &str) -> Option<T> {
    all.iter().find(|(_, known)| *known == code).map(|(value, _)| *value)
}
