//! No setting is ignored: each parameter in the tables makes a difference on some board of the swarm.
//!
//! Nobody writes the witness of a parameter: boards are drawn until one differs once the parameter does, in what
//! happens or in what is reported. Where the parameter alone does nothing, for it may need others beside it, the
//! others of its element are drawn as well.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json, to_value};
use sim::dist::Dist;
use sim::field::{Control, Value};
use sim::policy::{Policy, Timeout};
use sim::rng::Luck;
use sim::scenario::tables::{Place, Row, every};
use sim::scenario::{Arrivals, Fault, FaultKind, NodeKind};
use sim::units::{Bytes, Limit, Rate, Ratio, Span, Time};
use sim::{Scenario, Simulation};

use crate::board::at;
use crate::swarm::Dice;

/// So many boards are drawn for a parameter alone.
const SOME: u64 = 20;
/// So many are drawn with the others of its element before it counts as ignored.
const MOST: u64 = 1_500;

/// A board, the trouble on it, and what comes of it.
struct Witness {
    json: Json,
    faults: Vec<Fault>,
    story: String,
}

fn dice(seed: u64) -> Dice {
    Dice {
        stream: Luck::of_seed(seed).part(2).stream(),
        loops: false,
    }
}

fn witness(seed: u64) -> Witness {
    let mut dice = dice(seed);
    let mut board = dice.board(seed, 5, 7);
    if dice.one_in(2) {
        load(&mut dice, &mut board);
    }
    let faults = dice.faults(&board);
    Witness {
        json: serde_json::from_str(&board.save()).unwrap(),
        story: story(&board, &faults, None),
        faults,
    }
}

/// Makes a board work hard: what only acts under load does nothing elsewhere.
fn load(dice: &mut Dice, board: &mut Scenario) {
    for node in board.nodes.values_mut() {
        match &mut node.kind {
            NodeKind::Client(client) => client.rate = Rate::per_sec(100 + dice.below(100)),
            NodeKind::Service(service) => {
                service.threads = Limit::Of(1 + dice.below(3) as u32);
                service.queue = Limit::Of(20);
                service.before = Dist::Exponential(Span::millis(5 + dice.below(50)));
                service.errors = Ratio::percent(dice.below(3) * 20);
            }
            NodeKind::Broker(broker) => {
                broker.work = Dist::Constant(Span::millis(dice.below(20)));
                broker.memory.limit = Some(Bytes::kib(64));
                broker.memory.per_message = Bytes::kib(8);
                broker.memory.check = Span::millis(100);
            }
        }
    }
    if dice.one_in(2) {
        for edge in board.edges.values_mut() {
            edge.policies.push(Policy::Timeout(Timeout {
                after: Span::millis(20 + dice.below(150)),
                propagate: true,
                ..Timeout::default()
            }));
        }
    }
}

/// Runs up to a time, or for so many thousand events that it is no use to wait for more.
fn run(sim: &mut Simulation, until: Time, thousands: u32) {
    for _ in 0..thousands {
        if sim.run_slice(until, 1_000) {
            break;
        }
    }
}

/// All that happens on a board and all that is said of it.
fn story(board: &Scenario, faults: &[Fault], long: Option<f64>) -> String {
    let mut sim = Simulation::new(board);
    run(&mut sim, at(0.7), 6);
    sim.adopt(board, faults);
    run(&mut sim, at(1.6), 6);
    if let Some(long) = long {
        // Nobody takes what is left lying: it has its time.
        let down = board
            .nodes
            .iter()
            .filter(|(_, node)| matches!(node.kind, NodeKind::Service(_)));
        let down = down.map(|(id, _)| Fault {
            on: id.clone().into(),
            kind: FaultKind::Crash,
        });
        let faults: Vec<Fault> = down.collect();
        let mut silent = board.clone();
        for node in silent.nodes.values_mut() {
            if let NodeKind::Client(client) = &mut node.kind {
                client.rate = Rate::per_sec(0);
                client.arrivals = Arrivals::Poisson;
            }
        }
        sim.adopt(&silent, &faults);
        run(&mut sim, at(long), 60);
    } else {
        sim.adopt(board, &[]);
        run(&mut sim, at(2.5), 6);
    }
    serde_json::to_string(&sim.report()).unwrap()
}

/// The elements of a board that have this parameter, as pointers into its file.
fn places(row: &Row, board: &Json) -> Vec<String> {
    let all = |of: &str| -> Vec<String> {
        let ids = board[of].as_object().into_iter().flatten();
        ids.map(|(id, _)| id.clone()).collect()
    };
    match row.place {
        Place::Node => {
            let mut ids = all("nodes");
            ids.retain(|id| board["nodes"][id]["kind"].get(row.of).is_some());
            ids.iter()
                .map(|id| format!("/nodes/{id}/kind/{}", row.of))
                .collect()
        }
        Place::Edge => all("edges")
            .iter()
            .map(|id| format!("/edges/{id}"))
            .collect(),
        Place::Part => all("edges")
            .iter()
            .map(|id| format!("/edges/{id}/{}", row.of))
            .collect(),
        Place::Policy => {
            let mut found = Vec::new();
            for id in all("edges") {
                let policies = board["edges"][&id]["policies"].as_array();
                for (n, policy) in policies.into_iter().flatten().enumerate() {
                    if policy.get(row.of).is_some() {
                        found.push(format!("/edges/{id}/policies/{n}/{}", row.of));
                    }
                }
            }
            found
        }
    }
}

/// A value as files write it.
fn written(row: &Row, value: &Value) -> Json {
    match value {
        Value::Rate(of) => to_value(of),
        Value::Span(of) => to_value(of),
        Value::Ratio(of) => to_value(of),
        Value::Count(of) => to_value(of),
        Value::Limit(of) => to_value(of),
        Value::Bytes(of) => to_value(of),
        Value::MaybeBytes(of) => to_value(of),
        Value::Flag(of) => to_value(of),
        Value::Choice(place) => to_value(&row.words[*place]),
        Value::Dist(of) => to_value(of),
        Value::MaybeDist(of) => to_value(of),
        Value::Profile(of) => to_value(of),
        Value::Operations(of) => to_value(of),
        Value::Names(of) => to_value(of),
    }
    .unwrap()
}

/// Sets a parameter of the element at a pointer; parts that a file leaves out are made.
fn set(board: &mut Json, place: &str, key: &str, value: Json) {
    let mut at = board;
    for step in place[1..].split('/').chain(key.split('.')) {
        at = match at {
            Json::Array(list) => &mut list[step.parse::<usize>().unwrap()],
            other => {
                if !other.is_object() {
                    *other = json!({});
                }
                &mut other[step]
            }
        };
    }
    *at = value;
}

/// Whether a parameter makes a difference on the board of this seed.
fn acts(row: &Row, seed: u64, witnesses: &mut BTreeMap<u64, Witness>) -> bool {
    let witness = witnesses.entry(seed).or_insert_with(|| witness(seed));
    let mut dice = dice(seed ^ u64::MAX);
    places(row, &witness.json).iter().any(|place| {
        let changed = with(&witness.json, place, row, &mut dice);
        changed.is_some_and(|(_, board)| story(&board, &witness.faults, None) != witness.story)
    })
}

/// The same where the other parameters of its element are drawn too.
fn acts_with_others(
    row: &Row,
    rows: &[Row],
    seed: u64,
    witnesses: &mut BTreeMap<u64, Witness>,
) -> bool {
    let witness = witnesses.entry(seed).or_insert_with(|| witness(seed));
    let mut dice = dice(seed ^ u64::MAX);
    let row_of = row.of;
    places(row, &witness.json).iter().any(|place| {
        let mut json = witness.json.clone();
        if row.place == Place::Part {
            // A part acts while its edge uses it.
            let edge = place.trim_end_matches(row.of).trim_end_matches('/');
            set(&mut json, edge, "mode", json!("async"));
            let brokers = rows
                .iter()
                .find(|row| (row.of, row.key) == ("edge", "broker"));
            if brokers.is_some_and(|row| row.words.iter().any(|word| word == row_of)) {
                set(&mut json, edge, "broker", json!(row_of));
            }
        }
        for other in rows
            .iter()
            .filter(|other| (other.place, other.of) == (row.place, row.of))
        {
            if let Some((with, _)) = with(&json, place, other, &mut dice) {
                json = with;
            }
        }
        if row.key.starts_with("autoscale.") {
            // It acts where there is more to do than its replicas can.
            for (key, value) in [
                ("autoscale.on", json!(true)),
                ("autoscale.max", json!(100)),
                ("autoscale.average", json!(0.1)),
                ("autoscale.sync", json!("200ms")),
                ("autoscale.window", json!("100ms")),
                ("autoscale.delay", json!("0s")),
            ] {
                if key != row.key {
                    set(&mut json, place, key, value);
                }
            }
        }
        let Ok(base) = Scenario::load(&json.to_string()) else {
            return false;
        };
        let long = long(row);
        let told = story(&base, &witness.faults, long);
        (0..3).any(|_| {
            let changed = with(&json, place, row, &mut dice);
            changed.is_some_and(|(_, board)| story(&board, &witness.faults, long) != told)
        })
    })
}

/// How long a story must be for a parameter to act in it, in seconds, where that is longer than usual.
fn long(row: &Row) -> Option<f64> {
    match row.control {
        Control::Span(min, _) if min >= Span::secs(1) => Some(3.0 * min.as_secs_f64()),
        _ => None,
    }
}

/// A board with another value of a parameter; none where the board's check refuses it: that is no setting.
fn with(json: &Json, place: &str, row: &Row, dice: &mut Dice) -> Option<(Json, Scenario)> {
    let mut json = json.clone();
    let value = match row.control {
        // What the swarm draws of long times is mostly the least.
        Control::Span(min, _) if min > Span::ZERO && dice.one_in(2) => {
            Value::Span(min.times(Ratio::whole(2 + dice.below(4))))
        }
        _ => dice.value(&row.control),
    };
    set(&mut json, place, row.key, written(row, &value));
    let board = Scenario::load(&json.to_string()).ok()?;
    Some((json, board))
}

/// Looks for parameters of some places that nothing depends on.
fn search(some: &[Place]) {
    let mut rows = Vec::new();
    every(&mut |row| rows.push(row));
    let mut witnesses = BTreeMap::new();
    let mut ignored = Vec::new();
    for row in rows.iter().filter(|row| some.contains(&row.place)) {
        let acts = (0..SOME).any(|seed| acts(row, seed, &mut witnesses))
            || (0..MOST).any(|seed| acts_with_others(row, &rows, seed, &mut witnesses));
        if !acts {
            ignored.push(row.path());
        }
    }
    assert_eq!(ignored, [""; 0], "nothing depends on these");
}

#[test]
fn every_parameter_of_nodes_and_policies_makes_a_difference() {
    search(&[Place::Node, Place::Policy]);
}

#[test]
fn every_parameter_of_edges_makes_a_difference() {
    search(&[Place::Edge, Place::Part]);
}

/// The search itself: where nothing is changed nothing differs, so that what it finds is the parameter's doing.
#[test]
fn a_board_that_is_not_changed_tells_the_same_story() {
    for seed in 0..20 {
        let of = witness(seed);
        let board = Scenario::load(&of.json.to_string()).unwrap();
        assert_eq!(story(&board, &of.faults, None), of.story);
    }
}
