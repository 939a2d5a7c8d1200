//! Stalls and leaks: hang, pause, delay and leak, line by line; what was under way goes on with what was left.

use sim::fact::{Fact, Stop};
use sim::outcome::Outcome;
use sim::scenario::{Fault, FaultKind, NodeId};
use sim::units::{Bytes, Span};
use sim::{Scenario, Simulation};

use crate::board::{at, chain, load};

/// Requests each 100 ms, work of 30 ms on one thread.
fn board(settings: &str, faults: &str) -> Scenario {
    let service = format!(
        r#"{{"threads": 1, "queue": 2, "before": {{"constant": "30ms"}}, "memory": {{"limit": null}} {settings}}}"#
    );
    let chain = chain(10.0, &[&service], "")
        .replace(r#""rate": 10"#, r#""rate": 10, "arrivals": "constant""#);
    load(&chain.replacen('{', &format!(r#"{{"faults": [{faults}], "#), 1))
}

/// What happened at the service, in milliseconds.
fn story(sim: &mut Simulation, until: f64) -> Vec<String> {
    let mut lines = Vec::new();
    sim.run_watched(at(until), &mut |now, fact| {
        let ms = now.as_nanos() / 1_000_000;
        match fact {
            Fact::Started { .. } => lines.push(format!("{ms} started")),
            Fact::Queued { .. } => lines.push(format!("{ms} queued")),
            Fact::TurnedAway { .. } => lines.push(format!("{ms} refused")),
            Fact::Down { .. } => lines.push(format!("{ms} down")),
            Fact::Up { .. } => lines.push(format!("{ms} up")),
            Fact::Finished { outcome, .. } => {
                let how = if *outcome == Outcome::Ok {
                    "done"
                } else {
                    "failed"
                };
                lines.push(format!("{ms} {how}"));
            }
            _ => {}
        }
    });
    assert_eq!(sim.audit(), Vec::<String>::new());
    lines
}

fn on_a(kind: FaultKind) -> Fault {
    Fault {
        on: NodeId::new("a").unwrap().into(),
        kind,
    }
}

#[test]
fn a_hung_service_takes_what_comes_and_ends_it_once_it_is_free() {
    // 10 ms of the first work are done at 110 ms.
    let hang = r#"{"on": "a", "kind": "hang", "start": "110ms", "duration": "335ms"}"#;
    let mut sim = Simulation::new(&board("", hang));
    assert_eq!(
        story(&mut sim, 0.55),
        [
            "100 started",
            "200 queued",
            "300 queued",
            "400 refused",
            "465 done",
            "465 started",
            "495 done",
            "495 started",
            "500 queued",
            "525 done",
            "525 started",
        ]
    );
}

#[test]
fn a_paused_service_takes_nothing_out_of_its_queue() {
    // The first request finds a free thread that stands still, two more may wait besides.
    let pause = r#"{"on": "a", "kind": "pause", "start": "50ms", "duration": "400ms"}"#;
    let mut sim = Simulation::new(&board("", pause));
    assert_eq!(
        story(&mut sim, 0.52),
        [
            "100 queued",
            "200 queued",
            "300 queued",
            "400 refused",
            "450 started",
            "480 done",
            "480 started",
            "500 queued",
            "510 done",
            "510 started",
        ]
    );
}

#[test]
fn work_goes_on_with_what_was_left_after_each_of_several_pauses() {
    let pauses = r#"{"on": "a", "kind": "pause", "start": "110ms", "duration": "5ms"},
        {"on": "a", "kind": "pause", "start": "120ms", "duration": "7ms"},
        {"on": "a", "kind": "hang", "start": "123ms", "duration": "10ms"}"#;
    let mut sim = Simulation::new(&board("", pauses));
    // The last two are one of 13 ms.
    assert_eq!(story(&mut sim, 0.19), ["100 started", "148 done"]);
}

#[test]
fn a_pause_clicked_off_early_ends_early_and_one_that_stays_is_not_begun_anew() {
    let board = board("", "");
    let pause = [on_a(FaultKind::Pause)];
    let mut sim = Simulation::new(&board);
    sim.run_until(at(0.105));
    sim.adopt(&board, &pause);
    sim.run_until(at(0.110));
    sim.adopt(
        &board,
        &[
            pause[0].clone(),
            on_a(FaultKind::Errors(sim::units::Ratio::ZERO)),
        ],
    );
    sim.run_until(at(0.115));
    sim.adopt(&board, &[]);
    assert_eq!(story(&mut sim, 0.19), ["140 done"]);
}

#[test]
fn what_a_caller_is_told_waits_until_it_goes_on() {
    // Its callee answers at 150 ms, in the middle of the pause.
    let services = [
        r#"{"threads": 1, "before": {"constant": "20ms"}, "memory": {"limit": null}}"#,
        r#"{"threads": 1, "before": {"constant": "30ms"}, "memory": {"limit": null}}"#,
    ];
    for kind in ["pause", "hang"] {
        let chain = chain(10.0, &services, "")
            .replace(r#""rate": 10"#, r#""rate": 10, "arrivals": "constant""#);
        let faults = format!(
            r#"{{"faults": [{{"on": "a", "kind": "{kind}", "start": "130ms", "duration": "55ms"}}], "#
        );
        let mut sim = Simulation::new(&load(&chain.replacen('{', &faults, 1)));
        assert_eq!(
            story(&mut sim, 0.195),
            ["100 started", "120 started", "150 done", "185 done"]
        );
    }
}

#[test]
fn a_restarted_process_is_free_of_the_hang() {
    let faults = r#"{"on": "a", "kind": "hang", "start": "50ms"},
        {"on": "a", "kind": "crash", "start": "150ms", "duration": "10ms"}"#;
    let mut sim = Simulation::new(&board("", faults));
    assert_eq!(
        story(&mut sim, 0.25),
        [
            "100 started",
            "150 down",
            "150 failed",
            "160 up",
            "200 started",
            "230 done"
        ]
    );
}

#[test]
fn a_delay_is_added_once_to_each_request_on_top_of_the_slowness() {
    let faults = r#"{"on": "a", "kind": {"delay": "15ms"}, "start": "0s"},
        {"on": "a", "kind": {"slow": 2}, "start": "150ms"}"#;
    let mut sim = Simulation::new(&board(r#", "after": {"constant": "5ms"}"#, faults));
    assert_eq!(
        story(&mut sim, 0.29),
        ["100 started", "150 done", "200 started", "285 done"]
    );
}

#[test]
fn a_leak_kills_at_the_limit_and_the_restart_frees_it() {
    let service = r#"{"threads": 1, "before": {"constant": "1ms"}, "memory": {"base": "10MiB",
        "per_thread": "0B", "per_request": "0B", "limit": "20MiB", "restart": "1s"}}"#;
    let chain = chain(1.0, &[service], "");
    let leak = r#"{"faults": [{"on": "a", "kind": {"leak": "4MiB"}, "start": "0s"}], "#;
    let mut sim = Simulation::new(&load(&chain.replacen('{', leak, 1)));
    let mut lives = Vec::new();
    sim.run_watched(at(6.5), &mut |now, fact| match fact {
        Fact::Down {
            why: Stop::Memory, ..
        } => lives.push((now.as_nanos() / 1_000_000, "down")),
        Fact::Up { .. } => lives.push((now.as_nanos() / 1_000_000, "up")),
        _ => {}
    });
    // 10 MiB are lost in 25 steps of a tenth of a second; one more is too much. The second life begins with a step.
    assert_eq!(lives, [(2_600, "down"), (3_600, "up"), (6_100, "down")]);
    assert_eq!(sim.audit(), Vec::<String>::new());
}

#[test]
fn what_has_leaked_stays_when_the_leak_is_clicked_off() {
    let board = board("", "");
    let mut sim = Simulation::new(&board);
    let base = 128.0 * 1024.0 * 1024.0;
    sim.adopt(&board, &[on_a(FaultKind::Leak(Bytes::mib(10)))]);
    sim.run_until(at(1.05));
    sim.adopt(&board, &[]);
    sim.run_until(at(1.06));
    sim.frame(0);
    sim.run_until(at(1.08));
    // A tenth of it at each step, and nothing is at work then.
    let leaked = f64::from(sim.frame(0).services[0].memory) - base;
    assert!((leaked - 10.0 * 1024.0 * 1024.0).abs() < 100.0, "{leaked}");
    sim.run_until(at(3.0));
    assert_eq!(
        sim.world().server(sim::event::NodeIx(0)).unwrap().replicas[0].leaked,
        10 << 20
    );
}

#[test]
fn a_leak_by_requests_is_the_number_of_requests() {
    let leak = r#"{"on": "a", "kind": {"leak_per_request": "3KiB"}, "start": "0s"}"#;
    let mut sim = Simulation::new(&board("", leak));
    sim.run_until(at(0.0) + Span::millis(2_050));
    let leaked = sim.world().server(sim::event::NodeIx(0)).unwrap().replicas[0].leaked;
    assert_eq!(leaked, 20 * 3 * 1024);
}
