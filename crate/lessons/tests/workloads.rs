//! The workloads are what the harness that times other engines defines: a change here would compare unlike things.

use lessons::workload::{WORKLOADS, Workload};
use sim::dist::Dist;
use sim::policy::{Policy, Timeout};
use sim::scenario::{Arrivals, NodeKind, Service};
use sim::units::{Limit, Rate, Span};
use sim::{Scenario, Simulation, units::Time};

fn workload(slug: &str) -> Scenario {
    Workload::find(slug).unwrap().scenario().unwrap()
}

fn rate(of: &Scenario) -> Rate {
    let mut clients = of.nodes.values().filter_map(|node| {
        if let NodeKind::Client(client) = &node.kind {
            Some(client)
        } else {
            None
        }
    });
    let client = clients.next().unwrap();
    assert_eq!(client.arrivals, Arrivals::Poisson);
    assert!(clients.next().is_none());
    client.rate
}

fn services(of: &Scenario) -> Vec<&Service> {
    of.nodes
        .values()
        .filter_map(|node| {
            if let NodeKind::Service(service) = &node.kind {
                Some(service)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn w1_is_one_thread_and_an_unbounded_queue() {
    let w1 = workload("w1");
    assert_eq!(rate(&w1), Rate::micros(800_000));
    let [a] = services(&w1)[..] else {
        panic!("one service")
    };
    assert_eq!((a.threads, a.queue), (Limit::Of(1), Limit::Unbounded));
    assert_eq!(a.before, Dist::Exponential(Span::secs(1)));
}

#[test]
fn w2_and_w3_are_chains_and_w3_has_timeouts() {
    for slug in ["w2", "w3"] {
        let chain = workload(slug);
        assert_eq!(rate(&chain), Rate::per_sec(1_120));
        let services = services(&chain);
        assert_eq!(services.len(), 5);
        for (place, service) in services.into_iter().enumerate() {
            let mean = Span::micros(if place == 4 { 20_000 } else { 1_250 });
            assert_eq!(service.before, Dist::Exponential(mean));
            assert_eq!(
                (service.threads, service.queue),
                (Limit::Of(32), Limit::Of(100))
            );
        }
        let timeout = |id: &str| {
            let edge = chain
                .edges
                .iter()
                .find(|(of, _)| of.as_str() == id)
                .unwrap()
                .1;
            match &edge.policies[..] {
                [] => None,
                [Policy::Timeout(Timeout { after, .. })] => Some(*after),
                _ => panic!("{id} has other policies"),
            }
        };
        let found = ["users-a", "a-b", "b-c", "c-d", "d-e"].map(timeout);
        let expected = [300, 250, 200, 150, 100].map(|ms| (slug == "w3").then(|| Span::millis(ms)));
        assert_eq!(found, expected);
    }
}

#[test]
fn nothing_else_costs_or_kills() {
    for of in WORKLOADS {
        let scenario = of.scenario().unwrap();
        assert_eq!(scenario.hints(), [], "{}", of.slug);
        for edge in scenario.edges.values() {
            assert_eq!(edge.latency, Dist::Constant(Span::ZERO));
        }
        for service in services(&scenario) {
            assert_eq!(service.memory.limit, None);
            assert_eq!(service.after, Dist::Constant(Span::ZERO));
        }
    }
    let mut w2 = Simulation::new(&workload("w2"));
    w2.run_until(Time::ZERO + Span::secs(30));
    let report = w2.report();
    let last = report.services.last().unwrap();
    assert!(
        (last.utilisation.unwrap() - 0.7).abs() < 0.02,
        "{:?}",
        last.utilisation
    );
}
