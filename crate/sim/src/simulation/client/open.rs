//! Open arrivals: requests come at their own times, whether or not earlier ones were answered.
//!
//! The arrivals of a client are a process of unit rate, stretched in time by its rate: a change of rate
//! draws nothing anew, so two runs with the same seed have the same customers.

use super::super::outbox::Outbox;
use super::super::purpose;
use super::super::world::{Source, World};
use crate::dist::unit_exponential;
use crate::event::{Event, NodeIx};
use crate::profile::Profile;
use crate::rng::Stream;
use crate::scenario::Arrivals;
use crate::scenario::client::Burst;
use crate::units::{Ratio, Span, Time};

/// The gap before request number `n`, in mean gaps.
fn gap(source: &Source, n: u64) -> f64 {
    let luck = || source.luck.part(purpose::GAP).part(n).stream();
    match source.spec.arrivals {
        Arrivals::Constant | Arrivals::Closed => 1.0,
        Arrivals::Poisson => unit_exponential(&mut luck()),
        Arrivals::Bursty => burst_gap(source.spec.burst, &mut luck()),
    }
}

/// A gap within a burst; with it, once in so many requests as a burst has, the silence before the next burst.
fn burst_gap(burst: Burst, luck: &mut Stream) -> f64 {
    let (size, peak) = (burst.size.as_f64(), burst.peak.as_f64());
    let within = unit_exponential(luck) / peak;
    if luck.below(burst.size.as_micros()) >= Ratio::ONE.as_micros() {
        return within;
    }
    // A mean gap of 1 in all: 1 / peak + silence / size = 1.
    within + unit_exponential(luck) * size * (1.0 - 1.0 / peak)
}

/// Begins a client's traffic.
pub fn begin(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    if let Some(source) = world.source_mut(client) {
        source.owed = gap(source, 0);
        source.since = out.now;
    }
    replan(world, out, client);
}

/// Plans the next request anew, after the rate has changed.
pub fn replan(world: &mut World, out: &mut Outbox<'_>, client: NodeIx) {
    let Some(source) = world.source_mut(client) else {
        return;
    };
    let stretch = if source.profile == Profile::Steady {
        out.now.since(source.since).as_secs_f64()
    } else {
        source.profile.area(source.since, out.now)
    };
    source.owed = (source.owed - stretch * source.rate).max(0.0);
    source.since = out.now;
    source.rate = match source.spec.arrivals {
        Arrivals::Poisson | Arrivals::Constant | Arrivals::Bursty => {
            source.spec.rate.times(source.spike).as_f64()
        }
        Arrivals::Closed => 0.0,
    };
    source.profile.clone_from(&source.spec.profile);
    source.epoch += 1;
    plan(source, out, client);
}

fn plan(source: &Source, out: &mut Outbox<'_>, client: NodeIx) {
    if let Some(at) = next_at(source) {
        out.at(at, Event::Arrive(client, source.epoch));
    }
}

/// When the next request is due; none if never.
fn next_at(source: &Source) -> Option<Time> {
    if source.rate <= 0.0 {
        return None;
    }
    let stretch = source.owed / source.rate;
    if source.profile == Profile::Steady {
        return Some(source.since + Span::from_secs_f64(stretch));
    }
    source.profile.reach(source.since, stretch)
}

/// The next request is due.
pub fn arrive(world: &mut World, out: &mut Outbox<'_>, client: NodeIx, epoch: u32) {
    let Some(source) = world.source_mut(client).filter(|s| s.epoch == epoch) else {
        return;
    };
    let luck = source.luck.part(source.sent);
    source.sent += 1;
    source.owed = gap(source, source.sent);
    source.since = out.now;
    plan(source, out, client);
    if source.plan.is_empty() {
        // Not connected: there is nobody to send to.
        return;
    }
    super::send(world, out, client, luck, None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Luck;

    /// The mean rate is kept; the variance is that of an exponential gap and, once in `size` requests, an
    /// exponential silence.
    #[test]
    fn bursts_keep_the_mean_rate() {
        for (size, peak) in [(20.0, 5.0), (1.0, 2.0), (100.0, 1.0), (3.5, 50.0)] {
            let burst = Burst {
                size: Ratio::micros((size * 1e6) as u64),
                peak: Ratio::micros((peak * 1e6) as u64),
            };
            let n = 400_000;
            let luck = Luck::of_seed(3);
            let gaps: Vec<f64> = (0..n)
                .map(|i| burst_gap(burst, &mut luck.part(i).stream()))
                .collect();
            let mean = gaps.iter().sum::<f64>() / n as f64;
            let squares = gaps.iter().map(|gap| gap * gap).sum::<f64>() / n as f64;
            let silence = size * (1.0 - 1.0 / peak);
            let share: f64 = 1.0 / size;
            let expected = 1.0 / (peak * peak) + 2.0 * share * silence * silence
                - share * share * silence * silence;
            assert!((mean - 1.0).abs() < 0.03, "{size} {peak}: mean {mean}");
            let variance = squares - mean * mean;
            assert!(
                (variance / expected - 1.0).abs() < 0.06,
                "{size} {peak}: variance {variance}, expected {expected}"
            );
        }
    }
}
