//! A consumer group: who is a member, who reads what, and when partitions are given out anew.
//!
//! A change makes all members join anew: each stops at its next poll, and when the last one has joined, the
//! partitions are given out and a new generation begins.

use std::collections::BTreeMap;

use super::{Assignor, assign};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    members: BTreeMap<u32, Seat>,
    generation: u32,
    /// Over how many partitions.
    partitions: u32,
    /// Whether the members join anew.
    joins: bool,
}

/// A member's part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Seat {
    has_joined: bool,
    owns: Vec<u32>,
}

impl Group {
    /// A new member joins, or one that is there joins anew.
    pub fn join(&mut self, member: u32) {
        if !self.members.contains_key(&member) {
            self.regroup();
        }
        self.members.entry(member).or_default().has_joined = true;
    }

    /// A member leaves; gives back what it read.
    pub fn leave(&mut self, member: u32) -> Vec<u32> {
        match self.members.remove(&member) {
            Some(seat) => {
                self.regroup();
                seat.owns
            }
            None => Vec::new(),
        }
    }

    /// All have to join anew.
    pub fn regroup(&mut self) {
        if !self.joins {
            self.joins = true;
            for seat in self.members.values_mut() {
                seat.has_joined = false;
            }
        }
    }

    /// Whether the group waits for this one to join.
    pub fn awaits(&self, member: u32) -> bool {
        let joined = self.members.get(&member).map(|seat| seat.has_joined);
        self.joins && joined == Some(false)
    }

    /// Whether a member is one of this generation.
    pub fn has(&self, member: u32) -> bool {
        self.members.contains_key(&member)
    }

    /// Whether the members join anew.
    pub const fn is_joining(&self) -> bool {
        self.joins
    }

    /// How many members there are.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// How often partitions were given out.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// What a member reads.
    pub fn owns(&self, member: u32) -> &[u32] {
        self.members.get(&member).map_or(&[], |seat| &seat.owns)
    }

    /// Over how many partitions they were given out.
    pub const fn partitions(&self) -> u32 {
        self.partitions
    }

    /// Whether everyone has joined that was waited for.
    pub fn is_complete(&self) -> bool {
        self.joins && self.members.values().all(|seat| seat.has_joined)
    }

    /// Gives out so many partitions, if everyone has joined.
    pub fn complete(&mut self, how: Assignor, partitions: u32) {
        if !self.is_complete() {
            return;
        }
        self.joins = false;
        self.generation += 1;
        self.partitions = partitions;
        let before: Vec<&[u32]> = self.members.values().map(|seat| &seat.owns[..]).collect();
        let given = assign(how, partitions, &before);
        for (seat, owns) in self.members.values_mut().zip(given) {
            seat.owns = owns;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(group: &mut Group) -> bool {
        let is_complete = group.is_complete();
        group.complete(Assignor::Range, 4);
        is_complete
    }

    #[test]
    fn partitions_are_given_out_once_everyone_has_joined() {
        let mut group = Group::default();
        group.join(1);
        assert!(complete(&mut group) && !complete(&mut group));
        assert_eq!((group.owns(1), group.generation()), (&[0, 1, 2, 3][..], 1));
        group.join(2);
        assert!(group.awaits(1) && !group.awaits(2) && !complete(&mut group));
        // Until then it goes on with what it has.
        assert_eq!(group.owns(1), [0, 1, 2, 3]);
        group.join(1);
        assert!(complete(&mut group));
        assert_eq!((group.owns(1), group.owns(2)), (&[0, 1][..], &[2, 3][..]));
    }

    #[test]
    fn who_leaves_gives_back_what_it_read() {
        let mut group = Group::default();
        group.join(1);
        group.join(2);
        assert!(complete(&mut group));
        assert_eq!(group.leave(1), [0, 1]);
        assert!(group.leave(1).is_empty());
        assert!(group.awaits(2) && !group.has(1));
        group.join(2);
        assert!(complete(&mut group));
        assert_eq!((group.owns(2).len(), group.size()), (4, 1));
        // The last one leaves: there is nobody to wait for.
        group.leave(2);
        assert!(complete(&mut group) && group.owns(2).is_empty());
    }
}
