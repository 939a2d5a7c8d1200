//! A subscription: what is visible, in flight or delayed, and when that changes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bus, Delivery};
use crate::rng::Stream;
use crate::units::{Span, Time};

/// A subscription's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription<R: Ord> {
    messages: BTreeMap<R, Entry>,
    /// All of them by when they were published.
    by_age: BTreeSet<(Time, R)>,
    /// Those that can be received, oldest first.
    visible: BTreeSet<(Time, R)>,
    /// When those that cannot be received will be.
    clocks: BTreeSet<(Time, R)>,
    /// Deliveries that consumers have not come to an end with; some may be of messages that are gone.
    held: usize,
    in_flight: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    published: Time,
    receives: u32,
    state: State,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can be received.
    Visible,
    /// It waits until then, before its first delivery or before a retry.
    Delayed(Time),
    /// A consumer has it, until then.
    InFlight(Time),
}

/// What a consumer that asks gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received<R> {
    /// This message, for the so-manieth time.
    Message(R, u32),
    /// This one was received too often: it is off the subscription now. Ask again.
    DeadLetter(R),
    /// Nothing.
    Nothing,
}

/// What becomes of a message whose delivery failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// Nothing now: its clock runs, or it was handed out anew or deleted already.
    Stays,
    /// It will be tried again.
    Retries,
    /// It was tried too often or for too long: it is off the subscription now.
    DeadLetter,
}

impl<R: Ord> Default for Subscription<R> {
    fn default() -> Self {
        Subscription {
            messages: BTreeMap::new(),
            by_age: BTreeSet::new(),
            visible: BTreeSet::new(),
            clocks: BTreeSet::new(),
            held: 0,
            in_flight: 0,
        }
    }
}

impl<R: Ord + Copy> Subscription<R> {
    /// A message comes in.
    pub fn publish(&mut self, bus: &Bus, message: R, now: Time) {
        let entry = Entry {
            published: now,
            receives: 0,
            state: State::Visible,
        };
        self.messages.insert(message, entry);
        self.by_age.insert((now, message));
        self.visible.insert((now, message));
        if bus.delay > Span::ZERO {
            self.turn(message, State::Delayed(now + bus.delay));
        }
    }

    /// Changes where a message is.
    fn turn(&mut self, message: R, state: State) {
        let Some(entry) = self.messages.get_mut(&message) else {
            return;
        };
        let before = std::mem::replace(&mut entry.state, state);
        let published = entry.published;
        match before {
            State::Visible => {
                self.visible.remove(&(published, message));
            }
            State::Delayed(until) => {
                self.clocks.remove(&(until, message));
            }
            State::InFlight(until) => {
                self.clocks.remove(&(until, message));
                self.in_flight -= 1;
            }
        }
        match state {
            State::Visible => {
                self.visible.insert((published, message));
            }
            State::Delayed(until) => {
                self.clocks.insert((until, message));
            }
            State::InFlight(until) => {
                self.clocks.insert((until, message));
                self.in_flight += 1;
            }
        }
    }

    /// Takes a message off; says where it was.
    fn take(&mut self, message: R) -> Option<State> {
        self.turn(message, State::Visible);
        let entry = self.messages.remove(&message)?;
        self.by_age.remove(&(entry.published, message));
        self.visible.remove(&(entry.published, message));
        Some(entry.state)
    }

    /// A consumer asks for a message. Too many receives are noticed here, not when the last one fails.
    pub fn receive(&mut self, bus: &Bus, now: Time) -> Received<R> {
        let pulls = bus.delivery == Delivery::Pull;
        if pulls && self.in_flight >= bus.max_in_flight as usize {
            return Received::Nothing;
        }
        let Some((_, message)) = self.visible.first().copied() else {
            return Received::Nothing;
        };
        let Some(entry) = self.messages.get_mut(&message) else {
            return Received::Nothing;
        };
        if pulls && !bus.max_receive_count.admits(entry.receives as usize) {
            self.take(message);
            return Received::DeadLetter(message);
        }
        entry.receives += 1;
        let receives = entry.receives;
        let until = match bus.delivery {
            // At least a moment: a message that is visible at once would be handed out for ever.
            Delivery::Pull => now + bus.visibility_timeout.max(Span::millis(1)),
            Delivery::Push => Time::NEVER,
        };
        self.turn(message, State::InFlight(until));
        self.held += 1;
        Received::Message(message, receives)
    }

    /// A consumer has come to an end with a delivery.
    pub fn release(&mut self) {
        self.held -= 1;
    }

    /// A consumer deletes a message that it has received, however long ago; says where it was, and nothing if
    /// it is gone already.
    pub fn delete(&mut self, message: R) -> Option<State> {
        let state = self.messages.get(&message)?.state;
        self.take(message);
        Some(state)
    }

    /// The delivery number `receives` of a message failed.
    pub fn fail(
        &mut self,
        bus: &Bus,
        (message, receives): (R, u32),
        now: Time,
        luck: &mut Stream,
    ) -> Failed {
        let Some(entry) = self.messages.get(&message) else {
            return Failed::Stays;
        };
        // Who pulls has not deleted it, and that is all the bus learns. It pushed what has no clock.
        if entry.receives != receives || entry.state != State::InFlight(Time::NEVER) {
            return Failed::Stays;
        }
        let longest = bus.wait(receives);
        let wait = if bus.jitter {
            Span::nanos(1 + luck.below(longest.as_nanos()))
        } else {
            longest
        };
        let until = now + wait.max(Span::millis(1));
        if !bus.attempts.admits(receives as usize) || until > entry.published + bus.retry_window {
            self.take(message);
            return Failed::DeadLetter;
        }
        self.turn(message, State::Delayed(until));
        Failed::Retries
    }

    /// The next message that becomes visible by now, and whether it was in flight.
    pub fn show(&mut self, now: Time) -> Option<(R, bool)> {
        let (at, message) = self.clocks.first().copied()?;
        if at > now {
            return None;
        }
        let was = self.messages.get(&message)?.state;
        self.turn(message, State::Visible);
        Some((message, matches!(was, State::InFlight(_))))
    }

    /// The next message that is too old by now, and whether it was in flight.
    pub fn expire(&mut self, bus: &Bus, now: Time) -> Option<(R, bool)> {
        let (published, message) = self.by_age.first().copied()?;
        if published + bus.retention > now {
            return None;
        }
        let was = self.delete(message)?;
        Some((message, matches!(was, State::InFlight(_))))
    }

    /// When something changes by itself.
    pub fn due(&self, bus: &Bus) -> Option<Time> {
        let clock = self.clocks.first().map(|(at, _)| *at);
        let age = self.by_age.first().map(|(at, _)| *at + bus.retention);
        clock
            .into_iter()
            .chain(age)
            .min()
            .filter(|at| *at < Time::NEVER)
    }

    /// Messages that can be received.
    pub fn visible(&self) -> usize {
        self.visible.len()
    }

    /// Messages that consumers have.
    pub const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Messages that wait for their time.
    pub fn delayed(&self) -> usize {
        self.clocks.len() - self.in_flight
    }

    /// Deliveries that consumers have not come to an end with.
    pub const fn held(&self) -> usize {
        self.held
    }

    /// When the oldest was published.
    pub fn oldest(&self) -> Option<Time> {
        self.by_age.first().map(|(at, _)| *at)
    }

    /// Whether nothing is in it and nothing of it is under way.
    pub fn is_idle(&self) -> bool {
        self.messages.is_empty() && self.held == 0
    }

    /// Where a message is.
    pub fn state(&self, message: R) -> Option<State> {
        self.messages.get(&message).map(|entry| entry.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;
    use crate::units::Limit;

    fn at(secs: u64) -> Time {
        Time::ZERO + Span::secs(secs)
    }

    #[test]
    fn what_is_not_deleted_in_time_is_received_again_by_a_second_consumer() {
        let (bus, mut sub) = (Bus::default(), Subscription::default());
        sub.publish(&bus, 'a', at(0));
        let receive = |sub: &mut Subscription<_>, now| sub.receive(&bus, now);
        assert_eq!(receive(&mut sub, at(5)), Received::Message('a', 1));
        assert_eq!(receive(&mut sub, at(6)), Received::Nothing);
        // Counted from the receive.
        assert_eq!((sub.due(&bus), sub.show(at(34))), (Some(at(35)), None));
        assert_eq!(sub.show(at(35)), Some(('a', true)));
        assert_eq!(receive(&mut sub, at(36)), Received::Message('a', 2));
        assert_eq!((sub.held(), sub.in_flight()), (2, 1));
        // The first one ends late, and its delete counts all the same.
        assert_eq!(sub.delete('a'), Some(State::InFlight(at(66))));
        assert_eq!(sub.delete('a'), None);
        sub.release();
        sub.release();
        assert!(sub.is_idle());
    }

    #[test]
    fn too_many_receives_are_noticed_at_the_next_one() {
        let bus = Bus {
            max_receive_count: Limit::Of(3),
            ..Bus::default()
        };
        let mut sub = Subscription::default();
        sub.publish(&bus, 1, at(0));
        for n in 1..=3 {
            let now = at(u64::from(n) * 30);
            assert_eq!(sub.receive(&bus, now), Received::Message(1, n));
            sub.release();
            assert_eq!(sub.show(now + Span::secs(30)), Some((1, true)));
        }
        assert_eq!(sub.visible(), 1, "it is not dead before it is asked for");
        let next = sub.receive(&bus, at(200));
        assert_eq!(next, Received::DeadLetter(1));
        assert!(sub.is_idle());
    }

    #[test]
    fn a_delay_hides_and_retention_ends_whatever_it_is_doing() {
        let bus = Bus {
            delay: Span::secs(10),
            retention: Span::secs(60),
            ..Bus::default()
        };
        let mut sub = Subscription::default();
        sub.publish(&bus, 1, at(0));
        assert_eq!((sub.visible(), sub.delayed()), (0, 1));
        assert_eq!(sub.receive(&bus, at(9)), Received::Nothing);
        assert_eq!(sub.show(at(10)), Some((1, false)));
        assert_eq!(sub.receive(&bus, at(50)), Received::Message(1, 1));
        assert_eq!(sub.due(&bus), Some(at(60)));
        assert_eq!(sub.expire(&bus, at(59)), None);
        assert_eq!(sub.expire(&bus, at(60)), Some((1, true)));
        assert_eq!((sub.held(), sub.due(&bus)), (1, None));
    }

    #[test]
    fn a_push_that_fails_is_tried_again_by_its_schedule() {
        let bus = Bus {
            delivery: Delivery::Push,
            attempts: Limit::Of(4),
            retry_cap: Span::secs(3),
            jitter: false,
            ..Bus::default()
        };
        let mut sub = Subscription::default();
        let mut luck = Luck::of_seed(1).stream();
        sub.publish(&bus, 1, at(0));
        let mut now = at(0);
        for (n, wait) in [(1, 1), (2, 2), (3, 3)] {
            assert_eq!(sub.receive(&bus, now), Received::Message(1, n));
            sub.release();
            assert_eq!(sub.fail(&bus, (1, n), now, &mut luck), Failed::Retries);
            now += Span::secs(wait);
            assert_eq!(sub.due(&bus), Some(now));
            assert_eq!(sub.show(now), Some((1, false)));
        }
        assert_eq!(sub.receive(&bus, now), Received::Message(1, 4));
        sub.release();
        assert_eq!(sub.fail(&bus, (1, 4), now, &mut luck), Failed::DeadLetter);
        assert!(sub.is_idle());
    }
}
