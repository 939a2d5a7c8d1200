//! The experiments: they all hold, their files can be read to the last figure, and the numbers of our own
//! are what their formulas give.

use lessons::experiment::expression::Expression;
use lessons::experiment::{EXPERIMENTS, Effort, Expectation, Experiment, LATER, Row, Run, Verdict};

fn all() -> Vec<Experiment> {
    let read = |of: &lessons::experiment::Shipped| {
        of.experiment()
            .unwrap_or_else(|why| panic!("{}: {why}", of.slug))
    };
    EXPERIMENTS.iter().map(read).collect()
}

fn called(id: &str) -> Experiment {
    all().into_iter().find(|of| of.id == id).unwrap()
}

/// A tenth of the requests, with tolerances that are wider by as much as chance is; `tailback validate`
/// runs them whole.
#[test]
fn every_experiment_holds() {
    let mut failed = Vec::new();
    let mut judged = 0;
    for experiment in all() {
        for row in experiment.validate(Effort::Quick).unwrap() {
            judged += usize::from(row.verdict != Verdict::Informative);
            if row.verdict == Verdict::Failed {
                failed.push(told(&row));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(judged > 150, "only {judged} figures");
}

fn told(row: &Row) -> String {
    format!(
        "{} {}: {}: expected {}, measured {:?}",
        row.experiment, row.variant, row.name, row.expected, row.measured
    )
}

fn expectations(of: &Experiment) -> impl Iterator<Item = &Expectation> {
    let own = of.variants.iter().flat_map(|variant| &variant.expect);
    of.expect.iter().chain(own)
}

#[test]
fn files_say_what_they_are_and_expect_something() {
    let shipped = EXPERIMENTS.iter().chain(LATER);
    let all: Vec<Experiment> = shipped.map(|of| of.experiment().unwrap()).collect();
    for of in &all {
        let texts = [&of.id, &of.title, &of.formula, &of.source];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", of.id);
        assert!(expectations(of).count() > 0, "{}", of.id);
        for expectation in expectations(of) {
            let read = Expression::read(&expectation.what);
            assert!(read.is_ok(), "{}: {read:?}", of.id);
        }
        let alike = all.iter().filter(|other| other.id == of.id).count();
        assert_eq!(alike, 1, "{} is there twice", of.id);
    }
}

#[test]
fn a_figure_that_is_off_fails() {
    let mut of = called("R03");
    short(&mut of.run);
    for expectation in &mut of.expect {
        expectation.expected *= 3.0;
    }
    let rows = of.validate(Effort::Full).unwrap();
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().all(|row| row.verdict == Verdict::Failed));
}

fn short(run: &mut Run) {
    run.requests = Some(5_000);
    run.seeds = 2;
}

/// The figures of a run do not hang on how many cores share the seeds, nor on what ran before.
#[test]
fn an_experiment_comes_out_the_same_every_time() {
    let figures = || {
        let mut of = called("R06");
        short(&mut of.run);
        let rows = of.validate(Effort::Full).unwrap();
        rows.iter()
            .map(|row| row.measured.map(f64::to_bits))
            .collect::<Vec<_>>()
    };
    assert_eq!(figures(), figures());
}

/// A crash from second 3 to second 5, which ends by itself or does not.
#[test]
fn a_recovery_is_measured_from_the_run() {
    let measured = |duration: &str| {
        let text = format!(
            r#"{{
                "id": "X", "title": "A crash", "formula": "none", "source": "none",
                "scenario": {{
                    "nodes": {{
                        "users": {{"kind": {{"client": {{"rate": 50, "arrivals": "constant"}}}}}},
                        "a": {{"kind": {{"service": {{"before": {{"constant": "1ms"}}}}}}}}
                    }},
                    "edges": {{"users-a": {{"from": "users", "to": "a"}}}},
                    "faults": [{{"on": "a", "kind": "crash", "start": "3s"{duration}}}]
                }},
                "run": {{
                    "for": "6s", "warmup": "8s", "seeds": 1,
                    "recovery": {{"from": "4s", "window": "2s", "share": 0.95}}
                }},
                "expect": [
                    {{"name": "s", "what": "recovery.s", "expected": 1, "kind": "exact"}},
                    {{"name": "is", "what": "recovery.recovered", "expected": 1, "kind": "exact"}},
                    {{"name": "good", "what": "clients.users.good", "expected": 300, "kind": "exact"}}
                ]
            }}"#
        );
        let rows = Experiment::read(&text).unwrap().validate(Effort::Full);
        let rows = rows.unwrap();
        [0, 1, 2].map(|place: usize| rows[place].measured)
    };
    // Looked for from second 4 on, found at second 5; the figures are those after the warm-up alone.
    assert_eq!(
        measured(r#", "duration": "2s""#),
        [Some(1.0), Some(1.0), Some(300.0)]
    );
    assert_eq!(measured(""), [None, Some(0.0), Some(0.0)]);
}

fn expected(of: &Experiment, variant: &str, name: &str) -> f64 {
    let variant = of.variants.iter().find(|other| other.name == variant);
    let own = variant.map_or(&of.expect, |variant| &variant.expect);
    own.iter()
        .find(|other| other.name == name)
        .unwrap()
        .expected
}

fn same(measured: f64, formula: f64) {
    assert!(
        (measured / formula - 1.0).abs() < 1e-9,
        "{measured} is not {formula}"
    );
}

fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b))
}

#[test]
fn many_threads_are_erlangs_c() {
    let of = called("T01");
    for (variant, c, lambda, mu) in [
        ("10 threads, load 8", 10, 80.0, 10.0),
        ("2 threads, load 1.6", 2, 80.0, 50.0),
        ("5 threads, load 3", 5, 30.0, 10.0),
        ("50 threads, load 45", 50, 450.0, 10.0),
    ] {
        let (servers, load): (f64, f64) = (f64::from(c), lambda / mu);
        let b = erlang_b(c, load);
        let waits = b / (1.0 - load / servers * (1.0 - b));
        let wait = waits / (servers * mu - lambda) * 1e3;
        same(expected(&of, variant, "Wq_ms"), wait);
        same(expected(&of, variant, "W_ms"), wait + 1e3 / mu);
        same(expected(&of, variant, "Lq"), lambda * wait / 1e3);
    }
}

#[test]
fn log_normal_work_is_pollaczek_and_khinchines() {
    let of = called("T02");
    for (variant, rho, cv) in [
        ("cv 0.5, load 0.8", 0.8, 0.5),
        ("cv 1, load 0.7", 0.7, 1.0),
        ("cv 2, load 0.5", 0.5, 2.0),
    ] {
        let wait = rho * 10.0 * (1.0 + cv * cv) / 2.0 / (1.0 - rho);
        same(expected(&of, variant, "Wq_ms"), wait);
    }
}

#[test]
fn other_work_is_pollaczek_and_khinchines() {
    let of = called("T07");
    for (variant, rho, squared_cv) in [
        ("gamma, cv 0.5 (Erlang 4), load 0.8", 0.8, 0.25),
        ("gamma, cv 1 (exponential), load 0.8", 0.8, 1.0),
        ("gamma, cv 2, load 0.5", 0.5, 4.0),
        ("uniform 5 to 15 ms, load 0.8", 0.8, 1.0 / 12.0),
        ("uniform 0 to 20 ms, load 0.7", 0.7, 1.0 / 3.0),
        ("bimodal 5 and 55 ms, load 0.8", 0.8, 0.09 * 25.0),
        ("Pareto, shape 5, load 0.7", 0.7, 1.0 / 15.0),
        ("Pareto, shape 3.5, load 0.5", 0.5, 1.0 / 5.25),
    ] {
        let wait = rho * 10.0 * (1.0 + squared_cv) / 2.0 / (1.0 - rho);
        same(expected(&of, variant, "Wq_ms"), wait);
    }
}

#[test]
fn loss_is_erlangs_b() {
    let of = called("T03");
    for (variant, c, load) in [
        ("1 thread, load 1", 1, 1.0),
        ("5 threads, load 3, log-normal", 5, 3.0),
        ("20 threads, load 16, constant", 20, 16.0),
        ("100 threads, load 110", 100, 110.0),
    ] {
        same(expected(&of, variant, "P_reject"), erlang_b(c, load));
        same(
            expected(&of, variant, "busy_threads"),
            load * (1.0 - erlang_b(c, load)),
        );
    }
}

#[test]
fn constant_arrivals_solve_their_equation() {
    // W = 1 / (mu (1 - sigma)) with sigma = exp(-mu (1 - sigma) / lambda).
    let w = expected(&called("T04"), "", "W_ms") / 1e3;
    let sigma = 1.0 - 1.0 / (100.0 * w);
    same(sigma, (-100.0 * (1.0 - sigma) / 80.0).exp());
}

#[test]
fn a_bounded_queue_is_a_cut_off_geometric_series() {
    let of = called("T05");
    for (variant, k, rho) in [
        ("K 2, load 0.8", 2, 0.8f64),
        ("K 11, load 0.9", 11, 0.9),
        ("K 6, load 2", 6, 2.0),
    ] {
        let full = rho.powi(k) * (1.0 - rho) / (1.0 - rho.powi(k + 1));
        same(expected(&of, variant, "P_reject"), full);
    }
}

#[test]
fn retries_are_a_geometric_series() {
    let of = called("T06");
    for (variant, m, f) in [
        ("2 attempts, 10 % fail", 2, 0.1f64),
        ("5 attempts, 70 % fail", 5, 0.7),
    ] {
        let attempts: f64 = (0..m).map(|n| f.powi(n)).sum();
        same(expected(&of, variant, "attempts_per_request"), attempts);
        same(expected(&of, variant, "success"), 1.0 - f.powi(m));
    }
}
