//! Events: what will happen, and the agenda that keeps them in order.
//!
//! Order is by time and, for equal times, by when they were planned. An event for *now* goes through a
//! first-in-first-out lane and never through the heap.

use std::collections::VecDeque;

use slotmap::new_key_type;

use crate::outcome::Outcome;
use crate::units::Time;

new_key_type! {
    /// A request under way.
    pub struct RequestKey;
    /// A call under way.
    pub struct CallKey;
    /// An attempt under way.
    pub struct AttemptKey;
    /// A job: one thread at work for one request or message.
    pub struct JobKey;
    /// A message that is not yet done with.
    pub struct MessageKey;
}

/// A node of this simulation; never used again for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeIx(pub u32);

/// An edge of this simulation; never used again for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EdgeIx(pub u32);

/// Who waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A client's request.
    Request(RequestKey),
    /// A service's job.
    Job(JobKey),
}

/// Something that will happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A client sends its next request, if its traffic has not changed since (the number tells).
    Arrive(NodeIx, u32),
    /// A call has settled; its owner goes on.
    Resume(Owner, Outcome),
    /// An attempt arrives at the far end of its edge.
    Reach(AttemptKey),
    /// An answer arrives at the near end.
    Answer(AttemptKey, Outcome),
    /// A policy's patience ends, if it is still the same wait (the number tells).
    Expire(CallKey, u8, u32),
    /// A back-off ends, if it is still the same one (the number tells).
    Again(CallKey, u8, u32),
    /// A job's own work is done.
    Worked(JobKey),
    /// A service may have a free thread and something that waits for one.
    Dispatch(NodeIx),
    /// A queue may have something to deliver.
    Pump(EdgeIx),
    /// A message arrives at its consumer.
    Deliver(MessageKey),
    /// The broker learns that a message is done.
    Acked(MessageKey),
    /// The broker learns that a message failed or that its consumer is gone.
    Nacked(MessageKey),
    /// A service holds more memory than it may, if it is still the same life of it (the number tells).
    OutOfMemory(NodeIx, u32),
    /// A killed service is back, if it is still the same life of it (the number tells).
    Restart(NodeIx, u32),
    /// A planned fault begins or ends, if the plan is still the same (the number tells).
    Faults(u32),
}

/// What will happen, in order.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    heap: Vec<Entry>,
    lane: VecDeque<Event>,
    planned: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    at: Time,
    order: u64,
    event: Event,
}

impl Entry {
    const fn before(&self, other: &Entry) -> bool {
        let (a, b) = (self.at.as_nanos(), other.at.as_nanos());
        a < b || (a == b && self.order < other.order)
    }
}

/// Children of a heap entry: four keep the tree flat and its levels within a cache line or two.
const WIDTH: usize = 4;

impl Agenda {
    /// Plans an event; `at` is not before `now`.
    pub fn plan(&mut self, now: Time, at: Time, event: Event) {
        debug_assert!(at >= now, "planned in the past: {event:?}");
        if at <= now {
            self.lane.push_back(event);
            return;
        }
        self.planned += 1;
        self.heap.push(Entry {
            at,
            order: self.planned,
            event,
        });
        self.rise(self.heap.len() - 1);
    }

    /// When the next event is due; `now` if one waits in the lane.
    pub fn next_at(&self, now: Time) -> Option<Time> {
        if self.lane.is_empty() {
            self.heap.first().map(|entry| entry.at)
        } else {
            Some(now)
        }
    }

    /// Takes the next event. At equal times those from the heap were planned before those in the lane.
    pub fn pop(&mut self, now: Time) -> Option<(Time, Event)> {
        let due = self.heap.first().is_some_and(|entry| entry.at <= now);
        if !due && let Some(event) = self.lane.pop_front() {
            return Some((now, event));
        }
        let last = self.heap.pop()?;
        let first = match self.heap.first_mut() {
            Some(top) => std::mem::replace(top, last),
            None => last,
        };
        self.sink(0);
        Some((first.at, first.event))
    }

    fn rise(&mut self, mut place: usize) {
        while place > 0 {
            let parent = (place - 1) / WIDTH;
            if !self.heap[place].before(&self.heap[parent]) {
                break;
            }
            self.heap.swap(place, parent);
            place = parent;
        }
    }

    fn sink(&mut self, mut place: usize) {
        loop {
            let children = place * WIDTH + 1..(place * WIDTH + 1 + WIDTH).min(self.heap.len());
            let Some(least) = children.reduce(|a, b| {
                if self.heap[b].before(&self.heap[a]) {
                    b
                } else {
                    a
                }
            }) else {
                return;
            };
            if !self.heap[least].before(&self.heap[place]) {
                return;
            }
            self.heap.swap(place, least);
            place = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    #[test]
    fn events_come_by_time_then_by_plan() {
        let mut agenda = Agenda::default();
        let mut luck = Luck::of_seed(9).stream();
        let mut expected = Vec::new();
        for n in 0..2_000u32 {
            let at = Time::from_nanos(1 + luck.below(50));
            agenda.plan(Time::ZERO, at, Event::Faults(n));
            expected.push((at, n));
        }
        expected.sort();
        let mut now = Time::ZERO;
        for (at, n) in expected {
            let (popped, event) = agenda.pop(now).unwrap();
            assert_eq!((popped, event), (at, Event::Faults(n)));
            now = popped;
        }
        assert_eq!(agenda.pop(now), None);
    }

    #[test]
    fn the_lane_comes_after_what_was_planned_for_the_same_time() {
        let mut agenda = Agenda::default();
        let now = Time::from_nanos(5);
        agenda.plan(Time::ZERO, now, Event::Faults(1));
        agenda.plan(Time::ZERO, now, Event::Faults(2));
        assert_eq!(agenda.pop(Time::ZERO), Some((now, Event::Faults(1))));
        agenda.plan(now, now, Event::Faults(3));
        agenda.plan(now, Time::from_nanos(6), Event::Faults(4));
        let rest: Vec<_> = (0..3)
            .filter_map(|_| agenda.pop(now))
            .map(|(_, e)| e)
            .collect();
        assert_eq!(rest, [2, 3, 4].map(Event::Faults));
    }
}
