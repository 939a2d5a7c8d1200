//! The story in words: the same on the screen and in the terminal.

use super::kind::{Guard, Sustains, What, Why};
use super::{Advice, Chapter};
use crate::outcome::By;
use crate::scenario::{EdgeId, NodeId, NodeKind, Scenario, Target};
use crate::words::{count, memory, per_second, rough, seconds, share};

/// The name of the place of a chapter: "Database", or "Payments → Database".
pub fn told(scenario: &Scenario, place: &Target) -> String {
    match place {
        Target::Node(id) => scenario.node_name(id).to_owned(),
        Target::Edge(id) => scenario.edge_name(id),
    }
}

/// What a chapter says, after the name of its place.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a kind: the list is the point"
)]
pub fn said(scenario: &Scenario, chapter: &Chapter) -> String {
    let callee = || callee(scenario, chapter.via.as_ref());
    match &chapter.what {
        What::Traffic { times, rate, usual } => format!(
            "sends {} times as many requests: {} instead of {}",
            factor(*times),
            per(*rate),
            per(*usual)
        ),
        What::Slow {
            times,
            takes,
            usual,
        } => {
            let broker = matches!(kind(scenario, &chapter.place), Some(NodeKind::Broker(_)));
            let what = if broker {
                "takes messages in"
            } else {
                "answers"
            };
            format!(
                "{what} {} times slower: its work takes {} instead of {}",
                factor(*times),
                secs(*takes),
                secs(*usual)
            )
        }
        What::Stuck { busy } if *busy < 0.5 => {
            "has stopped: nothing is done with what waits".into()
        }
        What::Stuck { busy } => format!(
            "has stopped answering: {} are stuck in its work",
            many(scenario, &chapter.place, *busy)
        ),
        What::Errors { share } => format!("fails by itself: {} of its work", part(*share)),
        What::Down {
            running,
            of,
            stops,
            why,
        } => down(*running, *of, *stops, *why),
        What::Unready { unready, of } => {
            format!("{unready} of {of} replicas are not ready: they get no requests")
        }
        What::Leak { held, limit } if *limit <= 0.0 => {
            format!("leaks memory: it holds {}", memory(f64::from(*held)))
        }
        What::Leak { held, limit } => format!(
            "leaks memory: it holds {} of {}",
            memory(f64::from(*held)),
            memory(f64::from(*limit))
        ),
        What::Garbage { share, held, limit } => format!(
            "is slowed by garbage collection: {} of its work, with {} of {} held",
            part(*share),
            memory(f64::from(*held)),
            memory(f64::from(*limit))
        ),
        What::ColdCache { hits, usual } => format!(
            "finds {} of what it is asked, {} before",
            part(*hits),
            part(*usual)
        ),
        What::Full {
            busy, of, waiting, ..
        } => {
            let pool = format!(
                "full: {} of {}",
                whole(busy.min(*of)),
                many(scenario, &chapter.place, *of)
            );
            if *waiting >= 0.5 && chapter.via.is_some() {
                format!("{pool}, {} waiting on {}", whole(*waiting), callee())
            } else {
                format!("{pool}, all at work")
            }
        }
        What::SmallPool { of, waiting, .. } => format!(
            "has too few: all {} are busy, {} waiting on {}, which is well",
            many(scenario, &chapter.place, *of),
            whole(*waiting),
            callee()
        ),
        What::Overload { of, comes, done } => format!(
            "gets more than it can do: {} come, {} are done by all {}",
            per(*comes),
            per(*done),
            many(scenario, &chapter.place, *of)
        ),
        What::Refusing { share, front } => format!(
            "refuses {} of what comes{}",
            part(*share),
            if *front { ", at the front door" } else { "" }
        ),
        What::Failing { share } if chapter.via.is_some() => format!(
            "fails {} of its work: its calls to {} fail",
            part(*share),
            callee()
        ),
        What::Failing { share } => format!("fails {} of its work: its calls fail", part(*share)),
        What::Starved { share } => format!(
            "gets {} of its usual load: its callers are stuck",
            part(*share)
        ),
        What::Network { longer } => format!("the way takes {} longer", secs(*longer)),
        What::Held { count } => {
            format!("nothing comes through: {} are on their way", whole(*count))
        }
        What::Loss { share } => format!("{} of what is sent is lost on its way", part(*share)),
        What::CutOff => "cut off: all that is sent is lost".into(),
        What::Permits { waiting, guard } => {
            let waiting = whole(*waiting);
            match guard {
                Guard::Pool(size) => format!("{waiting} calls wait for one of {size} connections"),
                Guard::Bulkhead(size) => {
                    format!("{waiting} calls wait for one of {size} places in the bulkhead")
                }
                Guard::Limit => format!("{waiting} calls wait until the limit lets them out"),
            }
        }
        What::Barred { share, by } => {
            format!("{}: {} of calls are not sent", guard(*by), part(*share))
        }
        What::Backlog {
            waiting,
            comes,
            done,
            lag,
        } => format!(
            "the {} grows: {} wait; {} come, {} are done",
            if *lag { "lag" } else { "queue" },
            whole(*waiting),
            per(*comes),
            per(*done)
        ),
        What::QueueFull { share } => {
            format!("the queue is full: {} turned back or dropped", part(*share))
        }
        What::GivenUp { count } => format!("{} messages are given up", whole(*count)),
        What::Redelivered { share } => format!("{} of the deliveries are repeated", part(*share)),
        What::Twice { share } => format!("{} of the work is done twice", part(*share)),
        What::Blocked => "blocks all who publish".into(),
        What::Retries {
            times,
            attempts,
            first,
        } => format!(
            "retries make it {} times the load: {} instead of {}",
            factor(*times),
            per(*attempts),
            per(*first)
        ),
        What::Hurt {
            refused,
            late,
            failed,
            unanswered,
        } => {
            let parts = [
                (*refused, "refused"),
                (*late, "too late"),
                (*failed, "failed"),
                (*unanswered, "without an answer"),
            ];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(n, _)| *n >= 0.005)
                .map(|(n, word)| format!("{} {word}", part(*n)))
                .collect();
            parts.join(", ")
        }
        What::TooSlow {
            median,
            p99,
            fan_out,
        } => {
            let times = format!(
                "one answer in 100 takes {}, the middle one {}",
                secs(*p99),
                secs(*median)
            );
            if *fan_out > 1 {
                format!("{times}; each request waits for {fan_out} of them")
            } else {
                format!("{times}: too long for those who wait")
            }
        }
        What::Switched { mode } => format!("is now {}", mode.word()),
        What::Scaled { from, to } => format!("scaled from {from} to {to} replicas"),
        What::Metastable { by } => format!("metastable, the cause is gone: {}", sustained(*by)),
        What::Recovered { after, lasted } => {
            let client = matches!(kind(scenario, &chapter.place), Some(NodeKind::Client(_)));
            let what = if client { "served again" } else { "well again" };
            let lasted = rough(f64::from(*lasted));
            match after {
                Some(after) if *after >= 0.05 => format!(
                    "{what}, {} after the cause was gone; it lasted {lasted}",
                    rough(f64::from(*after))
                ),
                _ => format!("{what}; it lasted {lasted}"),
            }
        }
    }
}

/// Which dependency to decouple first, and why.
pub fn advised(scenario: &Scenario, advice: &Advice) -> String {
    let (from, to) = match scenario.edges.get(&advice.edge) {
        Some(edge) => (scenario.node_name(&edge.from), scenario.node_name(&edge.to)),
        None => (advice.edge.as_str(), "its callee"),
    };
    format!(
        "{from} → {to}: {} of {} threads of {from} waited on {to}, the longest, since {}",
        whole(advice.waiting),
        whole(advice.of),
        crate::words::clock(advice.since.as_secs_f64(), false)
    )
}

fn kind<'a>(scenario: &'a Scenario, place: &Target) -> Option<&'a NodeKind> {
    match place {
        Target::Node(id) => scenario.nodes.get(id).map(|node| &node.kind),
        Target::Edge(_) => None,
    }
}

fn callee<'a>(scenario: &'a Scenario, edge: Option<&'a EdgeId>) -> &'a str {
    let to: Option<&NodeId> = edge
        .and_then(|id| scenario.edges.get(id))
        .map(|edge| &edge.to);
    to.map_or("its callee", |id| scenario.node_name(id))
}

/// "24 threads", by what does the work there.
fn many(scenario: &Scenario, place: &Target, n: f32) -> String {
    let workers = match kind(scenario, place) {
        Some(NodeKind::Service(service)) => service.model.workers(),
        _ => "threads",
    };
    let one = if n < 1.5 {
        workers.trim_end_matches('s')
    } else {
        workers
    };
    format!("{} {one}", whole(n.max(1.0)))
}

fn down(running: u32, of: u32, stops: u32, why: Why) -> String {
    let what = match why {
        Why::Unknown => "is down",
        Why::Memory => "is killed: out of memory",
        Why::Liveness => "is killed: it failed its liveness probe",
    };
    let some = if of > 1 {
        format!(", {running} of {of} replicas run")
    } else {
        String::new()
    };
    let again = if stops > 1 {
        format!(", {stops} times")
    } else {
        String::new()
    };
    format!("{what}{again}{some}")
}

const fn guard(by: By) -> &'static str {
    match by {
        By::OpenBreaker => "the breaker is open",
        By::FullBulkhead => "the bulkhead is full",
        By::NoConnection => "no connection is free",
        By::RateLimit => "the rate limit is reached",
        By::ConcurrencyLimit => "the concurrency limit is reached",
        By::Throttle => "the caller throttles itself",
        _ => "they are barred",
    }
}

fn sustained(by: Sustains) -> String {
    match by {
        Sustains::Retries(times) => format!("retries keep up {} times the load", factor(times)),
        Sustains::ColdCache(hits) => format!(
            "the cache stays cold, with {} found, for what would fill it does not come",
            part(hits)
        ),
        Sustains::Restarts(stops) => format!("it is killed again and again, {stops} times so far"),
        Sustains::WastedWork(share) => format!(
            "{} of its threads work for callers that have given up",
            part(share)
        ),
        Sustains::Backlog => "what waits from before keeps it full".into(),
    }
}

/// "10", "2.9".
fn factor(times: f32) -> String {
    if times >= 9.5 {
        count(f64::from(times))
    } else {
        format!("{times:.1}")
    }
}

fn whole(n: f32) -> String {
    count(f64::from(n))
}

fn part(n: f32) -> String {
    share(f64::from(n), 1.0)
}

fn secs(n: f32) -> String {
    seconds(f64::from(n))
}

fn per(n: f32) -> String {
    per_second(f64::from(n))
}
