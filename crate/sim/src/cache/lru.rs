//! Least recently used: a table of all keys with links through it, so that every step costs the same and none
//! takes memory.

use crate::units::Time;

/// No key.
const NONE: u32 = u32::MAX;

/// The place of a key.
#[derive(Debug, Clone, Copy)]
struct Place {
    newer: u32,
    older: u32,
    /// Until when it is good; `Time::ZERO` where it is not held.
    until: Time,
}

const EMPTY: Place = Place {
    newer: NONE,
    older: NONE,
    until: Time::ZERO,
};

/// Entries in the order of their last use.
#[derive(Debug, Clone)]
pub struct Lru {
    places: Vec<Place>,
    newest: u32,
    oldest: u32,
    held: u32,
}

impl Lru {
    /// An empty one for so many keys.
    pub fn new(population: u32) -> Self {
        Lru {
            places: vec![EMPTY; population.max(1) as usize],
            newest: NONE,
            oldest: NONE,
            held: 0,
        }
    }

    /// How many are held.
    pub const fn len(&self) -> u32 {
        self.held
    }

    /// Whether a key is held and good; it is the newest then. One that is no longer good goes.
    pub fn touch(&mut self, key: u32, now: Time) -> bool {
        let until = self.places[key as usize].until;
        if until == Time::ZERO {
            return false;
        }
        self.unlink(key);
        if until <= now {
            self.places[key as usize] = EMPTY;
            return false;
        }
        self.link(key);
        true
    }

    /// Holds a key, as the newest.
    pub fn insert(&mut self, key: u32, until: Time) {
        if self.places[key as usize].until != Time::ZERO {
            self.unlink(key);
        }
        self.places[key as usize].until = until;
        self.link(key);
    }

    /// Forgets the oldest until no more than so many are held.
    pub fn shrink(&mut self, most: u32) {
        while self.held > most {
            let oldest = self.oldest;
            self.unlink(oldest);
            self.places[oldest as usize] = EMPTY;
        }
    }

    /// Makes it one for so many keys; those beyond are forgotten.
    pub fn resize(&mut self, population: u32) {
        let population = population.max(1);
        for key in population..self.places.len() as u32 {
            if self.places[key as usize].until != Time::ZERO {
                self.unlink(key);
            }
        }
        self.places.resize(population as usize, EMPTY);
    }

    /// Whether the links lead through just what is held.
    pub fn adds_up(&self) -> bool {
        let held = self.places.iter().filter(|p| p.until != Time::ZERO).count();
        let (mut seen, mut key) = (0, self.newest);
        while key != NONE && seen <= held {
            seen += 1;
            key = self.places[key as usize].older;
        }
        seen == held && held == self.held as usize
    }

    fn link(&mut self, key: u32) {
        let newest = self.newest;
        let place = &mut self.places[key as usize];
        (place.newer, place.older) = (NONE, newest);
        match newest {
            NONE => self.oldest = key,
            newest => self.places[newest as usize].newer = key,
        }
        self.newest = key;
        self.held += 1;
    }

    fn unlink(&mut self, key: u32) {
        let Place { newer, older, .. } = self.places[key as usize];
        match newer {
            NONE => self.newest = older,
            newer => self.places[newer as usize].older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => self.places[older as usize].newer = newer,
        }
        self.held -= 1;
    }
}
