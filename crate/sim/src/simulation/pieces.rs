//! Pieces of work by their names: which of them were done for a request.
//!
//! Most requests have few, and a look along the list is the cheapest then. A large fan-out has thousands; they stand in
//! a table by their names, which are well mixed.

/// A set of names.
#[derive(Debug, Clone, Default)]
pub struct Pieces {
    /// All of them one after the other, or past `FEW` a table that is at most half full, in which 0 is nothing.
    slots: Vec<u64>,
    len: usize,
}

/// So many are looked through one by one.
const FEW: usize = 16;

impl Pieces {
    /// Whether this one is in it.
    pub fn has(&self, piece: u64) -> bool {
        if self.len <= FEW {
            return self.slots.contains(&piece);
        }
        self.slots[self.place(piece)] != 0
    }

    /// Puts one in; whether it was not there yet.
    pub fn insert(&mut self, piece: u64) -> bool {
        if self.has(piece) {
            return false;
        }
        self.len += 1;
        if self.len <= FEW {
            self.slots.push(piece);
            return true;
        }
        if self.len == FEW + 1 || self.len * 2 > self.slots.len() {
            let room = self.len.next_power_of_two() * 4;
            let old = std::mem::replace(&mut self.slots, vec![0; room]);
            for other in old.into_iter().filter(|other| *other != 0) {
                let place = self.place(other);
                self.slots[place] = other;
            }
        }
        let place = self.place(piece);
        self.slots[place] = piece;
        true
    }

    /// Where one stands in the table, or would.
    fn place(&self, piece: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut place = piece as usize & mask;
        while self.slots[place] != 0 && self.slots[place] != piece {
            place = (place + 1) & mask;
        }
        place
    }

    /// Takes all out and keeps the room of a few, for the next request.
    pub fn clear(&mut self) {
        if self.len > FEW {
            self.slots = Vec::new();
        }
        self.slots.clear();
        self.len = 0;
    }

    /// Whether there is room to be used again.
    pub const fn has_room(&self) -> bool {
        self.slots.capacity() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    #[test]
    fn each_piece_is_new_once() {
        let name = |n| Luck::of_seed(1).part(n).name();
        let mut pieces = Pieces::default();
        for round in 0..2 {
            for n in 0..3_000 {
                assert_eq!(pieces.has(name(n)), round == 1, "{n}");
                assert_eq!(pieces.insert(name(n)), round == 0, "{n}");
                assert!(!pieces.has(name(n + 3_000)));
            }
        }
        pieces.clear();
        assert!((0..3_000).all(|n| !pieces.has(name(n))));
        assert!(pieces.insert(name(5)) && !pieces.insert(name(5)));
    }
}
