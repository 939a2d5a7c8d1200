//! A trial of the swarm: a board and its edits as plain data, so that a failure can be made small and kept as files.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::{Value as Json, json};
use sim::scenario::{Arrivals, Fault, NodeKind};
use sim::units::{Limit, Rate, Ratio, Span};
use sim::{Scenario, Simulation};

use crate::board::at;
use crate::swarm::Dice;

/// How long a board stands before the next one takes its place, in seconds.
const STAGE: f64 = 0.4;
/// At most so many smaller trials are tried.
const TRIES: u32 = 3_000;

/// A board that is exchanged while it runs.
pub struct Trial {
    /// The boards, one after the other, each with the faults that are clicked when it comes.
    pub stages: Vec<(Scenario, Vec<Fault>)>,
    /// Whether everything must have come to an end once the clients are silent.
    pub rests: bool,
}

impl Trial {
    /// A random one: a board, edited six times.
    pub fn drawn(dice: &mut Dice, board: Scenario) -> Trial {
        let mut stages = vec![(board, Vec::new())];
        for _ in 0..6 {
            let mut board = stages[stages.len() - 1].0.clone();
            for _ in 0..dice.below(4) {
                dice.edit(&mut board);
            }
            let faults = dice.faults(&board);
            stages.push((board, faults));
        }
        let rests = !dice.loops;
        Trial { stages, rests }
    }

    /// Runs it; what was found wrong, a panic included.
    pub fn run(&self) -> Result<(), String> {
        catch_unwind(AssertUnwindSafe(|| self.go())).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            Err(format!("panic: {}", text.unwrap_or_default()))
        })
    }

    fn go(&self) -> Result<(), String> {
        let Some((first, faults)) = self.stages.first() else {
            return Ok(());
        };
        let mut sim = Simulation::new(first);
        sim.adopt(first, faults);
        let mut last = first;
        for (stage, (board, _)) in self.stages.iter().enumerate() {
            if !board.problems().is_empty() {
                return Err("an edit broke the board".into());
            }
            if Scenario::load(&board.save()).as_ref() != Ok(board) {
                return Err("it is not what was saved".into());
            }
            if stage > 0 {
                sim.adopt(board, &self.stages[stage].1);
                audit(&sim)?;
            }
            // Every event is audited at first, then every few: a fault that shows only later still shows.
            let until = at((stage + 1) as f64 * STAGE);
            let mut events = 0;
            while !sim.run_slice(until, if events < 150 { 1 } else { 40 }) {
                events += 1;
                audit(&sim)?;
            }
            last = board;
        }
        sim.adopt(&silent(last), &[]);
        sim.run_until(at(if self.rests { 2_000.0 } else { 5.0 }));
        audit(&sim)?;
        match sim.under_way() {
            left if left > 0 && self.rests => Err(format!("{left} requests never come to rest")),
            _ => Ok(()),
        }
    }

    fn written(&self) -> Json {
        let stages = self.stages.iter().map(|(board, faults)| {
            let board: Json = serde_json::from_str(&board.save()).unwrap_or_default();
            json!({ "board": board, "faults": faults })
        });
        stages.collect()
    }

    /// Reads what was written; none where that is no trial any more.
    fn read(json: &Json, rests: bool) -> Option<Trial> {
        let stage = |stage: &Json| {
            let board = Scenario::load(&stage.get("board")?.to_string()).ok()?;
            let faults = stage.get("faults").cloned().unwrap_or(json!([]));
            Some((board, serde_json::from_value(faults).ok()?))
        };
        let stages = json.as_array()?.iter().map(stage).collect::<Option<_>>()?;
        Some(Trial { stages, rests })
    }

    /// Runs it; if it fails it is made small, written down as scenario files, and told.
    ///
    /// # Panics
    /// If it fails.
    pub fn check(&self, seed: u64) {
        let Err(found) = self.run() else { return };
        let mut why = found.clone();
        let small = shrink(self.written(), &mut |json| {
            let failed = Trial::read(json, self.rests).and_then(|trial| trial.run().err());
            if let Some(found) = &failed {
                why.clone_from(found);
            }
            failed.is_some()
        });
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let mut files = Vec::new();
        for (n, stage) in small.as_array().into_iter().flatten().enumerate() {
            let file = folder.join(format!("swarm-{seed}-{n}.json"));
            let text = serde_json::to_string_pretty(&stage["board"]).unwrap_or_default();
            let told = fs::write(&file, text)
                .map_or_else(|error| error.to_string(), |()| file.display().to_string());
            files.push(told);
        }
        panic!(
            "seed {seed}: {found}\nsmaller: {why}\n{small:#}\none scenario file for each {STAGE} s: {}",
            files.join(", ")
        );
    }
}

/// What does not add up.
fn audit(sim: &Simulation) -> Result<(), String> {
    let found = sim.audit();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join("; "))
    }
}

/// A board on which all must come to an end.
fn silent(board: &Scenario) -> Scenario {
    let mut board = board.clone();
    for node in board.nodes.values_mut() {
        match &mut node.kind {
            NodeKind::Client(client) => {
                client.rate = Rate::per_sec(0);
                client.arrivals = Arrivals::Poisson;
            }
            NodeKind::Service(service) => {
                service.memory.limit = None;
                // Of a long rest most would be autoscalers that find nothing to do.
                service.autoscale.sync = Span::secs(60);
                service.autoscale.window = Span::secs(60);
            }
            // A consumer that publishes to the broker it consumes from waits for ever for the end of an alarm that only
            // its acks could end, in life too.
            NodeKind::Broker(broker) => broker.memory.limit = None,
        }
    }
    // What always fails would be delivered for ever.
    for edge in board.edges.values_mut() {
        edge.queue.delivery_limit = Limit::Of(3);
        edge.bus.max_receive_count = Limit::Of(3);
        edge.bus.attempts = Limit::Of(3);
        edge.log.attempts = Limit::Of(3);
        // Who polls too late reads the same again for ever; and a group waits for the dead.
        edge.log.max_poll_interval = Span::secs(3_600);
        edge.log.session_timeout = Span::secs(45);
        edge.log.heartbeat_interval = Span::secs(3);
        // What a queue refuses for ever, an outbox would publish for ever.
        edge.queue.max_length = Limit::Unbounded;
        // What is lost already is given up after a quarter of an hour; that is enough of waiting.
        (edge.loss, edge.loss_back) = (Ratio::ZERO, Ratio::ZERO);
    }
    board.faults.clear();
    board
}

/// The same with less in it, as long as it fails: whatever can be left out of a list or an object is, the large
/// things first.
fn shrink(mut json: Json, fails: &mut dyn FnMut(&Json) -> bool) -> Json {
    let mut tries = TRIES;
    loop {
        let (mut smaller, mut n) = (false, 0);
        loop {
            let mut places = Vec::new();
            collect(&json, "", &mut places);
            places.sort_by_key(|place| place.matches('/').count());
            let Some(place) = places.get(n).filter(|_| tries > 0) else {
                break;
            };
            tries -= 1;
            let mut less = json.clone();
            leave_out(&mut less, place);
            if fails(&less) {
                (json, smaller) = (less, true);
            } else {
                n += 1;
            }
        }
        if !smaller || tries == 0 {
            return json;
        }
    }
}

/// The places of everything that is in a list or an object, as pointers.
fn collect(json: &Json, at: &str, places: &mut Vec<String>) {
    let mut into = |key: String, part: &Json| {
        let place = format!("{at}/{key}");
        places.push(place.clone());
        collect(part, &place, places);
    };
    match json {
        Json::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(n, part)| into(n.to_string(), part)),
        Json::Object(map) => map.iter().for_each(|(key, part)| into(key.clone(), part)),
        _ => {}
    }
}

/// Takes out what stands at a place.
fn leave_out(json: &mut Json, place: &str) {
    let Some((at, key)) = place.rsplit_once('/') else {
        return;
    };
    match (json.pointer_mut(at), key.parse()) {
        (Some(Json::Array(list)), Ok(n)) => {
            list.remove(n);
        }
        (Some(Json::Object(map)), _) => {
            map.remove(key);
        }
        _ => {}
    }
}

/// A fault of the engine made up for this test: it fails where a retry leads to a single thread.
#[test]
fn a_failure_is_made_small() {
    let fails = |json: &Json| {
        Trial::read(json, true).is_some_and(|trial| {
            trial.stages.iter().any(|(board, _)| {
                board.edges.values().any(|edge| {
                    let single = board.nodes.get(&edge.to).is_some_and(|node| {
                        matches!(&node.kind, NodeKind::Service(service) if service.threads == Limit::Of(1))
                    });
                    single && edge.policies.iter().any(|policy| policy.key() == "retry")
                })
            })
        })
    };
    let mut dice = Dice {
        stream: sim::rng::Luck::of_seed(5).stream(),
        loops: false,
    };
    let found = (0..200).find_map(|seed| {
        let board = dice.board(seed, 6, 10);
        let trial = Trial::drawn(&mut dice, board).written();
        fails(&trial).then_some(trial)
    });
    let small = shrink(found.expect("one of the trials has it"), &mut |json| {
        fails(json)
    });
    let stages = small.as_array().expect("stages");
    assert_eq!(stages.len(), 1, "{small:#}");
    let board = &stages[0]["board"];
    assert_eq!(
        board["edges"].as_object().map(serde_json::Map::len),
        Some(1),
        "{small:#}"
    );
    // The edge needs both of its ends.
    assert_eq!(
        board["nodes"].as_object().map(serde_json::Map::len),
        Some(2),
        "{small:#}"
    );
    assert!(small.to_string().len() < 260, "{small:#}");
}
