//! Probes: an overloaded service fails them, is taken out or killed for it, and that makes things worse or better.

use sim::fact::{Fact, Stop};
use sim::outcome::By;
use sim::probe::Which;
use sim::scenario::{Arrivals, Fault, FaultKind, NodeId, NodeKind, Service};
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load};

fn board(rate: u32, settings: &str) -> Scenario {
    let service = format!(r#"{{"memory": {{"limit": null, "restart": "1s"}}, {settings}}}"#);
    let chain = chain(f64::from(rate), &[&service], "");
    let steady = format!(r#""rate": {rate}, "arrivals": "constant""#);
    load(&chain.replace(&format!(r#""rate": {rate}"#), &steady))
}

fn service(board: &mut Scenario) -> &mut Service {
    let found = board
        .nodes
        .values_mut()
        .find_map(|node| match &mut node.kind {
            NodeKind::Service(service) => Some(service),
            NodeKind::Client(_) | NodeKind::Broker(_) => None,
        });
    found.expect("the board has a service")
}

fn on_a(kind: FaultKind) -> Fault {
    Fault {
        on: NodeId::new("a").unwrap().into(),
        kind,
    }
}

/// Kills, starts, and changes of readiness, in milliseconds.
fn story(sim: &mut Simulation, until: f64) -> Vec<String> {
    let mut lines = Vec::new();
    sim.run_watched(at(until), &mut |now, fact| {
        let ms = now.as_nanos() / 1_000_000;
        match fact {
            Fact::Down { replica, why, .. } => lines.push(format!("{ms} #{replica} down {why:?}")),
            Fact::Up { replica, .. } => lines.push(format!("{ms} #{replica} up")),
            Fact::Readiness { replica, ready, .. } => {
                let word = if *ready { "ready" } else { "not ready" };
                lines.push(format!("{ms} #{replica} {word}"));
            }
            _ => {}
        }
    });
    assert_eq!(sim.audit(), Vec::<String>::new());
    lines
}

const EACH_SECOND: &str = r#""on": true, "period": "1s", "timeout": "200ms""#;

#[test]
fn a_healthy_service_answers_every_probe() {
    let probes = format!(r#""readiness": {{{EACH_SECOND}}}, "liveness": {{{EACH_SECOND}}}"#);
    let mut sim = Simulation::new(&board(50, &format!(r#""threads": 4, {probes}"#)));
    assert_eq!(story(&mut sim, 60.0), [""; 0]);
    let service = &sim.report().services[0];
    assert_eq!(
        (service.probes, service.probes_failed, service.unhealthy),
        (120, 0, 0)
    );
    assert_eq!(service.offered, 2_999, "probes are no requests");
}

/// Twice the load it can bear: probes wait behind requests that nobody wants any more.
#[test]
fn a_liveness_probe_kills_an_overloaded_service_again_and_again() {
    let pool = r#""threads": 2, "queue": 100, "before": {"constant": "100ms"}"#;
    let kills = |probe: &str| {
        let board = board(40, &format!(r#"{pool}, "liveness": {{{probe}}}"#));
        let mut sim = Simulation::new(&board);
        let mut kills = 0;
        sim.run_watched(at(300.0), &mut |_, fact| {
            kills += u32::from(matches!(
                fact,
                Fact::Down {
                    why: Stop::Liveness,
                    ..
                }
            ));
        });
        assert_eq!(sim.audit(), Vec::<String>::new());
        let service = &sim.report().services[0];
        assert_eq!(service.unhealthy, u64::from(kills));
        (kills, service.throughput_per_s)
    };
    let (none, alone) = kills("");
    let (many, probed) = kills(EACH_SECOND);
    let (apart, spared) = kills(&format!(r#"{EACH_SECOND}, "apart": true"#));
    assert_eq!((none, apart), (0, 0));
    // Each life is a few seconds; the waits in between double up to five minutes.
    assert!((5..9).contains(&many), "{many}");
    assert!(probed < alone / 2.0, "{probed} of {alone}/s");
    assert!((spared - alone).abs() < 0.1);
}

#[test]
fn a_hang_is_cured_by_a_liveness_probe_that_shares_the_pool() {
    let settings = |apart| {
        format!(
            r#""threads": 2, "queue": 10, "liveness": {{{EACH_SECOND}, "failures": 2, "apart": {apart}}}"#
        )
    };
    let hang = [on_a(FaultKind::Hang)];
    let shared = board(10, &settings(false));
    let mut sim = Simulation::new(&shared);
    sim.run_until(at(10.0));
    sim.adopt(&shared, &hang);
    let lines = story(&mut sim, 30.0);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].ends_with("down Liveness") && lines[1].ends_with("up"),
        "{lines:?}"
    );
    let apart = board(10, &settings(true));
    let mut sim = Simulation::new(&apart);
    sim.run_until(at(10.0));
    sim.adopt(&apart, &hang);
    assert_eq!(
        story(&mut sim, 30.0),
        [""; 0],
        "the thread apart sees nothing"
    );
    // A pause stops the whole process, that thread included.
    sim.adopt(&apart, &[on_a(FaultKind::Pause)]);
    assert!(story(&mut sim, 40.0)[0].ends_with("down Liveness"));
}

#[test]
fn readiness_takes_a_slow_replica_out_and_brings_it_back() {
    let pool = r#""threads": 1, "queue": 20, "before": {"constant": "1ms"}"#;
    let probe = format!(r#""readiness": {{{EACH_SECOND}, "successes": 2}}"#);
    let board = board(10, &format!("{pool}, {probe}"));
    let mut sim = Simulation::new(&board);
    sim.run_until(at(5.0));
    sim.adopt(&board, &[on_a(FaultKind::Hang)]);
    let lines = story(&mut sim, 12.0);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].ends_with("#0 not ready"));
    // Nothing reaches it any more: all is refused, and its threads stay as they are.
    let mut refused = Vec::new();
    sim.run_watched(at(13.0), &mut |_, fact| {
        if let Fact::TurnedAway { by, .. } = fact {
            refused.push(*by);
        }
    });
    assert_eq!(refused, [By::UnreadyService; 10]);
    assert_eq!(sim.frame(0).services[0].unready, 1);
    sim.adopt(&board, &[]);
    let lines = story(&mut sim, 20.0);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].ends_with("#0 ready"));
    let unready = sim.report().services[0].unready;
    assert!((0.2..0.5).contains(&unready), "{unready}");
}

/// Two replicas, each too slow for the whole load, fail one after the other; with a panic threshold the balancer
/// goes on to use what runs.
#[test]
fn readiness_removes_all_replicas_unless_the_balancer_panics() {
    let run = |panic: &str| {
        let settings = format!(
            r#""replicas": 2, "threads": 1, "queue": 100, "before": {{"constant": "40ms"}},
                "readiness": {{{EACH_SECOND}, "failures": 2, "panic": {panic}}}"#
        );
        let mut sim = Simulation::new(&board(55, &settings));
        sim.run_until(at(120.0));
        assert_eq!(sim.audit(), Vec::<String>::new());
        let service = sim.report().services[0].clone();
        let refused = service.refused_by.get("unready_service").copied();
        (refused.unwrap_or(0), service.throughput_per_s)
    };
    let (refused, less) = run("0");
    let (none, more) = run("0.9");
    assert!(refused > 500, "{refused}");
    assert_eq!(none, 0);
    assert!(more > 49.5 && less < 45.0, "{more} {less}");
}

#[test]
fn a_new_replica_is_not_ready_before_it_says_so() {
    let probe = r#""readiness": {"on": true, "period": "1s", "delay": "3s"}"#;
    let mut board = board(10, &format!(r#""threads": 4, {probe}"#));
    let mut sim = Simulation::new(&board);
    sim.run_until(at(5.0));
    service(&mut board).replicas = 2;
    sim.adopt(&board, &[]);
    assert_eq!(story(&mut sim, 9.0), ["8001 #1 ready"]);
    // It goes while it is not ready: nothing is left of that.
    service(&mut board).replicas = 3;
    sim.adopt(&board, &[]);
    sim.run_until(at(10.0));
    service(&mut board).replicas = 2;
    sim.adopt(&board, &[]);
    sim.run_until(at(11.0));
    assert_eq!(
        (sim.audit(), sim.frame(0).services[0].unready),
        (Vec::new(), 0)
    );
}

#[test]
fn probes_are_switched_and_retimed_while_it_runs() {
    let mut board = board(10, r#""threads": 1, "queue": 5"#);
    let mut sim = Simulation::new(&board);
    sim.run_until(at(2.0));
    let of = service(&mut board);
    (of.readiness.on, of.liveness.on) = (true, true);
    of.readiness.period = sim::units::Span::secs(100);
    sim.adopt(&board, &[]);
    sim.run_until(at(3.0));
    service(&mut board).readiness.period = sim::units::Span::secs(2);
    sim.adopt(&board, &[on_a(FaultKind::Hang)]);
    let mut probed = Vec::new();
    sim.run_watched(at(12.0), &mut |now, fact| {
        if let Fact::Probed {
            which: Which::Readiness,
            ok,
            ..
        } = fact
        {
            probed.push((now.as_nanos() / 1_000_000, *ok));
        }
    });
    // The change counts from when it is made. The queue is full by then: refused at once.
    assert_eq!(
        probed,
        [
            (5_000, false),
            (7_000, false),
            (9_000, false),
            (11_000, false)
        ]
    );
    service(&mut board).readiness.on = false;
    service(&mut board).liveness.on = false;
    sim.adopt(&board, &[]);
    let ready =
        |sim: &Simulation| sim.world().server(sim::event::NodeIx(0)).unwrap().replicas[0].ready;
    assert!(ready(&sim));
    sim.run_until(at(40.0));
    assert_eq!(sim.audit(), Vec::<String>::new());
    assert!(story(&mut sim, 60.0).is_empty());
}

/// A probe is one more request in line; the newest is next where requests go last in first out.
#[test]
fn a_probe_has_its_place_in_the_line() {
    let failed = |discipline: &str| {
        let settings = format!(
            r#""threads": 1, "queue": "unbounded", "discipline": "{discipline}", "before": {{"constant": "50ms"}},
                "readiness": {{{EACH_SECOND}, "failures": 100}}"#
        );
        let mut board = board(22, &settings);
        for node in board.nodes.values_mut() {
            if let NodeKind::Client(client) = &mut node.kind {
                client.arrivals = Arrivals::Poisson;
            }
        }
        let mut sim = Simulation::new(&board);
        sim.run_until(at(200.0));
        assert_eq!(sim.audit(), Vec::<String>::new());
        sim.report().services[0].probes_failed
    };
    // Of 200. The line is endless; whoever comes while no newer one does is served at once.
    let (fifo, lifo) = (failed("fifo"), failed("lifo"));
    assert!(fifo > 180 && lifo < 120, "{fifo} {lifo}");
}
