//! Behavior: what an autoscaler does with a recommendation, by what it recommended and did before.
//!
//! As in Kubernetes' `horizontal.go`: first the windows (it grows to the lowest and shrinks to the highest
//! recommendation of their time), then the limits of change in a period, then the bounds.

use std::collections::VecDeque;

use super::Autoscale;
use crate::units::{Ratio, Span, Time};

/// What an autoscaler remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behavior {
    /// What it recommended, and when.
    recommended: VecDeque<(Time, u32)>,
    /// By how much it changed the replicas, and when.
    changed: VecDeque<(Time, i64)>,
}

impl Behavior {
    /// One that begins now, with so many replicas: they count as its first recommendation.
    pub fn new(now: Time, current: u32) -> Self {
        Behavior {
            recommended: VecDeque::from([(now, current)]),
            changed: VecDeque::new(),
        }
    }

    /// How many replicas there shall be, by this recommendation.
    pub fn decide(&mut self, spec: &Autoscale, now: Time, current: u32, advised: u32) -> u32 {
        let wanted = self.stabilise(spec, now, current, advised);
        let to = self.limit(spec, now, current, wanted);
        self.note(now, current, to);
        to
    }

    /// A change that no recommendation has led to: the bounds were changed.
    pub fn note(&mut self, now: Time, from: u32, to: u32) {
        if from != to {
            self.changed
                .push_back((now, i64::from(to) - i64::from(from)));
        }
    }

    fn stabilise(&mut self, spec: &Autoscale, now: Time, current: u32, advised: u32) -> u32 {
        let longest = spec.up_window.max(spec.down_window);
        while let Some((at, _)) = self.recommended.front()
            && now.since(*at) > longest
        {
            self.recommended.pop_front();
        }
        let within = |window: Span| {
            let recent = self.recommended.iter();
            recent
                .filter(move |(at, _)| now.since(*at) < window)
                .map(|(_, n)| *n)
        };
        let low = within(spec.up_window).fold(advised, u32::min);
        let high = within(spec.down_window).fold(advised, u32::max);
        self.recommended.push_back((now, advised));
        current.max(low).min(high)
    }

    fn limit(&mut self, spec: &Autoscale, now: Time, current: u32, wanted: u32) -> u32 {
        while let Some((at, _)) = self.changed.front()
            && now.since(*at) >= spec.period
        {
            self.changed.pop_front();
        }
        let changed: i64 = self.changed.iter().map(|(_, by)| by).sum();
        let start = u64::try_from(i64::from(current) - changed).unwrap_or(0);
        let share = |share: Ratio| start * share.as_micros();
        let million = Ratio::ONE.as_micros();
        let most =
            (start + share(spec.up_share).div_ceil(million)).max(start + u64::from(spec.up_pods));
        // Rounded towards fewer replicas, as a whole number of them.
        let least = start - share(spec.down_share.min(Ratio::ONE)).div_ceil(million);
        let limit = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let to = if wanted > current {
            wanted.min(limit(most).max(current))
        } else {
            wanted.max(limit(least).min(current))
        };
        bound(spec, to)
    }
}

/// The nearest number of replicas that the bounds allow; the lower one wins where they contradict each other.
pub fn bound(spec: &Autoscale, replicas: u32) -> u32 {
    replicas.min(spec.max).max(spec.min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Time {
        Time::ZERO + Span::secs(secs)
    }

    fn wide() -> Autoscale {
        Autoscale {
            max: 100,
            ..Autoscale::default()
        }
    }

    #[test]
    fn it_grows_by_four_or_doubles_whichever_is_more() {
        for (current, to) in [(1, 5), (3, 7), (4, 8), (5, 10), (10, 20)] {
            let mut behavior = Behavior::new(at(0), current);
            assert_eq!(behavior.decide(&wide(), at(15), current, 90), to);
            // Within the period there is no more to be had.
            assert_eq!(behavior.decide(&wide(), at(20), to, 90), to);
            assert_eq!(
                behavior.decide(&wide(), at(30), to, 90),
                (2 * to).max(to + 4)
            );
        }
    }

    #[test]
    fn it_shrinks_to_the_highest_recommendation_of_its_window() {
        let mut behavior = Behavior::new(at(0), 10);
        let mut when = Vec::new();
        let mut current = 10;
        for secs in (15..=600).step_by(15) {
            let advised = if secs == 60 { 6 } else { 2 };
            let to = behavior.decide(&wide(), at(secs), current, advised);
            if to != current {
                when.push((secs, to));
            }
            current = to;
        }
        // The first ten count until they are 300 s old, the six of a minute until then.
        assert_eq!(when, [(300, 6), (360, 2)]);
    }

    #[test]
    fn it_grows_to_the_lowest_recommendation_of_its_window() {
        let spec = Autoscale {
            up_window: Span::secs(60),
            ..wide()
        };
        let mut behavior = Behavior::new(at(0), 2);
        let grown =
            |behavior: &mut Behavior, secs, advised| behavior.decide(&spec, at(secs), 2, advised);
        assert_eq!(grown(&mut behavior, 15, 5), 2);
        assert_eq!(grown(&mut behavior, 45, 4), 2);
        assert_eq!(grown(&mut behavior, 75, 6), 4);
    }

    #[test]
    fn shares_limit_either_way_and_bounds_come_last() {
        let spec = Autoscale {
            up_share: Ratio::percent(10),
            up_pods: 0,
            down_share: Ratio::percent(10),
            down_window: Span::ZERO,
            ..wide()
        };
        // A tenth of 25 is rounded to three up; of what stays, 22.5, the whole part is 22.
        assert_eq!(Behavior::new(at(0), 25).decide(&spec, at(15), 25, 90), 28);
        assert_eq!(Behavior::new(at(0), 25).decide(&spec, at(15), 25, 1), 22);
        let narrow = Autoscale {
            min: 2,
            max: 3,
            ..Autoscale::default()
        };
        assert_eq!(Behavior::new(at(0), 2).decide(&narrow, at(15), 2, 9), 3);
        assert_eq!(bound(&narrow, 1), 2);
        assert_eq!(bound(&Autoscale { min: 9, ..narrow }, 5), 9);
    }

    #[test]
    fn what_was_taken_away_in_the_period_can_be_had_again() {
        let spec = Autoscale {
            down_window: Span::ZERO,
            up_share: Ratio::ZERO,
            up_pods: 1,
            ..wide()
        };
        let mut behavior = Behavior::new(at(0), 8);
        assert_eq!(behavior.decide(&spec, at(15), 8, 4), 4);
        // The period began with eight.
        assert_eq!(behavior.decide(&spec, at(20), 4, 20), 9);
    }
}
