//! Boards for tests, written as scenario files write them.

use sim::units::Time;
use sim::{Scenario, Simulation};

/// A scenario from its file.
pub(crate) fn load(json: &str) -> Scenario {
    Scenario::load(json).unwrap_or_else(|error| panic!("{error}\n{json}"))
}

/// A time in seconds.
pub(crate) fn at(secs: f64) -> Time {
    Time::ZERO + sim::units::Span::from_secs_f64(secs)
}

/// A client, and services in a row that call each other over instant edges with these extra settings.
pub(crate) fn chain(rate: f64, services: &[&str], edge: &str) -> String {
    let names = ["a", "b", "c", "d"];
    let nodes: Vec<String> = services
        .iter()
        .zip(names)
        .map(|(settings, name)| format!(r#""{name}": {{"kind": {{"service": {settings}}}}}"#))
        .collect();
    let mut from = "client";
    let mut edges = Vec::new();
    for to in &names[..services.len()] {
        edges.push(format!(
            r#""{from}-{to}": {{"from": "{from}", "to": "{to}", "latency": {{"constant": "0s"}} {edge}}}"#
        ));
        from = to;
    }
    format!(
        r#"{{"nodes": {{"client": {{"kind": {{"client": {{"rate": {rate}, "deadline": "600s"}}}}}},
            {}}}, "edges": {{{}}}}}"#,
        nodes.join(","),
        edges.join(",")
    )
}

/// Runs a scenario for some seconds with a seed.
pub(crate) fn run(scenario: &Scenario, seed: u64, secs: f64) -> Simulation {
    let mut sim = Simulation::new(&Scenario {
        seed,
        ..scenario.clone()
    });
    sim.run_until(at(secs));
    sim
}
