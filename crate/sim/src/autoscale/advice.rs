//! Advice: the formula of the autoscaler, `ceil(current * metric / target)`, with all its special cases.
//!
//! As in Kubernetes' `replica_calculator.go`: whole numbers where it has them (thousandths of a CPU or of a metric,
//! whole per cent of utilization), so that its own test vectors come out the same.

use crate::units::Ratio;

/// What is known of one replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pod {
    /// It is ready, and this is its metric in thousandths.
    Metric(u64),
    /// It is not ready yet, or not for as long as a reading is about.
    Unready,
    /// It was ready, but there is no reading of it: it is down.
    Missing,
}

/// A metric's way from what was read to a ratio of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Per cent of what each pod requests, in thousandths.
    Utilization { percent: u64, request: u64 },
    /// An average, in thousandths.
    Average(u64),
}

impl Target {
    /// Metric divided by target; none of no pods.
    fn ratio(self, metrics: &[u64]) -> Option<f64> {
        let (sum, count) = (metrics.iter().sum::<u64>(), metrics.len() as u64);
        match self {
            Target::Utilization { percent, request } => {
                let used = (sum * 100).checked_div(request * count)?;
                (percent > 0).then(|| used as f64 / percent as f64)
            }
            Target::Average(target) => {
                let mean = sum.checked_div(count)?;
                (target > 0).then(|| mean as f64 / target as f64)
            }
        }
    }

    /// What is assumed of a pod without a metric, where fewer pods would do.
    const fn assumed(self) -> u64 {
        match self {
            Target::Utilization { percent, request } => {
                // As much as it may use, or the target where that is more.
                let percent = if percent > 100 { percent } else { 100 };
                request * percent / 100
            }
            Target::Average(target) => target,
        }
    }
}

/// The replicas for a metric that is a share of what each pod requests, both in thousandths of a CPU; none where
/// nothing is known. `current` counts those that are not about to go.
pub fn by_utilization(
    current: u32,
    pods: &[Pod],
    request: u64,
    target: Ratio,
    tolerance: Ratio,
) -> Option<u32> {
    let percent = target.as_micros() / 10_000;
    advise(
        current,
        pods,
        Target::Utilization { percent, request },
        tolerance,
    )
}

/// The replicas for a metric of which each pod should have so many on average.
pub fn by_average(current: u32, pods: &[Pod], target: Ratio, tolerance: Ratio) -> Option<u32> {
    let target = Target::Average(target.as_micros() / 1_000);
    advise(current, pods, target, tolerance)
}

/// The replicas for a metric that stands outside of all pods, in thousandths, of which each should have so many.
pub fn by_total(current: u32, total: u64, target: Ratio, tolerance: Ratio) -> Option<u32> {
    let target = (target.as_micros() / 1_000) as f64;
    if target <= 0.0 || current == 0 {
        return None;
    }
    let ratio = total as f64 / (target * f64::from(current));
    Some(if within(ratio, tolerance) {
        current
    } else {
        ceil(total as f64 / target)
    })
}

fn within(ratio: f64, tolerance: Ratio) -> bool {
    (1.0 - ratio).abs() <= tolerance.as_f64()
}

fn ceil(replicas: f64) -> u32 {
    // `as` saturates, on every target alike.
    replicas.ceil() as u32
}

fn advise(current: u32, pods: &[Pod], target: Target, tolerance: Ratio) -> Option<u32> {
    let mut metrics: Vec<u64> = pods
        .iter()
        .filter_map(|pod| match pod {
            Pod::Metric(metric) => Some(*metric),
            Pod::Unready | Pod::Missing => None,
        })
        .collect();
    let count = |which| pods.iter().filter(|pod| **pod == which).count();
    let (unready, missing) = (count(Pod::Unready), count(Pod::Missing));
    let ratio = target.ratio(&metrics)?;
    let with_unready = unready > 0 && ratio > 1.0;
    if !with_unready && missing == 0 {
        if within(ratio, tolerance) {
            return Some(current);
        }
        return Some(ceil(ratio * metrics.len() as f64));
    }
    // Whoever is not known speaks against the change.
    if ratio < 1.0 {
        metrics.extend(std::iter::repeat_n(target.assumed(), missing));
    } else if ratio > 1.0 {
        metrics.extend(std::iter::repeat_n(0, missing));
    }
    if with_unready {
        metrics.extend(std::iter::repeat_n(0, unready));
    }
    let careful = target.ratio(&metrics)?;
    let turns = ratio < 1.0 && careful > 1.0 || ratio > 1.0 && careful < 1.0;
    if within(careful, tolerance) || turns {
        return Some(current);
    }
    let wanted = ceil(careful * metrics.len() as f64);
    let turns = careful < 1.0 && wanted > current || careful > 1.0 && wanted < current;
    Some(if turns { current } else { wanted })
}

#[cfg(test)]
mod tests {
    use super::Pod::{Metric, Missing, Unready};
    use super::*;

    const TOLERANCE: Ratio = Ratio::percent(10);

    fn metrics(levels: &[u64]) -> Vec<Pod> {
        levels.iter().copied().map(Metric).collect()
    }

    /// Pods that request one CPU, as in Kubernetes' `replica_calculator_test.go`.
    fn cpu(current: u32, percent: u64, pods: &[Pod]) -> Option<u32> {
        by_utilization(current, pods, 1_000, Ratio::percent(percent), TOLERANCE)
    }

    fn average(current: u32, target: u64, levels: &[u64]) -> Option<u32> {
        by_average(
            current,
            &metrics(levels),
            Ratio::micros(target * 1_000),
            TOLERANCE,
        )
    }

    #[test]
    fn the_vectors_of_kubernetes_by_cpu() {
        // ScaleUp, ScaleDown, ScaleUpIgnoresFailedPods.
        assert_eq!(cpu(3, 30, &metrics(&[300, 500, 700])), Some(5));
        assert_eq!(cpu(5, 50, &metrics(&[100, 300, 500, 250, 250])), Some(3));
        assert_eq!(cpu(2, 30, &metrics(&[500, 700])), Some(4));
        // ScaleUpUnreadyLessScale, ScaleUpUnreadyNoScale.
        assert_eq!(cpu(3, 30, &[Unready, Metric(500), Metric(700)]), Some(4));
        assert_eq!(cpu(3, 30, &[Metric(400), Unready, Unready]), Some(3));
        // ScaleDownIncludeUnreadyPods, ScaleDownExcludeUnscheduledPods.
        let some = [Metric(100), Metric(300), Metric(500), Unready, Unready];
        assert_eq!(cpu(5, 50, &some), Some(2));
        let one = [Metric(100), Unready, Unready, Unready, Unready];
        assert_eq!(cpu(5, 50, &one), Some(1));
    }

    #[test]
    fn the_vectors_of_kubernetes_with_missing_metrics() {
        // NoChangeEq, NoChangeGt, NoChangeLt.
        assert_eq!(cpu(2, 100, &[Metric(1_000), Missing]), Some(2));
        assert_eq!(cpu(2, 100, &[Metric(1_900), Missing]), Some(2));
        assert_eq!(cpu(2, 100, &[Metric(600), Missing]), Some(2));
        // UnreadyNoChange, UnreadyScaleUp, UnreadyScaleDown.
        assert_eq!(cpu(3, 50, &[Unready, Metric(450), Missing]), Some(3));
        assert_eq!(cpu(3, 50, &[Unready, Metric(2_000), Missing]), Some(4));
        let down = [Unready, Metric(100), Metric(100), Missing];
        assert_eq!(cpu(4, 50, &down), Some(3));
        // Nobody to ask.
        assert_eq!(cpu(2, 50, &[Unready, Missing]), None);
        assert_eq!(cpu(0, 50, &[]), None);
    }

    #[test]
    fn the_vectors_of_kubernetes_by_averages_and_totals() {
        // ScaleUpCM, ScaleDownCM, the hot pods of which all count.
        assert_eq!(average(3, 15_000, &[20_000, 10_000, 30_000]), Some(4));
        assert_eq!(average(5, 20_000, &[12_000; 5]), Some(3));
        assert_eq!(average(3, 15_000, &[50_000, 15_000, 30_000]), Some(7));
        // ScaleUpPerPodCMExternal, ScaleDownPerPodCMExternal.
        let total = |current, target: u64| {
            by_total(current, 8_600, Ratio::micros(target * 1_000), TOLERANCE)
        };
        assert_eq!((total(3, 2_150), total(5, 2_867)), (Some(4), Some(3)));
    }

    #[test]
    fn a_small_difference_changes_nothing() {
        // 0.9 is within, and 1.1 as computers write it is not, there as here.
        for (used, wanted) in [(720, 10), (870, 10), (710, 9), (880, 11)] {
            assert_eq!(cpu(10, 80, &metrics(&[used; 10])), Some(wanted), "{used}");
        }
    }
}
