//! Shedding by criticality: who waits, who makes room, and how far the class of a request travels.

use sim::Simulation;

use crate::board::{at, load, run};
use crate::stories::check;

/// Batch work ten times a second and people four times, on one thread that takes a second; with this shedding.
fn door(queue: u32, shedding: &str) -> String {
    let client = |rate: u32, class: &str| {
        format!(
            r#"{{"kind": {{"client": {{"rate": {rate}, "arrivals": "constant", "deadline": "600s",
                "operations": [{{"name": "{class}", "criticality": "{class}"}}]}}}}}}"#
        )
    };
    format!(
        r#"{{"nodes": {{
            "a": {{"kind": {{"service": {{"threads": 1, "queue": {queue}, "before": {{"constant": "1s"}},
                "memory": {{"limit": null}}, "shed": {{{shedding}}}}}}}}},
            "batch": {}, "people": {}
          }},
          "edges": {{
            "batch-a": {{"from": "batch", "to": "a", "latency": {{"constant": "0s"}}}},
            "people-a": {{"from": "people", "to": "a", "latency": {{"constant": "0s"}}}}
          }}}}"#,
        client(10, "sheddable"),
        client(4, "critical")
    )
}

#[test]
fn what_matters_more_takes_the_place_of_the_newest_that_matters_less() {
    check(
        &door(2, r#""push_out": true"#),
        420,
        "
        100 arrived
        100 sent batch-a #1
        100 started a
        200 arrived
        200 sent batch-a #1
        200 queued a
        250 arrived
        250 sent people-a #1
        250 queued a
        300 arrived
        300 sent batch-a #1
        300 turned away a FullService
        300 answered batch-a Refused(FullService)
        300 replied Refused(FullService) after 0s
        400 arrived
        400 sent batch-a #1
        400 turned away a FullService
        400 answered batch-a Refused(FullService)
        400 replied Refused(FullService) after 0s
    ",
    );
    check(
        &door(1, r#""push_out": true"#),
        280,
        "
        100 arrived
        100 sent batch-a #1
        100 started a
        200 arrived
        200 sent batch-a #1
        200 queued a
        250 arrived
        250 sent people-a #1
        250 turned away a LowPriority
        250 queued a
        250 answered batch-a Refused(LowPriority)
        250 replied Refused(LowPriority) after 50ms
    ",
    );
}

#[test]
fn a_class_fills_its_share_of_the_queue_and_no_more() {
    check(
        &door(4, r#""sheddable": 0.25"#),
        360,
        "
        100 arrived
        100 sent batch-a #1
        100 started a
        200 arrived
        200 sent batch-a #1
        200 queued a
        250 arrived
        250 sent people-a #1
        250 queued a
        300 arrived
        300 sent batch-a #1
        300 turned away a LowPriority
        300 answered batch-a Refused(LowPriority)
        300 replied Refused(LowPriority) after 0s
    ",
    );
}

/// With its defaults nobody asks for the class: whoever comes to a full queue is refused.
#[test]
fn without_it_no_class_matters() {
    let report = run(&load(&door(1, "")), 1, 100.05).report();
    let service = &report.services[0];
    assert_eq!(
        service.refused_by.keys().collect::<Vec<_>>(),
        [&"full_service"]
    );
    assert_eq!(
        service.refused_by_criticality.values().sum::<u64>(),
        service.refused
    );
    assert!(service.refused_by_criticality["critical"] > 0);
}

/// Two services further on, over a retry, a queue and another call, it is still known.
#[test]
fn the_class_travels_with_calls_messages_and_retries() {
    let board = load(
        r#"{"nodes": {
            "users": {"kind": {"client": {"rate": 200, "operations": [
                {"name": "buy"}, {"name": "report", "criticality": "sheddable"}]}}},
            "a": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}},
            "b": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}},
            "c": {"kind": {"service": {"threads": 1, "queue": 8, "before": {"exponential": "8ms"},
                "memory": {"limit": null}, "shed": {"push_out": true}}}}
          },
          "edges": {
            "users-a": {"from": "users", "to": "a"},
            "a-b": {"from": "a", "to": "b", "mode": "async"},
            "b-c": {"from": "b", "to": "c", "policies": [{"retry": {"attempts": 2}}]}
          }}"#,
    );
    let mut sim = Simulation::new(&board);
    sim.run_until(at(30.0));
    let report = sim.report();
    let of = |class| {
        let by = &report.services[2].refused_by_criticality;
        by.get(class).copied().unwrap_or_default()
    };
    assert!(
        of("sheddable") > 1_000 && of("critical") * 20 < of("sheddable"),
        "{:?}",
        report.services[2].refused_by_criticality
    );
    assert!(report.services[2].refused_by["low_priority"] > 0);
    let frame = sim.frame(0);
    let told = frame.services[2].refused_by.iter().map(|(_, n)| n);
    assert_eq!(told.sum::<u64>(), report.services[2].refused);
}

/// Two permits, one of them for people for certain: once batch work has both, people go on one after the other, past
/// batch work that stands before them in the line.
#[test]
fn a_class_with_room_passes_those_in_line_without() {
    let client = |rate: u32, class: &str| {
        format!(
            r#"{{"kind": {{"client": {{"rate": {rate}, "arrivals": "constant", "deadline": "600s",
                "operations": [{{"name": "{class}", "criticality": "{class}"}}]}}}}}}"#
        )
    };
    let service = |work: &str| {
        format!(
            r#"{{"kind": {{"service": {{"threads": "unbounded", "before": {{"constant": "{work}"}}, "memory": {{"limit": null}}}}}}}}"#
        )
    };
    let edge = |from: &str, to: &str, more: &str| {
        format!(
            r#""{from}-{to}": {{"from": "{from}", "to": "{to}", "latency": {{"constant": "0s"}} {more}}}"#
        )
    };
    let board = |on: bool| {
        let limit = format!(
            r#", "policies": [{{"adaptive_limit": {{"algorithm": "aimd", "initial": 2, "least": 2, "most": 2,
                "max_wait": "60s", "share": {{"on": {on}, "critical": 0.5, "sheddable": 0.5}}}}}}]"#
        );
        load(&format!(
            r#"{{"nodes": {{"batch": {}, "people": {}, "a": {}, "b": {}, "c": {}}}, "edges": {{{}, {}, {}, {}}}}}"#,
            client(10, "sheddable"),
            client(16, "critical"),
            service("0s"),
            service("100ms"),
            service("10s"),
            edge("batch", "a", ""),
            edge("people", "a", ""),
            edge("a", "b", &limit),
            edge("b", "c", r#", "operations": ["sheddable"]"#),
        ))
    };
    let answered = |on| {
        let report = run(&board(on), 1, 5.0).report();
        report.clients[1].answered
    };
    // One each 100 ms, from 63 ms on; and two at most before batch work has both permits.
    assert!((47..=50).contains(&answered(true)), "{}", answered(true));
    assert!(answered(false) <= 4, "{}", answered(false));
}

#[test]
fn shares_of_nothing_and_of_too_much_are_told() {
    let hints = |text: &str| -> Vec<String> {
        let hints = load(text).hints().into_iter();
        hints.map(|hint| hint.what).collect()
    };
    let bounded = door(4, r#""push_out": true"#);
    assert_eq!(hints(&bounded), [""; 0]);
    let endless = hints(&bounded.replace(r#""queue": 4"#, r#""queue": "unbounded""#));
    assert!(
        matches!(&endless[..], [what] if what.contains("unbounded")),
        "{endless:?}"
    );
    let shares = |sheddable: f64| {
        let limit = format!(
            r#""latency": {{"constant": "0s"}}, "policies": [{{"adaptive_limit": {{"share": {{"on": true, "sheddable": {sheddable}}}}}}}]"#
        );
        hints(&bounded.replacen(r#""latency": {"constant": "0s"}"#, &limit, 1))
    };
    assert_eq!(shares(0.1), [""; 0]);
    let much = shares(0.2);
    assert!(
        matches!(&much[..], [what] if what.contains("more than 100 %")),
        "{much:?}"
    );
}
