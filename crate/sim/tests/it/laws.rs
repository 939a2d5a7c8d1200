//! Truth: the engine against queueing theory, with the tolerances that the run length allows.
//!
//! Each law runs five seeds of 400,000 requests after a warm-up and compares the mean of the five. The
//! expected values are closed forms, written out where they are used.

use sim::meter::report::{ClientReport, EdgeReport, Report, ServiceReport};
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load};

const SEEDS: u64 = 5;
const REQUESTS: f64 = 400_000.0;

/// The reports of five seeds, each of so many requests after a warm-up of a twentieth.
struct Runs(Vec<Report>);

impl Runs {
    fn of(json: &str, rate: f64) -> Runs {
        let scenario = load(json);
        let secs = REQUESTS / rate;
        let one = |seed| {
            let mut sim = Simulation::new(&Scenario {
                seed,
                ..scenario.clone()
            });
            sim.run_until(at(secs * 0.05));
            sim.restart_figures();
            sim.run_until(at(secs * 1.05));
            assert_eq!(sim.audit(), Vec::<String>::new());
            sim.report()
        };
        Runs((1..=SEEDS).map(one).collect())
    }

    fn mean(&self, of: impl Fn(&Report) -> f64) -> f64 {
        self.0.iter().map(of).sum::<f64>() / self.0.len() as f64
    }

    fn client(&self, of: impl Fn(&ClientReport) -> f64) -> f64 {
        self.mean(|report| of(&report.clients[0]))
    }

    fn service(&self, id: &str, of: impl Fn(&ServiceReport) -> f64) -> f64 {
        self.mean(|report| of(report.services.iter().find(|s| s.id == id).expect(id)))
    }

    fn edge(&self, id: &str, of: impl Fn(&EdgeReport) -> f64) -> f64 {
        self.mean(|report| of(report.edges.iter().find(|e| e.id == id).expect(id)))
    }
}

fn relative(what: &str, measured: f64, expected: f64, tolerance: f64) {
    let off = (measured / expected - 1.0).abs();
    println!(
        "{what}: expected {expected}, measured {measured}, off {off:.5}, tolerance {tolerance}"
    );
    assert!(
        off <= tolerance,
        "{what}: {measured}, expected {expected} within {tolerance}"
    );
}

fn absolute(what: &str, measured: f64, expected: f64, tolerance: f64) {
    let off = (measured - expected).abs();
    println!(
        "{what}: expected {expected}, measured {measured}, off {off:.5}, tolerance {tolerance}"
    );
    assert!(
        off <= tolerance,
        "{what}: {measured}, expected {expected} +- {tolerance}"
    );
}

/// A service without a memory limit, so that only the law under test can bound it.
fn service(threads: &str, queue: &str, work: &str) -> String {
    format!(
        r#"{{"threads": {threads}, "queue": {queue}, "before": {work}, "memory": {{"limit": null}}}}"#
    )
}

const ANY: &str = r#""unbounded""#;

/// R01. M/M/1: W = 1 / (mu - lambda), P(W > t) = exp(-(mu - lambda) t), P(L >= n) = rho^n.
#[test]
fn r01_one_thread_and_an_unbounded_queue() {
    let json = chain(
        80.0,
        &[&service("1", ANY, r#"{"exponential": "10ms"}"#)],
        "",
    );
    let runs = Runs::of(&json, 80.0);
    let a = |of: fn(&ServiceReport) -> f64| runs.service("a", of);
    relative("utilisation", a(|s| s.utilisation.unwrap()), 0.8, 0.01);
    relative("L", a(|s| s.busy + s.queue), 4.0, 0.03);
    relative("Lq", a(|s| s.queue), 3.2, 0.03);
    relative("W", a(|s| s.latency.mean_ms.unwrap()), 50.0, 0.02);
    relative("Wq", a(|s| s.queue_wait_ms.unwrap()), 40.0, 0.03);
    let tail = |share: f64| -libm::log(1.0 - share) / 20.0 * 1000.0;
    relative("p50", a(|s| s.latency.p50_ms.unwrap()), tail(0.5), 0.03);
    relative("p95", a(|s| s.latency.p95_ms.unwrap()), tail(0.95), 0.04);
    relative("p99", a(|s| s.latency.p99_ms.unwrap()), tail(0.99), 0.05);
    relative("p99.9", a(|s| s.latency.p999_ms.unwrap()), tail(0.999), 0.1);
    relative(
        "client sees W too",
        runs.client(|c| c.latency.mean_ms.unwrap()),
        50.0,
        0.02,
    );
}

/// R01, the share of time with ten or more in the system, from facts: rho^10.
#[test]
fn r01_the_time_spent_with_ten_or_more() {
    use sim::fact::Fact;
    let scenario = load(&chain(
        80.0,
        &[&service("1", ANY, r#"{"exponential": "10ms"}"#)],
        "",
    ));
    let share = |seed| {
        let mut sim = Simulation::new(&Scenario {
            seed,
            ..scenario.clone()
        });
        let (mut inside, mut since, mut crowded) = (0i64, at(0.0), 0u64);
        let end = at(REQUESTS / 80.0);
        sim.run_watched(end, &mut |now, fact| {
            let step = match fact {
                Fact::Offered { .. } => 1,
                Fact::Finished { .. } => -1,
                _ => return,
            };
            if inside >= 10 {
                crowded += now.since(since).as_nanos();
            }
            since = now;
            inside += step;
        });
        crowded as f64 / end.as_nanos() as f64
    };
    let mean = (1..=SEEDS).map(share).sum::<f64>() / SEEDS as f64;
    absolute("P(L >= 10)", mean, libm::pow(0.8, 10.0), 0.006);
}

/// The stationary shares of a birth-death chain: M/M/c/K.
fn mmck(lambda: f64, mu: f64, c: usize, k: usize) -> Vec<f64> {
    let mut p = vec![1.0];
    for n in 1..=k {
        p.push(p[n - 1] * lambda / (mu * n.min(c) as f64));
    }
    let sum: f64 = p.iter().sum();
    p.iter().map(|x| x / sum).collect()
}

/// R03. M/M/4/10: four threads, six places to wait, the rest refused.
#[test]
fn r03_a_bounded_queue_refuses_what_theory_says() {
    let json = chain(
        50.0,
        &[&service("4", "6", r#"{"exponential": "100ms"}"#)],
        "",
    );
    let runs = Runs::of(&json, 50.0);
    let p = mmck(50.0, 10.0, 4, 10);
    let mean = |of: &dyn Fn(usize) -> usize| -> f64 {
        p.iter()
            .enumerate()
            .map(|(n, share)| share * of(n) as f64)
            .sum()
    };
    let accepted = 50.0 * (1.0 - p[10]);
    let (l, lq, busy) = (
        mean(&|n| n),
        mean(&|n| n.saturating_sub(4)),
        mean(&|n| n.min(4)),
    );
    let a = |of: fn(&ServiceReport) -> f64| runs.service("a", of);
    absolute("P(reject)", a(|s| s.refused_share), p[10], 0.003);
    relative("throughput", a(|s| s.throughput_per_s), accepted, 0.005);
    relative("L", a(|s| s.busy + s.queue), l, 0.006);
    relative("Lq", a(|s| s.queue), lq, 0.012);
    relative("busy", a(|s| s.busy), busy, 0.004);
    relative(
        "utilisation",
        a(|s| s.utilisation.unwrap()),
        busy / 4.0,
        0.004,
    );
    relative(
        "W",
        a(|s| s.latency.mean_ms.unwrap()),
        l / accepted * 1000.0,
        0.006,
    );
    relative(
        "Wq",
        a(|s| s.queue_wait_ms.unwrap()),
        lq / accepted * 1000.0,
        0.012,
    );
}

/// Erlang's loss formula.
fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b))
}

/// R06. M/G/10/10: Erlang B, whatever the distribution of the work.
#[test]
fn r06_loss_does_not_depend_on_the_distribution() {
    for work in [
        r#"{"exponential": "100ms"}"#,
        r#"{"constant": "100ms"}"#,
        r#"{"discrete": [{"value": "50ms", "weight": 0.9}, {"value": "550ms", "weight": 0.1}]}"#,
        r#"{"log_normal": {"mean": "100ms", "cv": 0.8}}"#,
    ] {
        let runs = Runs::of(&chain(80.0, &[&service("10", "0", work)], ""), 80.0);
        let loss = erlang_b(10, 8.0);
        absolute(work, runs.service("a", |s| s.refused_share), loss, 0.0025);
        relative(
            "throughput",
            runs.service("a", |s| s.throughput_per_s),
            80.0 * (1.0 - loss),
            0.004,
        );
        relative(
            "busy",
            runs.service("a", |s| s.busy),
            8.0 * (1.0 - loss),
            0.004,
        );
    }
}

/// R09a. A blocking chain: a thread is held for its own work and the callee's whole sojourn (Little).
#[test]
fn r09a_busy_threads_follow_littles_law() {
    let five = r#"{"constant": "5ms"}"#;
    let leaf = service("1", ANY, r#"{"exponential": "10ms"}"#);
    let json = chain(
        80.0,
        &[&service(ANY, ANY, five), &service(ANY, ANY, five), &leaf],
        "",
    );
    let runs = Runs::of(&json, 80.0);
    let w = |id: &str| runs.service(id, |s| s.latency.mean_ms.unwrap());
    relative("W of C", w("c"), 50.0, 0.02);
    relative("W of B", w("b"), 55.0, 0.02);
    relative("W of A", w("a"), 60.0, 0.02);
    relative("busy A", runs.service("a", |s| s.busy), 4.8, 0.02);
    relative("busy B", runs.service("b", |s| s.busy), 4.4, 0.02);
    relative("in C", runs.service("c", |s| s.busy + s.queue), 4.0, 0.03);
    relative("utilisation of C", runs.service("c", |s| s.busy), 0.8, 0.01);
    relative(
        "A at its own work",
        runs.service("a", |s| s.working),
        0.4,
        0.01,
    );
    relative(
        "A waiting on B",
        runs.edge("a-b", |e| e.in_flight),
        4.4,
        0.02,
    );
}

/// R09b. A has 20 threads and no queue: Erlang B with the whole chain's time, however it is distributed;
/// with a slow leaf most requests are refused at the front.
#[test]
fn r09b_a_slow_leaf_is_refused_at_the_front() {
    let five = r#"{"constant": "5ms"}"#;
    for (work, load, busy_tolerance) in [
        (r#"{"constant": "150ms"}"#, 16.0, 0.004),
        (r#"{"exponential": "150ms"}"#, 16.0, 0.004),
        (r#"{"constant": "500ms"}"#, 51.0, 0.006),
    ] {
        let front = service("20", "0", five);
        let json = chain(
            100.0,
            &[&front, &service(ANY, ANY, five), &service(ANY, ANY, work)],
            "",
        );
        let runs = Runs::of(&json, 100.0);
        let loss = erlang_b(20, load);
        absolute(work, runs.service("a", |s| s.refused_share), loss, 0.003);
        relative(
            "throughput",
            runs.service("a", |s| s.throughput_per_s),
            100.0 * (1.0 - loss),
            0.006,
        );
        relative(
            "busy A",
            runs.service("a", |s| s.busy),
            load * (1.0 - loss),
            busy_tolerance,
        );
        let in_leaf = (load - 1.0) * (1.0 - loss);
        relative("in C", runs.service("c", |s| s.busy), in_leaf, 0.006);
    }
}

/// R14a. A timeout frees the caller and not the callee: what the callee goes on with is wasted work.
/// P(W > tau) = exp(-(mu - lambda) tau); busy with a caller gone: rho times that.
#[test]
fn r14a_a_timeout_wastes_work() {
    let policies = r#", "policies": [{"timeout": {"after": "100ms"}}]"#;
    let json = chain(
        80.0,
        &[&service("1", ANY, r#"{"exponential": "10ms"}"#)],
        policies,
    );
    let runs = Runs::of(&json, 80.0);
    let timed_out = runs.client(|c| c.timed_out as f64 / c.answered as f64);
    absolute("timeouts", timed_out, libm::exp(-2.0), 0.006);
    relative(
        "goodput",
        runs.client(|c| c.goodput_per_s),
        80.0 * (1.0 - libm::exp(-2.0)),
        0.01,
    );
    let a = |of: fn(&ServiceReport) -> f64| runs.service("a", of);
    relative("utilisation", a(|s| s.utilisation.unwrap()), 0.8, 0.01);
    let wasted = 0.8 * libm::exp(-2.0);
    absolute(
        "wasted after giving up",
        a(|s| s.wasted_after_giveup),
        wasted,
        0.006,
    );
    let all = libm::exp(-2.0) - 0.2 * libm::exp(-10.0);
    absolute("wasted in all", a(|s| s.wasted_all), all, 0.007);
}
