//! Caches on a board: what a miss, a flush and a crash cost what stands behind.

use sim::{Scenario, Simulation};

use crate::board::{at, load};

/// 100 keys asked for 1,000 times a second, with room for all of them.
fn board(faults: &str, errors: &str) -> Scenario {
    load(&format!(
        r#"{{"nodes": {{
            "c": {{"kind": {{"client": {{"rate": 1000}}}}}},
            "cache": {{"kind": {{"service": {{"role": "cache", "threads": "unbounded", "memory": {{"limit": null}},
                "before": {{"constant": "0s"}}, "cache": {{"population": 100, "skew": 0, "capacity": 100}}}}}}}},
            "store": {{"kind": {{"service": {{"threads": "unbounded", "memory": {{"limit": null}},
                "before": {{"constant": "1ms"}}, "errors": {errors}}}}}}}}},
        "edges": {{"c-cache": {{"from": "c", "to": "cache"}}, "cache-store": {{"from": "cache", "to": "store"}}}},
        "faults": [{faults}]}}"#
    ))
}

/// Misses from second 5 to second 10, when the cache has long been full.
fn misses(faults: &str, errors: &str) -> u64 {
    let mut sim = Simulation::new(&board(faults, errors));
    sim.run_until(at(5.0));
    sim.restart_figures();
    sim.run_until(at(10.0));
    assert_eq!(sim.audit(), Vec::<String>::new());
    let report = sim.report();
    let cache = &report.services[0];
    let asked = report.edges.iter().find(|e| e.id == "cache-store").unwrap();
    assert_eq!(
        cache.lookups - cache.hits,
        asked.calls,
        "each miss is a call"
    );
    asked.calls
}

#[test]
fn a_full_cache_asks_no_more() {
    assert_eq!(misses("", "0"), 0);
}

#[test]
fn a_flush_and_a_crash_make_it_cold() {
    let flush = misses(
        r#"{"on": "cache", "kind": "cache_flush", "start": "6s"}"#,
        "0",
    );
    let crash = misses(
        r#"{"on": "cache", "kind": "crash", "start": "6s", "duration": "100ms"}"#,
        "0",
    );
    for misses in [flush, crash] {
        // Each key once, and a few twice that were asked for again while they were fetched.
        assert!((100..130).contains(&misses), "{misses}");
    }
}

#[test]
fn what_fails_is_not_kept() {
    assert!(misses("", "1") > 4_500);
}
