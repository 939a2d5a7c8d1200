//! The autoscaler: replicas follow a metric, after all its delays.

use sim::fact::Fact;
use sim::scenario::NodeKind;
use sim::units::Rate;
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load};

/// What an autoscaler did, and when: in whole seconds.
fn told(sim: &mut Simulation, until: f64) -> Vec<String> {
    let mut told = Vec::new();
    sim.run_watched(at(until), &mut |now, fact| {
        let secs = now.as_nanos() / 1_000_000_000;
        match fact {
            Fact::Scaled { from, to, .. } => told.push(format!("{secs} {from} to {to}")),
            Fact::Ready { replica, .. } => told.push(format!("{secs} ready #{replica}")),
            Fact::Left { replica, .. } => told.push(format!("{secs} left #{replica}")),
            _ => {}
        }
    });
    assert_eq!(sim.audit(), Vec::<String>::new());
    told
}

/// Requests at even intervals, twice as many from second 60 to second 180, to services in a row.
fn doubled(rate: f64, services: &[&str]) -> Scenario {
    let plain = format!(r#""rate": {rate}"#);
    let profile = r#"{"spike": {"at": "60s", "lasts": "120s", "factor": 2}}"#;
    let spiky = format!(r#"{plain}, "arrivals": "constant", "profile": {profile}"#);
    load(&chain(rate, services, "").replace(&plain, &spiky))
}

#[test]
fn a_doubled_load_doubles_the_replicas_after_the_delays() {
    // 32 a second for 50 ms are 1.6 threads of 4: 40 %, just the target.
    let service = r#"{"threads": 4, "before": {"constant": "50ms"},
        "autoscale": {"on": true, "utilization": 0.4}}"#;
    let mut sim = Simulation::new(&doubled(32.0, &[service]));
    assert_eq!(
        told(&mut sim, 600.0),
        // Read over 15 s, acted on at once, started up in 30 s. The last recommendation of two is that of 180 s: it
        // counts until 480 s.
        ["75 1 to 2", "105 ready #1", "480 2 to 1", "480 left #1"]
    );
    let service = &sim.report().services[0];
    assert_eq!((service.scaled_up, service.scaled_down), (1, 1));
    let frame = &sim.frame(0).services[0];
    assert_eq!((frame.wanted, frame.starting), (Some(1), 0));
}

#[test]
fn metrics_that_come_late_make_it_late() {
    let service = r#"{"threads": 4, "before": {"constant": "50ms"},
        "autoscale": {"on": true, "utilization": 0.4, "delay": "20s", "down_window": "60s", "startup": "0s"}}"#;
    let mut sim = Simulation::new(&doubled(32.0, &[service]));
    // The reading of 75 s counts at 105 s; that of 180 s, the last of a doubled load, at 210 s.
    assert_eq!(
        told(&mut sim, 600.0),
        ["105 1 to 2", "270 2 to 1", "270 left #1"]
    );
}

/// The point of it: threads that wait use no CPU.
#[test]
fn cpu_does_not_scale_a_service_whose_threads_wait() {
    let by = |metric: &str| {
        // Twenty a second, each of which waits a second: its eight threads are all busy, with nothing to do.
        let front = format!(
            r#"{{"threads": 8, "replicas": 2, "before": {{"constant": "5ms"}},
                "autoscale": {{"on": true, "metric": "{metric}", "average": 5, "down_window": "60s"}}}}"#
        );
        let slow =
            r#"{"threads": "unbounded", "before": {"constant": "1s"}, "memory": {"limit": null}}"#;
        let mut sim = Simulation::new(&doubled(20.0, &[&front, slow]));
        let told = told(&mut sim, 61.0);
        sim.restart_figures();
        sim.run_until(at(90.0));
        (told, sim.report().services[0].clone())
    };
    let (told, service) = by("cpu");
    // It even takes one away, for its CPU is idle; what comes is refused.
    assert_eq!(told, ["60 2 to 1"]);
    assert!(service.refused_share > 0.5, "{}", service.refused_share);
    assert!(service.working < 0.1 && service.waiting > 7.9);
    let (told, service) = by("concurrency");
    assert_eq!(told[..3], ["15 2 to 6", "30 6 to 10", "45 ready #2"]);
    assert_eq!((service.refused, service.running_at_end), (0, 10));
}

#[test]
fn a_backlog_scales_its_consumer() {
    let service = r#"{"threads": 1, "before": {"constant": "100ms"}, "memory": {"limit": null},
        "autoscale": {"on": true, "metric": "backlog", "average": 60, "startup": "5s"}}"#;
    let board = load(
        &chain(20.0, &[service], r#", "mode": "async""#)
            .replace(r#""rate": 20"#, r#""rate": 20, "arrivals": "constant""#),
    );
    let mut sim = Simulation::new(&board);
    // Ten a second too many: at 15 s there are 140 ready beside ten prefetched, for which three would do.
    let first = told(&mut sim, 21.0);
    assert_eq!(first, ["15 1 to 3", "20 ready #1", "20 ready #2"]);
    sim.run_until(at(120.0));
    assert!(sim.report().edges[0].queue.ready_at_end < 60);
}

#[test]
fn bounds_and_switches_act_live_and_lose_nothing() {
    let service = r#"{"threads": 4, "replicas": 3, "queue": "unbounded", "before": {"exponential": "50ms"},
        "memory": {"limit": null}, "autoscale": {"on": true, "utilization": 0.5, "sync": "5s", "window": "5s",
        "startup": "2s", "down_window": "10s", "min": 1}}"#;
    let mut board = load(&chain(80.0, &[service], ""));
    let mut sim = Simulation::new(&board);
    let mut edit = |sim: &mut Simulation, with: &dyn Fn(&mut sim::scenario::Service)| {
        for node in board.nodes.values_mut() {
            if let NodeKind::Service(service) = &mut node.kind {
                with(service);
            }
        }
        sim.adopt(&board, &[]);
        assert_eq!(sim.audit(), Vec::<String>::new());
    };
    let count = |sim: &Simulation| {
        let server = sim
            .world()
            .server(sim::event::NodeIx(1))
            .or_else(|| sim.world().server(sim::event::NodeIx(0)));
        server.map_or(0, |s| s.replicas.iter().filter(|r| !r.draining).count())
    };
    sim.run_until(at(7.0));
    edit(&mut sim, &|service| service.autoscale.min = 6);
    // Counted anew from the edit.
    assert_eq!(told(&mut sim, 12.5), ["12 3 to 6"]);
    edit(&mut sim, &|service| service.autoscale.max = 4);
    edit(&mut sim, &|service| service.autoscale.min = 1);
    sim.run_until(at(60.0));
    assert!((2..=4).contains(&count(&sim)), "{}", count(&sim));
    // Something else about the service: the autoscaler goes on from where it is.
    let before = count(&sim);
    edit(&mut sim, &|service| {
        service.errors = sim::units::Ratio::percent(1);
    });
    assert_eq!(count(&sim), before);
    // Without it there are as many as the settings say.
    edit(&mut sim, &|service| service.autoscale.on = false);
    assert_eq!(count(&sim), 3);
    edit(&mut sim, &|service| service.autoscale.on = true);
    sim.run_until(at(90.0));
    for node in board.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.rate = Rate::per_sec(0);
        }
    }
    sim.adopt(&board, &[]);
    sim.run_until(at(120.0));
    assert_eq!((sim.under_way(), count(&sim)), (0, 1));
}

/// New replicas are given no work before they are ready, and one that is killed while it starts up stays away.
#[test]
fn a_crash_while_replicas_start_up_does_no_harm() {
    let service = r#"{"threads": 4, "before": {"constant": "50ms"},
        "autoscale": {"on": true, "utilization": 0.4}}"#;
    let mut board = doubled(32.0, &[service]);
    board.faults = serde_json::from_str(
        r#"[{"on": "a", "kind": "crash", "start": "90s", "duration": "40s"}]"#,
    )
    .unwrap();
    let mut sim = Simulation::new(&board);
    let told = told(&mut sim, 200.0);
    assert_eq!(told.first().map(String::as_str), Some("75 1 to 2"));
    assert!(!told.iter().any(|line| line.contains("ready")), "{told:?}");
    let server = sim.world().server(sim::event::NodeIx(0)).unwrap();
    assert!(
        server
            .replicas
            .iter()
            .all(sim::simulation::replica::Replica::up)
    );
}
