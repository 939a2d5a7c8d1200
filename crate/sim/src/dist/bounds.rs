//! What a distribution may be set to.

use super::Dist;
use crate::units::{Ratio, Span};

/// Bounds of a coefficient of variation.
pub const CV: (Ratio, Ratio) = (Ratio::ZERO, Ratio::whole(20));
/// Bounds of a Pareto's shape. At 1 and below there is no mean.
pub const SHAPE: (Ratio, Ratio) = (Ratio::percent(101), Ratio::whole(100));
/// The most values of a mixture.
pub const MOST_SHARES: usize = 16;

impl Dist {
    /// Whether its numbers make sense and its mean is within these bounds, as is every single value where
    /// values are set.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn check(&self, min: Span, max: Span) -> Result<(), String> {
        let value = |value: Span| {
            if value > max {
                Err(format!("{value} is outside {min} to {max}"))
            } else {
                Ok(())
            }
        };
        match self {
            Dist::Constant(_) | Dist::Exponential(_) => {}
            Dist::LogNormal { cv, .. } | Dist::Gamma { cv, .. } => within("cv", *cv, CV)?,
            Dist::Pareto { shape, .. } => within("shape", *shape, SHAPE)?,
            Dist::Uniform { from, to } => {
                if from > to {
                    return Err(format!("from {from} to {to}: the first is the shorter one"));
                }
                value(*to)?;
            }
            Dist::Bimodal {
                fast,
                slow,
                slow_share,
            } => {
                within("slow_share", *slow_share, (Ratio::ZERO, Ratio::ONE))?;
                value(*fast)?;
                value(*slow)?;
            }
            Dist::Discrete(shares) => {
                if shares.is_empty() || shares.len() > MOST_SHARES {
                    return Err(format!("a mixture has 1 to {MOST_SHARES} values"));
                }
                if shares.iter().all(|s| s.weight == Ratio::ZERO) {
                    return Err("at least one value of a mixture needs a weight above 0".into());
                }
                shares.iter().try_for_each(|share| value(share.value))?;
            }
        }
        let mean = self.mean();
        if mean < min || mean > max {
            return Err(format!("a mean of {mean} is outside {min} to {max}"));
        }
        Ok(())
    }
}

fn within(what: &str, ratio: Ratio, (least, most): (Ratio, Ratio)) -> Result<(), String> {
    if ratio < least || ratio > most {
        return Err(format!("a {what} of {ratio} is outside {least} to {most}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(dist: &Dist) -> String {
        let checked = dist.check(Span::millis(1), Span::secs(1));
        checked.err().unwrap_or_default()
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        let mean = Span::millis(10);
        for (dist, reason) in [
            (
                Dist::Gamma {
                    mean,
                    cv: Ratio::whole(21),
                },
                "a cv of 21 is outside 0 to 20",
            ),
            (
                Dist::Pareto {
                    mean,
                    shape: Ratio::ONE,
                },
                "a shape of 1 is outside 1.01 to 100",
            ),
            (
                Dist::Uniform {
                    from: mean,
                    to: Span::millis(5),
                },
                "from 10ms to 5ms: the first is the shorter one",
            ),
            (
                Dist::Uniform {
                    from: mean,
                    to: Span::secs(1),
                },
                "",
            ),
            (
                Dist::Uniform {
                    from: mean,
                    to: Span::secs(2),
                },
                "2s is outside 1ms to 1s",
            ),
            (
                Dist::Bimodal {
                    fast: mean,
                    slow: mean,
                    slow_share: Ratio::whole(2),
                },
                "a slow_share of 2 is outside 0 to 1",
            ),
            (
                Dist::Bimodal {
                    fast: Span::ZERO,
                    slow: mean,
                    slow_share: Ratio::ZERO,
                },
                "a mean of 0s is outside 1ms to 1s",
            ),
            (Dist::Discrete(vec![]), "a mixture has 1 to 16 values"),
        ] {
            assert_eq!(said(&dist), reason, "{dist:?}");
        }
    }
}
