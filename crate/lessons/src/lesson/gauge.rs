//! The gauge: folds the frames of a stretch of a run into the figures that conditions and explanations read.
//!
//! It reads what crosses to the page anyway, so that the page, the terminal and the tests count in the same way. Counts
//! and levels of buckets belong to the stretch by the end of the bucket, however frames are cut.

use serde_json::{Map, Value, json};
use sim::Frame;
use sim::frame::{ClientFrame, EdgeFrame, ServiceFrame};
use sim::units::Time;

const MIB: f64 = 1_048_576.0;

/// The figures of a stretch of a run.
#[derive(Debug, Clone)]
pub struct Gauge {
    from: Time,
    to: Time,
    /// The frame with which the stretch begins.
    before: Option<Frame>,
    /// The newest frame in it.
    last: Option<Frame>,
    buckets: f64,
    offered: f64,
    answered: f64,
    good: f64,
    /// Sum and number of the 99th percentiles of its buckets, and the worst.
    p99: [f64; 3],
    services: Vec<Service>,
    edges: Vec<Edge>,
}

/// Sums over the buckets of a service.
#[derive(Debug, Clone, Copy, Default)]
struct Service {
    working: f64,
    waiting: f64,
    queue: f64,
    memory: f64,
    memory_peak: f64,
    running: f64,
    offered: f64,
    completed: f64,
    errors: f64,
    refused: f64,
    /// Thread seconds for callers that had given up.
    orphans: f64,
    /// Seconds of frames.
    secs: f64,
    gc: f64,
}

/// Sums over the buckets of an edge.
#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    calls: f64,
    attempts: f64,
    ready: f64,
    ready_last: f64,
    ready_peak: f64,
    oldest: f64,
    oldest_peak: f64,
    in_flight: f64,
    secs: f64,
}

impl Gauge {
    /// A gauge for the stretch from `from` to `to`.
    pub fn new(from: Time, to: Time) -> Gauge {
        Gauge {
            from,
            to,
            before: None,
            last: None,
            buckets: 0.0,
            offered: 0.0,
            answered: 0.0,
            good: 0.0,
            p99: [0.0; 3],
            services: Vec::new(),
            edges: Vec::new(),
        }
    }

    /// Where figures begin.
    pub const fn from(&self) -> Time {
        self.from
    }

    /// Where they end.
    pub const fn to(&self) -> Time {
        self.to
    }

    /// Takes a frame in. One that ends before the stretch says with which totals it begins.
    pub fn fold(&mut self, frame: &Frame) {
        if frame.at <= self.from {
            self.before = Some(bare(frame));
            return;
        }
        let secs = frame.at.since(frame.from.max(self.from)).as_secs_f64();
        if frame.from < self.to {
            self.levels(frame, secs);
        }
        self.services
            .resize(frame.services.len(), Service::default());
        self.edges.resize(frame.edges.len(), Edge::default());
        for bucket in &frame.buckets {
            if bucket.at <= self.from || bucket.at > self.to {
                continue;
            }
            self.buckets += 1.0;
            self.offered += f64::from(bucket.offered);
            self.answered += f64::from(bucket.answered);
            self.good += f64::from(bucket.good);
            if let Some([_, _, p99]) = bucket.latency {
                let [sum, count, worst] = &mut self.p99;
                *sum += f64::from(p99);
                *count += 1.0;
                *worst = worst.max(f64::from(p99));
            }
            for (sum, of) in self.services.iter_mut().zip(&bucket.services) {
                sum.working += f64::from(of.working);
                sum.waiting += f64::from(of.waiting);
                sum.queue += f64::from(of.queue);
                sum.memory += f64::from(of.memory);
                sum.memory_peak = sum.memory_peak.max(f64::from(of.memory));
                sum.running += f64::from(of.running);
                sum.offered += f64::from(of.offered);
                sum.completed += f64::from(of.completed);
                sum.errors += f64::from(of.errors);
                sum.refused += f64::from(of.refused);
            }
            for (sum, of) in self.edges.iter_mut().zip(&bucket.edges) {
                sum.calls += f64::from(of.calls);
                sum.attempts += f64::from(of.attempts);
                sum.ready += f64::from(of.ready);
                sum.ready_last = f64::from(of.ready);
                sum.ready_peak = sum.ready_peak.max(f64::from(of.ready));
                sum.oldest = f64::from(of.oldest);
                sum.oldest_peak = sum.oldest_peak.max(f64::from(of.oldest));
            }
        }
        if frame.from < self.to {
            self.last = Some(bare(frame));
        }
    }

    /// Levels that frames alone have.
    fn levels(&mut self, frame: &Frame, secs: f64) {
        self.services
            .resize(frame.services.len(), Service::default());
        self.edges.resize(frame.edges.len(), Edge::default());
        for (sum, of) in self.services.iter_mut().zip(&frame.services) {
            sum.orphans += f64::from(of.orphans) * secs;
            sum.gc += f64::from(of.gc) * secs;
            sum.secs += secs;
        }
        for (sum, of) in self.edges.iter_mut().zip(&frame.edges) {
            sum.in_flight += f64::from(of.in_flight) * secs;
            sum.secs += secs;
        }
    }

    /// All figures. Of the whole:
    ///
    /// - `goodput`: ok answers within the deadline, divided by requests sent, at most 1 (answers of the stretch may be to
    ///   requests before it); `offered_per_s`, `throughput_per_s` and
    ///   `goodput_per_s`; `p99_s` and `p99_worst_s`: mean and worst of the 99th percentiles of each second.
    ///
    /// By id, in `clients`: `goodput`; of the requests answered ok in the stretch, `effects_in_time`, `effects_late` and
    /// `effects_lost`; `effects_pending` at its end. In `services`, means: threads `working`, `waiting`, `busy`, `wasted`
    /// (for callers that had given up) and `gc` (collecting garbage), requests in the `queue`, `memory_mib` and its
    /// `memory_peak_mib`, `running` replicas and `running_end`; shares: `refused` of what came, `errors` of what was done;
    /// `offered_per_s`, `done_per_s`, `kills`, `hit_rate` in the last second. In `edges`: `calls_per_s`,
    /// `attempts_per_s`, `amplification` (attempts divided by calls), calls `in_flight`; of its queue `ready`,
    /// `ready_end`, `ready_peak`, `oldest_s` at the end and `oldest_peak_s`, `drain_s`, `lag_max`; counts: `redelivered`,
    /// `dead_lettered`, `duplicates`, `deduplicated`, `rejected`, `dropped`, `expired`, `lost`, `out_of_order`.
    pub fn figures(&self) -> Value {
        let secs = self.buckets / 10.0;
        let per_second = |count: f64| ratio(count, secs);
        let mean = |sum: f64| ratio(sum, self.buckets);
        let none = Frame::default();
        let last = self.last.as_ref().unwrap_or(&none);
        let before = self.before.as_ref().unwrap_or(&none);
        let service = |(of, sum): (&ServiceFrame, &Service)| {
            let was = before.services.iter().find(|other| other.id == of.id);
            json!({
                "id": of.id.as_str(),
                "working": mean(sum.working), "waiting": mean(sum.waiting),
                "busy": mean(sum.working + sum.waiting), "queue": mean(sum.queue),
                "wasted": ratio(sum.orphans, sum.secs), "gc": ratio(sum.gc, sum.secs),
                "memory_mib": mean(sum.memory).map(|bytes| bytes / MIB), "memory_peak_mib": sum.memory_peak / MIB,
                "running": mean(sum.running), "running_end": of.running,
                "refused": ratio(sum.refused, sum.offered), "errors": ratio(sum.errors, sum.completed),
                "offered_per_s": per_second(sum.offered), "done_per_s": per_second(sum.completed),
                "kills": of.kills - was.map_or(0, |was| was.kills), "hit_rate": of.hit_rate,
            })
        };
        let edge = |(of, sum): (&EdgeFrame, &Edge)| {
            let was = before.edges.iter().find(|other| other.id == of.id);
            let mut figures = json!({
                "id": of.id.as_str(),
                "calls_per_s": per_second(sum.calls), "attempts_per_s": per_second(sum.attempts),
                "amplification": ratio(sum.attempts, sum.calls), "in_flight": ratio(sum.in_flight, sum.secs),
                "ready": mean(sum.ready), "ready_end": sum.ready_last, "ready_peak": sum.ready_peak,
                "oldest_s": sum.oldest, "oldest_peak_s": sum.oldest_peak, "drain_s": of.queue.drain,
                "lag_max": of.queue.lags.iter().max(),
            });
            for (key, count) in counts(of) {
                let was = was.map_or(0, |was| {
                    counts(was)
                        .into_iter()
                        .find(|(k, _)| *k == key)
                        .map_or(0, |(_, n)| n)
                });
                figures[key] = count.saturating_sub(was).into();
            }
            figures
        };
        let client = |of: &ClientFrame| {
            let none = sim::frame::ClientTotal::default();
            let was = before.clients.iter().find(|other| other.id == of.id);
            let was = was.map_or(none, |was| was.total);
            let (good, offered) = (of.total.good - was.good, of.total.offered - was.offered);
            json!({
                "id": of.id.as_str(),
                "goodput": ratio(good as f64, offered as f64).map(|share| share.min(1.0)),
                "effects_in_time": of.total.effects_in_time - was.effects_in_time,
                "effects_late": of.total.effects_late - was.effects_late,
                "effects_lost": of.total.effects_lost - was.effects_lost,
                "effects_pending": of.total.effects_pending,
            })
        };
        let mut all = Map::new();
        for (key, value) in [
            ("secs", json!(secs)),
            (
                "goodput",
                json!(ratio(self.good, self.offered).map(|share| share.min(1.0))),
            ),
            ("offered_per_s", json!(per_second(self.offered))),
            ("throughput_per_s", json!(per_second(self.answered))),
            ("goodput_per_s", json!(per_second(self.good))),
            ("p99_s", json!(ratio(self.p99[0], self.p99[1]))),
            (
                "p99_worst_s",
                json!((self.p99[1] > 0.0).then_some(self.p99[2])),
            ),
            ("clients", last.clients.iter().map(client).collect()),
            (
                "services",
                last.services
                    .iter()
                    .zip(&self.services)
                    .map(service)
                    .collect(),
            ),
            (
                "edges",
                last.edges.iter().zip(&self.edges).map(edge).collect(),
            ),
        ] {
            all.insert(key.to_owned(), value);
        }
        all.into()
    }
}

/// What counts up over a run, of an edge.
fn counts(of: &EdgeFrame) -> [(&'static str, u64); 9] {
    let queue = &of.queue;
    [
        ("redelivered", queue.redelivered),
        ("dead_lettered", queue.dead_lettered),
        ("duplicates", queue.duplicates),
        ("deduplicated", queue.deduplicated),
        ("rejected", queue.rejected),
        ("dropped", queue.dropped),
        ("expired", queue.expired),
        ("lost", queue.lost),
        ("out_of_order", queue.out_of_order),
    ]
}

/// A frame without its buckets and dots.
fn bare(frame: &Frame) -> Frame {
    Frame {
        from: frame.from,
        at: frame.at,
        clients: frame.clients.clone(),
        services: frame.services.clone(),
        edges: frame.edges.clone(),
        ..Frame::default()
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}
