//! Places that are shared out: so many in all, and so many for one holder, so that no holder can take them all.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Places for holders of the kind `K`.
pub struct Places<K>(Arc<Mutex<Taken<K>>>);

struct Taken<K> {
    free: u32,
    held: HashMap<K, u32>,
}

impl<K> Clone for Places<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Places<K> {
    // Nothing panics while it holds the lock; if it did, the numbers would still be whole.
    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// So many places.
    pub fn new(total: u32) -> Self {
        Self(Arc::new(Mutex::new(Taken { free: total, held: HashMap::new() })))
    }

    /// Takes a place for holders who may each hold so many; none if one of them holds as many already, or no place is free.
    pub fn take<const N: usize>(&self, holders: [(K, u32); N]) -> Option<Place<K>> {
        let mut taken = self.taken();
        let has_room = |(holder, most): &(K, u32)| taken.held.get(holder).copied().unwrap_or(0) < *most;
        if taken.free == 0 || !holders.iter().all(has_room) {
            return None;
        }
        taken.free -= 1;
        for (holder, _) in &holders {
            *taken.held.entry(holder.clone()).or_insert(0) += 1;
        }
        Some(Place { places: self.clone(), holders: holders.into_iter().map(|(holder, _)| holder).collect() })
    }
}

/// A place that is held until it is dropped.
pub struct Place<K: Eq + Hash> {
    places: Places<K>,
    holders: Vec<K>,
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.free += 1;
        for holder in &self.holders {
            if let Some(held) = taken.held.get_mut(holder) {
                *held -= 1;
                if *held == 0 {
                    // A holder without a place takes no memory.
                    taken.held.remove(holder);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_takes_no_more_than_a_share_and_a_place_comes_back() {
        let places = Places::new(4);
        let take = |user: &'static str, organisation: &'static str| places.take([(user, 2), (organisation, 3)]);
        let mut held: Vec<_> = (0..5).filter_map(|_| take("user 1", "organisation 1")).collect();
        assert_eq!(held.len(), 2, "the share of a user");
        held.extend((0..5).filter_map(|_| take("user 2", "organisation 1")));
        assert_eq!(held.len(), 3, "the share of an organisation");
        held.extend((0..5).filter_map(|_| take("user 3", "organisation 2")));
        assert_eq!(held.len(), 4, "all places");
        drop(held.remove(0));
        assert!(take("user 3", "organisation 2").is_some());
        held.clear();
        assert!(places.taken().held.is_empty() && places.taken().free == 4);
    }
}
