//! What all plain nouns have in common: a list in pages, and one by its id.

use crate::{
    answer::{Answer, Fault, Meta, one},
    state::{Shared, State as Everything},
};
use axum::extract::{Path, Query, State, rejection::QueryRejection};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The things of one noun, by id.
pub(crate) type Shelf<N> = BTreeMap<String, N>;

/// A kind of thing that this API has many of.
pub(crate) trait Noun: Clone + Serialize + Send + 'static {
    /// As people call it: `lead`.
    const NAME: &'static str;

    /// Where all of them are.
    fn shelf(state: &mut Everything) -> &mut Shelf<Self>;

    /// Its own id.
    fn id(&self) -> &str;
}

/// Puts things on a shelf.
pub(crate) fn shelve<N: Noun>(things: impl IntoIterator<Item = N>) -> Shelf<N> {
    things.into_iter().map(|thing| (thing.id().to_owned(), thing)).collect()
}

/// Which page of a list: `?limit=20&offset=40`.
#[derive(Deserialize)]
pub(crate) struct Page {
    #[serde(default = "Page::longest")]
    limit: usize,
    #[serde(default)]
    offset: usize,
}

impl Page {
    const fn longest() -> usize {
        100
    }

    /// The page, and how many there are in all.
    pub(crate) fn cut<T>(&self, things: Vec<T>) -> Result<(Vec<T>, Meta), Fault> {
        if !(1..=Self::longest()).contains(&self.limit) {
            return Err(Fault::Invalid(format!("`limit` is 1 to {}.", Self::longest())));
        }
        let meta = Meta { total: things.len() };
        Ok((things.into_iter().skip(self.offset).take(self.limit).collect(), meta))
    }
}

pub(crate) async fn index<N: Noun>(
    State(state): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Answer<Vec<N>>, Fault> {
    let Query(page) = page?;
    let all = N::shelf(&mut state.lock()).values().cloned().collect();
    let (data, meta) = page.cut(all)?;
    Ok(Answer { data, meta: Some(meta), caller: None })
}

pub(crate) async fn show<N: Noun>(State(state): State<Shared>, Path(id): Path<String>) -> Result<Answer<N>, Fault> {
    let found = N::shelf(&mut state.lock()).get(&id).cloned();
    Ok(one(found.ok_or(Fault::NotFound(N::NAME))?, None))
}

/// Changes the thing with this id, if `change` finds nothing wrong.
pub(crate) fn update<N: Noun>(
    state: &Shared,
    id: &str,
    change: impl FnOnce(&mut N) -> Result<(), Fault>,
) -> Result<Answer<N>, Fault> {
    let mut state = state.lock();
    let kept = N::shelf(&mut state).get_mut(id).ok_or(Fault::NotFound(N::NAME))?;
    let mut changed = kept.clone();
    change(&mut changed)?;
    *kept = changed.clone();
    Ok(one(changed, None))
}
