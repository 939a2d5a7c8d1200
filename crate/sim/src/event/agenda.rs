//! The agenda: what will happen, in order of time and then of planning.
//!
//! Three stores share one order. Events for *now* go through a first-in-first-out lane and never through
//! the heap. Most timeouts are disarmed before they end, and those of one length end in the order in which
//! they were armed: each length has a lane, of which only the head stands in the heap. All else is in the
//! heap: four children an entry keep it flat, and an event that is planned while another one happens takes
//! the place at the top that the other one has left, so that the heap is put in order once for both.

use std::collections::VecDeque;

use super::Event;
use crate::units::{Span, Time};

/// What will happen, in order.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    heap: Vec<Entry>,
    /// Whether the top of the heap has happened and its place is free.
    hole: bool,
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
    timers: VecDeque<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Time, then the number of the plan: smaller is earlier.
    key: u128,
    what: What,
}

/// What stands in the heap.
#[derive(Debug, Clone, Copy)]
enum What {
    Event(Event),
    /// The head of this lane, or a timer before it that is no longer there.
    Lane(LaneIx),
}

/// Children of a heap entry.
const WIDTH: usize = 4;

impl Entry {
    const fn at(&self) -> Time {
        Time::from_nanos((self.key >> 64) as u64)
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
    pub fn plan(&mut self, now: Time, at: Time, event: Event) {
        debug_assert!(at >= now, "planned in the past: {event:?}");
        if at <= now {
            self.now.push_back(event);
            return;
        }
        let key = self.key(at);
        self.push(Entry {
            key,
            what: What::Event(event),
        });
    }

    /// Plans an event by a timer of this lane. Events that are no longer wanted when they are due are
    /// skipped: see `next_at`.
    pub fn arm(&mut self, now: Time, lane: LaneIx, event: Event) {
        let wait = self.lanes[lane.0 as usize].wait;
        if wait == Span::ZERO {
            self.now.push_back(event);
            return;
        }
        let key = self.key(now + wait);
        let timers = &mut self.lanes[lane.0 as usize].timers;
        let first = timers.is_empty();
        timers.push_back(Entry {
            key,
            what: What::Event(event),
        });
        if first {
            self.push(Entry {
                key,
                what: What::Lane(lane),
            });
        }
    }

    /// Whether nothing else will happen at this instant, while an event of it is handled.
    pub fn is_quiet(&self, now: Time) -> bool {
        if !self.now.is_empty() {
            return false;
        }
        let later = |entry: &Entry| entry.at() > now;
        self.only_now
            || if self.hole {
                self.heap.iter().skip(1).take(WIDTH).all(later)
            } else {
                self.heap.first().is_none_or(later)
            }
    }

    fn key(&mut self, at: Time) -> u128 {
        self.planned += 1;
        u128::from(at.as_nanos()) << 64 | u128::from(self.planned)
    }

    /// When the next event is due; `now` if one waits for now. `wanted` says whether a timer still counts.
    pub fn next_at(&mut self, now: Time, wanted: impl Fn(&Event) -> bool) -> Option<Time> {
        if self.now.is_empty() {
            self.only_now = false;
            return self.top(wanted);
        }
        if !self.only_now {
            // Nothing can join the heap for this instant any more: what is planned for now goes to the lane.
            let second = self.heap.iter().skip(1).take(WIDTH).map(Entry::at).min();
            self.only_now = self.hole && second.is_none_or(|at| at > now)
                || self.top(wanted).is_none_or(|at| at > now);
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
            Some(entry) if self.now.is_empty() || entry.at() <= now => {
                let event = match entry.what {
                    What::Event(event) => {
                        self.hole = true;
                        event
                    }
                    What::Lane(lane) => self.pop_lane(lane)?,
                };
                Some((entry.at(), event))
            }
            _ => self.now.pop_front().map(|event| (now, event)),
        }
    }

    /// Takes the head of a lane, which stands at the top of the heap.
    fn pop_lane(&mut self, lane: LaneIx) -> Option<Event> {
        let timers = &mut self.lanes[lane.0 as usize].timers;
        let head = timers.pop_front()?;
        match timers.front() {
            Some(next) => {
                self.heap[0].key = next.key;
                self.sink(0);
            }
            None => self.hole = true,
        }
        match head.what {
            What::Event(event) => Some(event),
            What::Lane(_) => None,
        }
    }

    /// Brings the next wanted event to the top of the heap; when it is due.
    fn top(&mut self, wanted: impl Fn(&Event) -> bool) -> Option<Time> {
        loop {
            self.close_hole();
            let top = self.heap.first()?;
            let What::Lane(lane) = top.what else {
                return Some(top.at());
            };
            let key = top.key;
            let timers = &mut self.lanes[lane.0 as usize].timers;
            while let Some(head) = timers.front() {
                match &head.what {
                    What::Event(event) if !wanted(event) => timers.pop_front(),
                    What::Event(_) | What::Lane(_) => break,
                };
            }
            match timers.front() {
                Some(head) if head.key == key => return Some(head.at()),
                Some(head) => {
                    self.heap[0].key = head.key;
                    self.sink(0);
                }
                None => self.hole = true,
            }
        }
    }

    fn push(&mut self, entry: Entry) {
        if self.hole {
            self.hole = false;
            self.heap[0] = entry;
            self.sink(0);
        } else {
            self.heap.push(entry);
            self.rise(self.heap.len() - 1);
        }
    }

    fn close_hole(&mut self) {
        if self.hole {
            self.hole = false;
            if let Some(last) = self.heap.pop()
                && !self.heap.is_empty()
            {
                self.heap[0] = last;
                self.sink(0);
            }
        }
    }

    fn rise(&mut self, mut place: usize) {
        let entry = self.heap[place];
        while place > 0 {
            let parent = (place - 1) / WIDTH;
            if entry.key >= self.heap[parent].key {
                break;
            }
            self.heap[place] = self.heap[parent];
            place = parent;
        }
        self.heap[place] = entry;
    }

    fn sink(&mut self, mut place: usize) {
        let entry = self.heap[place];
        loop {
            let first = place * WIDTH + 1;
            let Some(children) = self.heap.get(first..) else {
                break;
            };
            let (least, key) = if let Some([a, b, c, d]) = children.first_chunk::<WIDTH>() {
                // A full family is settled as a cup tie: two pairs, then their winners.
                let one = if b.key < a.key {
                    (1, b.key)
                } else {
                    (0, a.key)
                };
                let two = if d.key < c.key {
                    (3, d.key)
                } else {
                    (2, c.key)
                };
                if two.1 < one.1 { two } else { one }
            } else {
                let mut least = (0, u128::MAX);
                for (nth, child) in children.iter().enumerate() {
                    if child.key < least.1 {
                        least = (nth, child.key);
                    }
                }
                least
            };
            if entry.key <= key {
                break;
            }
            self.heap[place] = self.heap[first + least];
            place = first + least;
        }
        self.heap[place] = entry;
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
