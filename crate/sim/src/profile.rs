//! Rate profiles: how a client's traffic changes over the time of a run.
//!
//! A profile is a factor over time that multiplies the client's rate. Arrivals are a process of unit rate
//! stretched by its integral, so a profile draws nothing anew (Cinlar's inversion: Leemis, "Nonparametric
//! estimation of the cumulative intensity function", 1991). Integrals are exact, piece by piece; there is no tick.

mod piece;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Ratio, Span, Time};
use piece::{Piece, Shape};

/// A factor over time. Times are those of the run, as with planned faults.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Profile {
    /// Always 1.
    #[default]
    Steady,
    /// 1 until a time, and this factor from then on.
    Step {
        /// When it changes.
        at: Span,
        /// What it is from then on.
        factor: Ratio,
    },
    /// 1 until a time, then in a straight line to this factor, which it keeps.
    Ramp {
        /// When it begins to change.
        from: Span,
        /// When it has changed.
        to: Span,
        /// What it is from then on.
        factor: Ratio,
    },
    /// 1 but for a while.
    Spike {
        /// When it begins.
        at: Span,
        /// How long it lasts.
        lasts: Span,
        /// What it is for that long.
        factor: Ratio,
    },
    /// Up and down around 1, beginning upwards: days, for example.
    Sine {
        /// From one rise to the next.
        period: Span,
        /// How far up and down, at most 1.
        amplitude: Ratio,
    },
    /// A recorded trace: each factor holds until the next one. With a rate of 1 they are rates per second.
    Trace(Vec<Pace>),
}

/// One entry of a recorded trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// From when on.
    pub at: Span,
    /// The factor.
    pub factor: Ratio,
}

/// Bounds of a factor; entries of a trace may be larger, as rates are.
pub const FACTOR: (Ratio, Ratio) = (Ratio::ZERO, Ratio::whole(1_000));
/// Bounds of a period.
pub const PERIOD: (Span, Span) = (Span::millis(1), Span::DAY);
/// The most entries of a trace.
pub const MOST_PACES: usize = 1_000;
const MOST_TRACED: Ratio = Ratio::whole(20_000);

impl Profile {
    /// Whether its numbers make sense.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let within = |what: &str, factor: Ratio, most: Ratio| {
            if factor > most {
                Err(format!("{what}: {factor} is outside 0 to {most}"))
            } else {
                Ok(())
            }
        };
        let time = |time: Span| {
            if time > Span::DAY {
                Err(format!("{time} is outside 0s to {}", Span::DAY))
            } else {
                Ok(())
            }
        };
        match self {
            Profile::Steady => Ok(()),
            Profile::Step { at, factor } => time(*at).and(within("factor", *factor, FACTOR.1)),
            Profile::Ramp { from, to, factor } => {
                if from > to {
                    return Err(format!("from {from} to {to}: the first is the earlier one"));
                }
                time(*to).and(within("factor", *factor, FACTOR.1))
            }
            Profile::Spike { at, lasts, factor } => {
                time(*at).and(time(*lasts))?;
                within("factor", *factor, FACTOR.1)
            }
            Profile::Sine { period, amplitude } => {
                if *period < PERIOD.0 || *period > PERIOD.1 {
                    let (least, most) = PERIOD;
                    return Err(format!("a period of {period} is outside {least} to {most}"));
                }
                within("amplitude", *amplitude, Ratio::ONE)
            }
            Profile::Trace(paces) => {
                if paces.is_empty() || paces.len() > MOST_PACES {
                    return Err(format!("a trace has 1 to {MOST_PACES} entries"));
                }
                if let Some(pair) = paces.windows(2).find(|pair| pair[0].at >= pair[1].at) {
                    return Err(format!(
                        "{} does not come after {}: a trace goes forward in time",
                        pair[1].at, pair[0].at
                    ));
                }
                paces.iter().try_for_each(|pace| {
                    time(pace.at).and(within("factor", pace.factor, MOST_TRACED))
                })
            }
        }
    }

    /// Its integral over a stretch of time, in seconds.
    pub fn area(&self, from: Time, to: Time) -> f64 {
        let (mut sum, mut now) = (0.0, from);
        while now < to {
            let piece = self.piece(now);
            let end = piece.end.min(to);
            sum += piece.shape.area(end.since(now).as_secs_f64());
            now = end;
        }
        sum
    }

    /// When its integral from a time on has come to this area, in seconds; none if it never does.
    pub fn reach(&self, from: Time, area: f64) -> Option<Time> {
        let (mut left, mut now) = (area, from);
        while left > 0.0 {
            let piece = self.piece(now);
            if piece.end == Time::NEVER {
                return piece
                    .shape
                    .reach(left)
                    .map(|secs| now + Span::from_secs_f64(secs));
            }
            let whole = piece.shape.area(piece.end.since(now).as_secs_f64());
            if left <= whole {
                let secs = piece.shape.reach(left)?;
                return Some((now + Span::from_secs_f64(secs)).min(piece.end));
            }
            left -= whole;
            now = piece.end;
        }
        Some(now)
    }

    /// What holds from a time on, and until when.
    fn piece(&self, now: Time) -> Piece {
        let start = |span: Span| Time::ZERO + span;
        let flat = |factor: Ratio, end| Piece {
            end,
            shape: Shape::Flat(factor.as_f64()),
        };
        match self {
            Profile::Step { at, .. }
            | Profile::Ramp { from: at, .. }
            | Profile::Spike { at, .. }
                if now < start(*at) =>
            {
                flat(Ratio::ONE, start(*at))
            }
            Profile::Ramp { from, to, factor } if now < start(*to) => {
                let by = (factor.as_f64() - 1.0) / (*to - *from).as_secs_f64();
                Piece {
                    end: start(*to),
                    shape: Shape::Slope {
                        at: 1.0 + by * now.since(start(*from)).as_secs_f64(),
                        by,
                    },
                }
            }
            Profile::Step { factor, .. } | Profile::Ramp { factor, .. } => {
                flat(*factor, Time::NEVER)
            }
            Profile::Spike { at, lasts, factor } if now < start(*at + *lasts) => {
                flat(*factor, start(*at + *lasts))
            }
            Profile::Steady | Profile::Spike { .. } => flat(Ratio::ONE, Time::NEVER),
            Profile::Sine { period, amplitude } => {
                let nanos = period.as_nanos().max(1);
                Piece {
                    end: Time::NEVER,
                    shape: Shape::Wave {
                        phase: (now.as_nanos() % nanos) as f64 / nanos as f64,
                        period: period.as_secs_f64(),
                        swing: amplitude.as_f64(),
                    },
                }
            }
            Profile::Trace(paces) => {
                let next = paces.partition_point(|pace| start(pace.at) <= now);
                let end = paces.get(next).map_or(Time::NEVER, |pace| start(pace.at));
                // Before the first entry its factor holds already.
                let pace = paces.get(next.saturating_sub(1));
                flat(pace.map_or(Ratio::ONE, |pace| pace.factor), end)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: f64) -> Time {
        Time::ZERO + Span::from_secs_f64(secs)
    }

    fn all() -> Vec<Profile> {
        let factor = Ratio::whole(3);
        let pace = |secs, factor| Pace {
            at: Span::secs(secs),
            factor: Ratio::whole(factor),
        };
        vec![
            Profile::Steady,
            Profile::Step {
                at: Span::secs(4),
                factor,
            },
            Profile::Ramp {
                from: Span::secs(2),
                to: Span::secs(6),
                factor,
            },
            Profile::Ramp {
                from: Span::secs(2),
                to: Span::secs(6),
                factor: Ratio::ZERO,
            },
            Profile::Ramp {
                from: Span::secs(2),
                to: Span::secs(2),
                factor,
            },
            Profile::Spike {
                at: Span::secs(3),
                lasts: Span::secs(2),
                factor,
            },
            Profile::Sine {
                period: Span::secs(5),
                amplitude: Ratio::percent(80),
            },
            Profile::Sine {
                period: Span::secs(5),
                amplitude: Ratio::ONE,
            },
            Profile::Trace(vec![pace(1, 2), pace(3, 0), pace(5, 4)]),
        ]
    }

    #[test]
    fn areas_are_those_of_the_drawing() {
        let areas = all()
            .iter()
            .map(|p| p.area(at(1.0), at(10.0)))
            .collect::<Vec<_>>();
        let sine = |swing: f64| {
            // From 1 to 10 seconds, period 5: the last whole period adds 5, the rest is 1 to 5.
            let of = |t: f64| -libm::cos(2.0 * std::f64::consts::PI * t / 5.0);
            9.0 + swing * 5.0 / (2.0 * std::f64::consts::PI) * (of(10.0) - of(1.0))
        };
        let expected = [9.0, 21.0, 21.0, 3.0, 25.0, 13.0, sine(0.8), sine(1.0), 24.0];
        for (profile, (area, expected)) in all().iter().zip(areas.iter().zip(expected)) {
            assert!(
                (area - expected).abs() < 1e-9,
                "{profile:?}: {area}, {expected}"
            );
        }
    }

    /// A small clock against the closed forms: the integral by midpoints.
    #[test]
    fn areas_add_up_however_they_are_cut() {
        for profile in all() {
            let whole = profile.area(at(0.3), at(9.7));
            let parts: f64 = (0..94)
                .map(|n| 0.3 + 0.1 * f64::from(n))
                .map(|from| profile.area(at(from), at(from + 0.1)))
                .sum();
            assert!(
                (whole - parts).abs() < 1e-7,
                "{profile:?}: {whole}, {parts}"
            );
        }
    }

    #[test]
    fn the_time_of_an_area_is_the_inverse_of_the_area() {
        for profile in all() {
            let mut before = Time::ZERO;
            for tenth in 0..100 {
                let area = f64::from(tenth) / 10.0;
                let Some(time) = profile.reach(Time::ZERO, area) else {
                    // Only what has fallen to nothing for ever never gets there.
                    assert!(profile.area(Time::ZERO, at(1e4)) < area, "{profile:?}");
                    continue;
                };
                assert!(time >= before, "{profile:?} goes back");
                let back = profile.area(Time::ZERO, time);
                assert!((back - area).abs() < 1e-7, "{profile:?}: {back}, {area}");
                before = time;
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        let pace = |secs| Pace {
            at: Span::secs(secs),
            factor: Ratio::ONE,
        };
        for (profile, reason) in [
            (
                Profile::Step {
                    at: Span::ZERO,
                    factor: Ratio::whole(1_001),
                },
                "factor: 1001 is outside 0 to 1000",
            ),
            (
                Profile::Ramp {
                    from: Span::secs(2),
                    to: Span::secs(1),
                    factor: Ratio::ONE,
                },
                "from 2s to 1s: the first is the earlier one",
            ),
            (
                Profile::Sine {
                    period: Span::ZERO,
                    amplitude: Ratio::ONE,
                },
                "a period of 0s is outside 1ms to 86400s",
            ),
            (
                Profile::Sine {
                    period: Span::secs(1),
                    amplitude: Ratio::whole(2),
                },
                "amplitude: 2 is outside 0 to 1",
            ),
            (Profile::Trace(vec![]), "a trace has 1 to 1000 entries"),
            (
                Profile::Trace(vec![pace(1), pace(1)]),
                "1s does not come after 1s: a trace goes forward in time",
            ),
        ] {
            assert_eq!(profile.check().unwrap_err(), reason);
        }
        assert!(all().iter().all(|profile| profile.check() == Ok(())));
    }
}
