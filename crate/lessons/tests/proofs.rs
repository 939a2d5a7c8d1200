//! The first minute, proven from facts: one slow dependency takes the shop down, one flipped edge saves it.
//!
//! Twenty seeds, at the scenario's rate and ten per cent below and above it. Each run: healthy, then the
//! database slows, then (in half of the runs) the edge is flipped, then the database heals.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test is about some kinds, not about all"
)]

use std::thread;

use lessons::{Act, Preset, guide::FIRST_MINUTE};
use sim::meter::report::Report;
use sim::scenario::{Edit, Fault, FaultKind, Mode, NodeId, NodeKind};
use sim::units::{Ratio, Span, Time};
use sim::{Scenario, Simulation};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;
const RATES: [u64; 3] = [90, 100, 110];

/// Healthy before the fault.
const HEALTHY: u64 = 20;
/// How soon after the fault the front door must suffer, in seconds.
const SOON: u64 = 10;
/// How long the fault is watched on.
const BROKEN: u64 = 20;
/// What the flip may take to show, in seconds: calls under way end as they began.
const SETTLES: u64 = 10;
/// How long the cure is watched.
const CURED: u64 = 30;

fn shop(seed: u64, rate_percent: u64) -> Scenario {
    let mut scenario = Preset::find("shop").unwrap().scenario().unwrap();
    scenario.seed = seed;
    for node in scenario.nodes.values_mut() {
        if let NodeKind::Client(client) = &mut node.kind {
            client.rate = client.rate.times(Ratio::percent(rate_percent));
        }
    }
    scenario
}

fn slow_database() -> Vec<Fault> {
    let act = FIRST_MINUTE.steps.iter().find_map(|step| match step.act {
        Act::Inject(on, kind) => Some((on, kind)),
        _ => None,
    });
    let (on, kind) = act.unwrap();
    assert!(matches!(kind, FaultKind::Slow(_)));
    vec![Fault {
        on: NodeId::new(on).unwrap().into(),
        kind,
    }]
}

fn flip(scenario: &mut Scenario) {
    let act = FIRST_MINUTE.steps.iter().find_map(|step| match step.act {
        Act::Switch(edge, mode) => Some((edge, mode)),
        _ => None,
    });
    let (edge, mode) = act.unwrap();
    let (id, edge) = scenario
        .edges
        .iter()
        .find(|(id, _)| id.as_str() == edge)
        .unwrap();
    let edit = Edit::SetEdge(
        id.clone(),
        sim::scenario::Edge {
            mode,
            ..edge.clone()
        },
    );
    scenario.apply(edit);
}

/// A run whose figures are read stretch by stretch.
struct Watch {
    sim: Simulation,
}

impl Watch {
    fn run(&mut self, secs: u64) -> Report {
        self.sim.restart_figures();
        self.sim.run_until(self.sim.now() + Span::secs(secs));
        assert_eq!(self.sim.audit(), Vec::<String>::new());
        self.sim.report()
    }
}

fn goodput(report: &Report) -> f64 {
    report.clients[0].goodput_share
}

fn refused(report: &Report, id: &str) -> f64 {
    report
        .services
        .iter()
        .find(|s| s.id == id)
        .unwrap()
        .refused_share
}

fn queue(report: &Report) -> &sim::meter::report::QueueReport {
    &report
        .edges
        .iter()
        .find(|e| e.id == "checkout-payments")
        .unwrap()
        .queue
}

fn first_minute(seed: u64, rate: u64) {
    let case = format!("seed {seed}, rate {rate} %");
    let mut scenario = shop(seed, rate);
    let mut watch = Watch {
        sim: Simulation::new(&scenario),
    };

    let healthy = watch.run(HEALTHY);
    assert!(
        goodput(&healthy) >= 0.99,
        "{case}: healthy goodput {}",
        goodput(&healthy)
    );

    watch.sim.adopt(&scenario, &slow_database());
    watch.run(SOON - 2);
    let soon = watch.run(2);
    assert!(
        refused(&soon, "gateway") >= 0.1,
        "{case}: the gateway hardly refuses after {SOON} s"
    );
    let broken = watch.run(BROKEN);
    assert!(
        goodput(&broken) <= 0.5,
        "{case}: goodput under the fault {}",
        goodput(&broken)
    );
    let gateway = broken.services.iter().find(|s| s.id == "gateway").unwrap();
    assert!(
        gateway.waiting > 0.9 * gateway.busy,
        "{case}: the gateway does not merely wait"
    );

    flip(&mut scenario);
    watch.sim.adopt(&scenario, &slow_database());
    watch.run(SETTLES);
    let cured = watch.run(CURED);
    assert!(
        goodput(&cured) >= 0.98,
        "{case}: goodput with the edge flipped {}",
        goodput(&cured)
    );
    assert!(
        refused(&cured, "gateway") == 0.0,
        "{case}: the gateway still refuses"
    );
    assert!(queue(&cured).ready_at_end > 300, "{case}: no queue grows");

    watch.sim.adopt(&scenario, &[]);
    let healed = watch.run(60);
    assert!(
        goodput(&healed) >= 0.99,
        "{case}: goodput after healing {}",
        goodput(&healed)
    );
    assert!(
        queue(&healed).ready_at_end < 20,
        "{case}: the queue does not drain"
    );
    println!(
        "{case}: goodput {:.4} healthy, {:.4} broken, {:.4} flipped, {:.4} healed; {} messages waited",
        goodput(&healthy),
        goodput(&broken),
        goodput(&cured),
        goodput(&healed),
        queue(&cured).ready_at_end
    );
    for report in [&healthy, &broken, &cured, &healed] {
        let client = &report.clients[0];
        assert_eq!(client.effects_lost, 0, "{case}: an effect was lost");
        assert_eq!(
            client.effects_late, 0,
            "{case}: an effect came after its deadline"
        );
        let queue = queue(report);
        assert_eq!(
            queue.dropped + queue.dead_lettered + queue.rejected + queue.removed,
            0,
            "{case}"
        );
    }
}

#[test]
fn the_first_minute_holds_for_every_seed_and_rate() {
    thread::scope(|scope| {
        for rate in RATES {
            scope.spawn(move || {
                for seed in SEEDS {
                    first_minute(seed, rate);
                }
            });
        }
    });
}

/// The tempting wrong cure: with the sync edge nothing comes back while the database stays slow.
#[test]
fn without_the_flip_the_shop_stays_down() {
    for seed in SEEDS {
        let scenario = shop(seed, 100);
        let mut watch = Watch {
            sim: Simulation::new(&scenario),
        };
        watch.run(HEALTHY);
        watch.sim.adopt(&scenario, &slow_database());
        watch.run(SOON);
        let late = watch.run(60);
        assert!(
            goodput(&late) <= 0.5,
            "seed {seed}: goodput {}",
            goodput(&late)
        );
    }
}

/// The shipped file with the edge already flipped rides out the same fault.
#[test]
fn the_decoupled_shop_rides_out_the_fault_and_does_every_payment_in_time() {
    for seed in SEEDS {
        let mut scenario = Preset::find("shop-async").unwrap().scenario().unwrap();
        scenario.seed = seed;
        let edge = scenario
            .edges
            .iter()
            .find(|(id, _)| id.as_str() == "checkout-payments")
            .unwrap()
            .1;
        assert_eq!(edge.mode, Mode::Async);
        let mut sim = Simulation::new(&scenario);
        sim.run_until(Time::ZERO + Span::secs(10));
        sim.adopt(&scenario, &slow_database());
        sim.run_until(Time::ZERO + Span::secs(50));
        sim.adopt(&scenario, &[]);
        sim.run_until(Time::ZERO + Span::secs(120));
        let report = sim.report();
        let client = &report.clients[0];
        assert!(
            client.goodput_share >= 0.98,
            "seed {seed}: {}",
            client.goodput_share
        );
        assert_eq!(
            (client.effects_lost, client.effects_late),
            (0, 0),
            "seed {seed}"
        );
        // Payments that are under way at any time; the backlog of the fault is gone.
        assert!(
            client.effects_pending < 60,
            "seed {seed}: {} pending",
            client.effects_pending
        );
    }
}

/// The cascade climbs: the pools fill in the order in which they wait for each other, and the page says so
/// within ten seconds of the click.
#[test]
fn the_states_change_in_the_order_of_the_causes() {
    for seed in SEEDS {
        let scenario = shop(seed, 100);
        let mut sim = Simulation::new(&scenario);
        sim.run_until(Time::ZERO + Span::secs(10));
        sim.frame(0);
        sim.adopt(&scenario, &slow_database());
        sim.run_until(Time::ZERO + Span::secs(20));
        let changes = sim.frame(0).changes;
        let troubled = |id: &str| {
            let change = changes
                .iter()
                .find(|c| c.id.as_str() == id && c.now.is_trouble());
            change
                .unwrap_or_else(|| panic!("seed {seed}: {id} is well"))
                .at
        };
        let times = ["database", "payments", "checkout", "gateway"].map(troubled);
        assert!(times.is_sorted(), "seed {seed}: {times:?}");
    }
}
