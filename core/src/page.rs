//! Lists come in pages, by cursor: the id of the last row seen. Pages stay right while rows are added.

/// What part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest<Id> {
    /// Rows after this one, in the list's order; from the start if there is none.
    pub after: Option<Id>,
    /// At most so many rows.
    pub limit: u32,
}

/// Rows, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, Id> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Pass it as `after` to go on; none at the end.
    pub next: Option<Id>,
}

impl<Id> PageRequest<Id> {
    /// The most rows that one page holds.
    pub const MOST: u32 = 100;

    /// The first page, of the usual size.
    #[must_use]
    pub const fn first() -> Self {
        Self { after: None, limit: 50 }
    }
}

impl<T, Id> Page<T, Id> {
    /// Makes a page of rows that were fetched with one more than `limit`: the extra one only tells
    /// that there are more.
    pub fn of(mut rows: Vec<T>, limit: u32, id: impl Fn(&T) -> Id) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(id) } else { None };
        Self { items: rows, next }
    }
}
