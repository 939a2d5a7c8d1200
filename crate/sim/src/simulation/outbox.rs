//! The outbox: how handlers answer. They plan events and state facts; they touch neither the agenda nor a
//! counter.

use crate::event::{Agenda, Event, LaneIx};
use crate::fact::{Digest, Fact};
use crate::meter::Meter;
use crate::story::Story;
use crate::units::{Span, Time};

use super::world::World;

/// Where handlers put what they plan and what they state.
pub struct Outbox<'a> {
    /// Now.
    pub now: Time,
    pub(super) agenda: &'a mut Agenda,
    pub(super) book: &'a mut Book,
    pub(super) watcher: Option<Watcher<'a>>,
}

/// Someone who is told every fact as it happens.
pub type Watcher<'a> = &'a mut dyn FnMut(Time, &Fact);

/// What becomes of facts: they are counted, and they leave their mark on the digest.
#[derive(Debug, Clone)]
pub(super) struct Book {
    pub meter: Meter,
    pub digest: Digest,
    pub story: Story,
}

impl Book {
    /// Closes the buckets that end up to this time, and reads them.
    pub fn close_until(&mut self, world: &World, at: Time) {
        while self.meter.closes() <= at {
            let end = self.meter.closes();
            self.meter.close(world);
            self.story.read(&self.meter, end, self.digest.value());
        }
    }
}

impl Outbox<'_> {
    /// Plans an event after a while.
    #[inline]
    pub fn after(&mut self, wait: Span, event: Event) {
        self.agenda.plan(self.now, self.now + wait, event);
    }

    /// Plans an event for now, after those already planned for now.
    #[inline]
    pub fn soon(&mut self, event: Event) {
        self.agenda.plan(self.now, self.now, event);
    }

    /// Plans an event for a time to come.
    #[inline]
    pub fn at(&mut self, at: Time, event: Event) {
        self.agenda.plan(self.now, at, event);
    }

    /// Whether nothing else will happen at this instant.
    pub fn is_quiet(&self) -> bool {
        self.agenda.is_quiet(self.now)
    }

    /// Plans the end of a wait that will most likely not come to it.
    #[inline]
    pub fn arm(&mut self, lane: LaneIx, event: Event) {
        self.agenda.arm(self.now, lane, event);
    }

    /// The lane for timers that wait so long.
    pub fn lane(&mut self, wait: Span) -> LaneIx {
        self.agenda.lane(wait)
    }

    /// States a fact. Where it is stated its kind is known, so that of all that listens only what concerns
    /// this kind is left there: hence always inline.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it halves the cost of an event")]
    pub fn say(&mut self, fact: Fact) {
        self.book.digest.take(self.now, &fact);
        self.book.meter.take(self.now, &fact);
        if let Some(watcher) = &mut self.watcher {
            watcher(self.now, &fact);
        }
    }
}
