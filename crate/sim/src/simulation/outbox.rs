//! The outbox: how handlers answer. They plan events and state facts; they touch neither the agenda nor a
//! counter.

use crate::event::Event;
use crate::fact::Fact;
use crate::units::{Span, Time};

/// Where handlers put what they plan and what they state.
#[derive(Debug)]
pub struct Outbox<'a> {
    /// Now.
    pub now: Time,
    /// Events to plan.
    pub plans: &'a mut Vec<(Time, Event)>,
    /// Facts to tell.
    pub facts: &'a mut Vec<Fact>,
}

impl Outbox<'_> {
    /// Plans an event after a while.
    pub fn after(&mut self, wait: Span, event: Event) {
        self.plans.push((self.now + wait, event));
    }

    /// Plans an event for now, after those already planned for now.
    pub fn soon(&mut self, event: Event) {
        self.plans.push((self.now, event));
    }

    /// States a fact.
    pub fn say(&mut self, fact: Fact) {
        self.facts.push(fact);
    }
}
