//! The agenda: what will happen, in order of time and then of planning.
//!
//! Three stores share one order. Events for *now* go through a first-in-first-out lane and never through
//! the heap. Most timeouts are disarmed before they end, and those of one length end in the order in which
//! they were armed: each length has a lane, of which only the head stands in the heap. All else is in the
//! heap: four children an entry keep it flat, and an event that is planned while another one happens takes
//! the place at the top that the other one has left, so that the heap is put in order once for both. The heap
//! moves keys alone, four to a cache line; what they stand for lies still beside it.

use std::collections::VecDeque;

use super::Event;
use crate::units::{Span, Time};

/// What will happen, in order.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    heap: Vec<Key>,
    /// The events that the keys in the heap stand for, by slot.
    slots: Vec<Event>,
    /// Slots that are free.
    free: Vec<u32>,
    /// Whether the top of the heap has happened and its place is free.
    hole: bool,
    /// The instant of the event that was taken out of the heap last, if all else in it is later.
    alone: Option<Time>,
    /// Events for now.
    now: VecDeque<Event>,
    /// Whether only events for now are left of this instant.
    only_now: bool,
    lanes: Vec<Lane>,
    planned: u64,
}

/// A lane of timers of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneIx(u32);

#[derive(Debug, Clone)]
struct Lane {
    wait: Span,
    /// Timers in the order in which they end.
    timers: VecDeque<Timer>,
}

#[derive(Debug, Clone, Copy)]
struct Timer {
    at: Time,
    /// The number of the plan.
    number: u64,
    event: Event,
}

/// A time, the number of a plan and a place, from the highest bits to the lowest: smaller is earlier.
///
/// The place is the slot of an event or that of a lane, whose head it is, or a timer before it that is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

/// Bits of a place: 33 million events may be pending. What may be under way at once is bounded far below that (see
/// `MOST_OPEN`), and each of those has a few events at most. The number of a plan has the rest of 64 bits; where it begins
/// anew after 2^38 plans, only those of one instant on both sides of that change their order.
const PLACE_BITS: u32 = 26;
/// Tells the place of a lane from that of an event.
const LANE: u32 = 1 << (PLACE_BITS - 1);

/// Children of a heap entry.
const WIDTH: usize = 4;

impl Key {
    const fn new(at: Time, number: u64, place: u32) -> Self {
        Key((at.as_nanos() as u128) << 64 | (number << PLACE_BITS | place as u64) as u128)
    }

    const fn at(self) -> Time {
        Time::from_nanos((self.0 >> 64) as u64)
    }

    const fn place(self) -> u32 {
        self.0 as u32 & ((1 << PLACE_BITS) - 1)
    }

    /// The lane that it stands for, if it is one.
    const fn lane(self) -> Option<usize> {
        let place = self.place();
        if place & LANE == 0 {
            None
        } else {
            Some((place ^ LANE) as usize)
        }
    }
}

impl Agenda {
    /// The lane for timers that wait so long; the same for equal waits.
    pub fn lane(&mut self, wait: Span) -> LaneIx {
        let place = self.lanes.iter().position(|lane| lane.wait == wait);
        let place = place.unwrap_or_else(|| {
            self.lanes.push(Lane {
                wait,
                timers: VecDeque::new(),
            });
            self.lanes.len() - 1
        });
        LaneIx(place as u32)
    }

    /// Plans an event; `at` is not before `now`.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "an event is written where it stays, and not copied there"
    )]
    pub fn plan(&mut self, now: Time, at: Time, event: Event) {
        debug_assert!(at >= now, "planned in the past: {event:?}");
        if at <= now {
            self.now.push_back(event);
            return;
        }
        let slot = self.push_new(at);
        self.slots[slot as usize] = event;
    }

    /// Plans an event by a timer of this lane. Events that are no longer wanted when they are due are
    /// skipped: see `next_at`.
    pub fn arm(&mut self, now: Time, lane: LaneIx, event: Event) {
        let Lane { wait, timers } = &mut self.lanes[lane.0 as usize];
        if *wait == Span::ZERO {
            self.now.push_back(event);
            return;
        }
        self.planned += 1;
        let timer = Timer {
            at: now + *wait,
            number: self.planned,
            event,
        };
        let key = timer.key(lane.0 as usize);
        let first = timers.is_empty();
        timers.push_back(timer);
        if first {
            self.push(key);
        }
    }

    /// Whether nothing else will happen at this instant, while an event of it is handled.
    pub fn is_quiet(&self, now: Time) -> bool {
        self.now.is_empty() && (self.only_now || self.is_alone(now))
    }

    /// When the next event is due; `now` if one waits for now. `wanted` says whether a timer still counts.
    pub fn next_at(&mut self, now: Time, wanted: impl Fn(&Event) -> bool) -> Option<Time> {
        if self.now.is_empty() {
            self.only_now = false;
            return self.top(wanted);
        }
        if !self.only_now {
            // Nothing can join the heap for this instant any more: what is planned for now goes to the lane.
            self.only_now = self.alone == Some(now) || self.top(wanted).is_none_or(|at| at > now);
        }
        Some(now)
    }

    /// Takes the event that `next_at` has just found. At equal times those from the heap were planned
    /// before those for now.
    pub fn pop(&mut self, now: Time) -> Option<(Time, Event)> {
        if self.only_now {
            return self.now.pop_front().map(|event| (now, event));
        }
        match self.heap.first().copied() {
            Some(key) if self.now.is_empty() || key.at() <= now => {
                let at = key.at();
                let event = if let Some(lane) = key.lane() {
                    self.pop_lane(lane)?
                } else {
                    self.free.push(key.place());
                    self.hole = true;
                    self.slots[key.place() as usize]
                };
                self.alone = self.rest_is_later(at).then_some(at);
                Some((at, event))
            }
            _ => self.now.pop_front().map(|event| (now, event)),
        }
    }

    /// Whether all that is in the heap is later.
    fn is_alone(&self, now: Time) -> bool {
        self.alone == Some(now) || self.rest_is_later(now)
    }

    fn rest_is_later(&self, at: Time) -> bool {
        let later = |key: &Key| key.at() > at;
        if self.hole {
            self.heap.iter().skip(1).take(WIDTH).all(later)
        } else {
            self.heap.first().is_none_or(later)
        }
    }

    /// Takes the head of a lane, which stands at the top of the heap.
    fn pop_lane(&mut self, lane: usize) -> Option<Event> {
        let timers = &mut self.lanes[lane].timers;
        let head = timers.pop_front()?;
        match timers.front().map(|next| next.key(lane)) {
            Some(next) => self.sink(next),
            None => self.hole = true,
        }
        Some(head.event)
    }

    /// Brings the next wanted event to the top of the heap; when it is due.
    fn top(&mut self, wanted: impl Fn(&Event) -> bool) -> Option<Time> {
        loop {
            self.close_hole();
            let key = *self.heap.first()?;
            let Some(lane) = key.lane() else {
                return Some(key.at());
            };
            let timers = &mut self.lanes[lane].timers;
            while timers.front().is_some_and(|head| !wanted(&head.event)) {
                timers.pop_front();
            }
            match timers.front().map(|head| head.key(lane)) {
                Some(head) if head == key => return Some(key.at()),
                Some(head) => self.sink(head),
                None => self.hole = true,
            }
        }
    }

    /// Puts a key for a new event into the heap; the slot that the event is to be written to.
    fn push_new(&mut self, at: Time) -> u32 {
        self.planned += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            let slot = self.slots.len() as u32;
            assert!(slot < LANE, "more than 33 million pending events");
            self.slots.push(Event::Faults(0));
            slot
        });
        self.push(Key::new(at, self.planned, slot));
        slot
    }

    fn push(&mut self, key: Key) {
        if self.hole {
            self.hole = false;
            self.sink(key);
        } else {
            self.heap.push(key);
            self.rise(key);
        }
    }

    fn close_hole(&mut self) {
        if self.hole {
            self.hole = false;
            if let Some(last) = self.heap.pop()
                && !self.heap.is_empty()
            {
                self.sink(last);
            }
        }
    }

    /// Puts a key that stands last where it belongs.
    fn rise(&mut self, key: Key) {
        let heap = &mut self.heap[..];
        let mut place = heap.len() - 1;
        while place > 0 {
            let parent = (place - 1) / WIDTH;
            if key >= heap[parent] {
                break;
            }
            heap[place] = heap[parent];
            place = parent;
        }
        heap[place] = key;
    }

    /// Puts a key where it belongs, instead of the one at the top.
    fn sink(&mut self, key: Key) {
        let heap = &mut self.heap[..];
        let mut place = 0;
        loop {
            let first = place * WIDTH + 1;
            let Some(children) = heap.get(first..) else {
                break;
            };
            let (least, child) = if let Some([a, b, c, d]) = children.first_chunk::<WIDTH>() {
                // A full family is settled as a cup tie: two pairs, then their winners.
                let one = if b < a { (1, *b) } else { (0, *a) };
                let two = if d < c { (3, *d) } else { (2, *c) };
                if two.1 < one.1 { two } else { one }
            } else {
                let few = children.iter().copied().enumerate();
                let Some(least) = few.min_by_key(|(_, child)| *child) else {
                    break;
                };
                least
            };
            if key <= child {
                break;
            }
            heap[place] = child;
            place = first + least;
        }
        heap[place] = key;
    }
}

impl Timer {
    const fn key(&self, lane: usize) -> Key {
        Key::new(self.at, self.number, lane as u32 | LANE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    fn pop(agenda: &mut Agenda, now: Time) -> Option<(Time, Event)> {
        agenda.next_at(now, |_| true)?;
        agenda.pop(now)
    }

    #[test]
    fn events_come_by_time_then_by_plan() {
        let mut agenda = Agenda::default();
        let mut luck = Luck::of_seed(9).stream();
        let mut expected = Vec::new();
        let mut now = Time::ZERO;
        let lane = agenda.lane(Span::nanos(20));
        // Plans, timers and pops in turn, so that holes at the top are filled and closed.
        for n in 0..4_000u32 {
            let wait = if luck.below(3) == 0 {
                agenda.arm(now, lane, Event::Faults(n));
                20
            } else {
                let wait = 1 + luck.below(50);
                agenda.plan(now, now + Span::nanos(wait), Event::Faults(n));
                wait
            };
            expected.push((now + Span::nanos(wait), n));
            if luck.below(2) == 0 {
                let least = expected.iter().min().copied().unwrap();
                let (at, event) = pop(&mut agenda, now).unwrap();
                assert_eq!((at, event), (least.0, Event::Faults(least.1)));
                expected.retain(|other| *other != least);
                now = at;
            }
        }
        expected.sort();
        for (at, n) in expected {
            assert_eq!(pop(&mut agenda, now), Some((at, Event::Faults(n))));
            now = at;
        }
        assert_eq!(pop(&mut agenda, now), None);
    }

    #[test]
    fn those_for_now_come_after_what_was_planned_for_the_same_time() {
        let mut agenda = Agenda::default();
        let now = Time::from_nanos(5);
        agenda.plan(Time::ZERO, now, Event::Faults(1));
        agenda.plan(Time::ZERO, now, Event::Faults(2));
        assert_eq!(pop(&mut agenda, Time::ZERO), Some((now, Event::Faults(1))));
        agenda.plan(now, now, Event::Faults(3));
        agenda.plan(now, Time::from_nanos(6), Event::Faults(4));
        let rest: Vec<_> = (0..3)
            .filter_map(|_| pop(&mut agenda, now))
            .map(|(_, e)| e)
            .collect();
        assert_eq!(rest, [2, 3, 4].map(Event::Faults));
    }

    #[test]
    fn timers_that_are_no_longer_wanted_are_no_events() {
        let mut agenda = Agenda::default();
        let lane = agenda.lane(Span::nanos(10));
        assert_eq!(lane, agenda.lane(Span::nanos(10)));
        for n in 0..100u32 {
            agenda.arm(Time::from_nanos(u64::from(n)), lane, Event::Faults(n));
        }
        let now = Time::from_nanos(99);
        let wanted = |event: &Event| matches!(event, Event::Faults(40 | 77));
        for n in [40u32, 77] {
            let at = Time::from_nanos(u64::from(n) + 10);
            assert_eq!(agenda.next_at(now, wanted), Some(at));
            assert_eq!(agenda.pop(at), Some((at, Event::Faults(n))));
        }
        assert_eq!(agenda.next_at(now, wanted), None);
        assert_eq!(agenda.pop(now), None);
    }
}
