//! Promises: what the line under each shipped scenario says happens, under several seeds, counted from facts.
//! The first minute of the shop has a proof of its own.

use std::thread;

use lessons::Preset;
use sim::meter::report::{ClientReport, EdgeReport, Report, ServiceReport};
use sim::policy::Policy;
use sim::scenario::NodeId;
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

/// Runs a scenario once per seed and hands over the figures of these stretches, in seconds.
fn watch<const N: usize>(
    scenario: &Scenario,
    stretches: [(u64, u64); N],
    judge: impl Fn(&str, [Report; N]) + Sync,
) {
    let judge = &judge;
    thread::scope(|scope| {
        for seed in 1..=8 {
            scope.spawn(move || {
                let scenario = Scenario {
                    seed,
                    ..scenario.clone()
                };
                let mut sim = Simulation::new(&scenario);
                let reports = stretches.map(|(from, to)| {
                    sim.run_until(Time::ZERO + Span::secs(from));
                    sim.restart_figures();
                    sim.run_until(Time::ZERO + Span::secs(to));
                    assert_eq!(sim.audit(), Vec::<String>::new());
                    sim.report()
                });
                judge(&format!("{}, seed {seed}", scenario.name), reports);
            });
        }
    });
}

fn preset(slug: &str) -> Scenario {
    Preset::find(slug).unwrap().scenario().unwrap()
}

fn client<'a>(report: &'a Report, id: &str) -> &'a ClientReport {
    report.clients.iter().find(|c| c.id == id).unwrap()
}

fn service<'a>(report: &'a Report, id: &str) -> &'a ServiceReport {
    report.services.iter().find(|s| s.id == id).unwrap()
}

fn edge<'a>(report: &'a Report, id: &str) -> &'a EdgeReport {
    report.edges.iter().find(|e| e.id == id).unwrap()
}

#[test]
fn a_retry_storm_outlives_its_cause_and_comes_of_the_retries_alone() {
    let storm = preset("retry-storm");
    watch(&storm, [(5, 20), (60, 90)], |case, [before, after]| {
        assert!(client(&before, "users").goodput_share > 0.97, "{case}");
        let later = client(&after, "users").goodput_share;
        assert!(
            later < 0.2,
            "{case}: goodput {later} half a minute after the fault"
        );
        assert!(
            edge(&after, "orders-database").amplification > Some(2.0),
            "{case}"
        );
    });
    let mut calm = storm;
    for edge in calm.edges.values_mut() {
        edge.policies
            .retain(|policy| !matches!(policy, Policy::Retry(_)));
    }
    watch(&calm, [(40, 60)], |case, [after]| {
        let later = client(&after, "users").goodput_share;
        assert!(later > 0.97, "{case}: goodput {later} without retries");
    });
}

#[test]
fn an_emptied_cache_drowns_the_database_behind_it() {
    watch(
        &preset("cache-stampede"),
        [(5, 20), (20, 28)],
        |case, [warm, cold]| {
            assert!(client(&warm, "readers").goodput_share > 0.98, "{case}");
            assert!(service(&warm, "cache").hit_rate > Some(0.9), "{case}");
            let drowned = client(&cold, "readers").goodput_share;
            assert!(
                drowned < 0.5,
                "{case}: goodput {drowned} with an empty cache"
            );
            assert!(
                service(&cold, "database").utilisation > Some(0.95),
                "{case}"
            );
        },
    );
}

#[test]
fn a_queue_absorbs_the_spike_that_a_call_turns_away() {
    watch(
        &preset("spike"),
        [(5, 20), (20, 32), (80, 90)],
        |case, [calm, spike, later]| {
            for id in ["buyers", "buyers-queue"] {
                assert!(client(&calm, id).goodput_share > 0.97, "{case}: {id}");
                assert!(client(&later, id).goodput_share > 0.97, "{case}: {id}");
            }
            let turned_away = 1.0 - client(&spike, "buyers").goodput_share;
            assert!(turned_away > 0.3, "{case}: {turned_away} turned away");
            assert_eq!(client(&spike, "buyers-queue").refused, 0, "{case}");
            assert!(
                client(&spike, "buyers-queue").goodput_share > 0.99,
                "{case}"
            );
            assert!(
                edge(&spike, "shop-orders-queue").queue.ready_at_end > 500,
                "{case}"
            );
            let left = edge(&later, "shop-orders-queue").queue.ready_at_end;
            assert!(left < 40, "{case}: {left} still in the queue");
            assert_eq!(client(&later, "buyers-queue").effects_lost, 0, "{case}");
        },
    );
}

#[test]
fn a_fan_out_makes_the_rare_slow_answer_common_and_a_hedge_mends_it() {
    watch(&preset("fan-out"), [(5, 65)], |case, [report]| {
        let [plain, hedged] = ["readers", "hedgers"].map(|id| client(&report, id).goodput_share);
        // 0.99 to the power of 40.
        assert!((0.62..0.72).contains(&plain), "{case}: {plain} in time");
        assert!(hedged > 0.98, "{case}: {hedged} in time with hedges");
        let cost = edge(&report, "search-shards-hedged").amplification;
        assert!(cost < Some(1.03), "{case}: {cost:?} attempts a call");
    });
}

#[test]
fn a_slow_reader_of_a_log_lags_alone_and_catches_up() {
    watch(
        &preset("log-lag"),
        [(5, 20), (20, 40), (80, 90)],
        |case, [before, slow, after]| {
            for report in [&before, &slow, &after] {
                assert!(client(report, "visitors").goodput_share > 0.98, "{case}");
                assert!(
                    edge(report, "tracker-dashboard").queue.ready_at_end < 200,
                    "{case}"
                );
            }
            let lag = edge(&slow, "tracker-archive").queue.ready_at_end;
            assert!(lag > 400, "{case}: a lag of {lag}");
            let left = edge(&after, "tracker-archive").queue.ready_at_end;
            assert!(left < 200, "{case}: a lag of {left} when all is well again");
        },
    );
}

#[test]
fn an_autoscaler_comes_too_late_for_a_step_and_then_carries_it() {
    watch(
        &preset("autoscaler"),
        [(5, 30), (32, 52), (180, 210)],
        |case, [calm, late, scaled]| {
            assert!(client(&calm, "users").goodput_share > 0.97, "{case}");
            let refused = service(&late, "api").refused_share;
            assert!(refused > 0.2, "{case}: {refused} refused");
            assert!(client(&scaled, "users").goodput_share > 0.97, "{case}");
            assert!(
                service(&scaled, "api").running > service(&late, "api").running + 1.0,
                "{case}"
            );
        },
    );
}

#[test]
fn every_name_in_the_files_is_one_on_the_board() {
    for preset in lessons::PRESETS {
        let scenario = preset.scenario().unwrap();
        for fault in &scenario.faults {
            assert!(scenario.befalls(&fault.on, fault.kind), "{}", preset.slug);
        }
        let named = |id: &NodeId| !scenario.nodes[id].name.is_empty();
        assert!(
            scenario.nodes.keys().all(named),
            "{}: a node without a name",
            preset.slug
        );
    }
}
