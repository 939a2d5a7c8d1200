//! The story, on boards of which the true first cause is known: for each kind of fault, each shipped scenario and
//! failures without any fault, over twenty seeds.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test is about some kinds, not about all"
)]

use std::thread;

use lessons::Preset;
use sim::scenario::{PlannedFault, Target};
use sim::story::{Account, Chapter, Sustains, What, said, told};
use sim::units::{Span, Time};
use sim::{Scenario, Simulation};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;

/// A chain with a database at its end, a cache beside it, and mail that goes by a queue.
const CHAIN: &str = r#"{
  "nodes": {
    "users": { "name": "Users", "kind": { "client": { "rate": 80, "deadline": "1s" } } },
    "api": { "name": "API", "kind": { "service": { "threads": 48, "queue": 48, "before": { "exponential": "2ms" } } } },
    "orders": { "name": "Orders", "kind": { "service": { "threads": 24, "queue": 24, "before": { "exponential": "4ms" },
        "memory": { "limit": "256MiB" } } } },
    "store": { "name": "Store", "kind": { "service": { "role": "database", "threads": 8, "queue": 64,
        "before": { "log_normal": { "mean": "20ms", "cv": 0.5 } } } } },
    "mail": { "name": "Mail", "kind": { "service": { "threads": 8, "queue": 16, "before": { "exponential": "20ms" } } } }
  },
  "edges": {
    "users-api": { "from": "users", "to": "api" },
    "api-orders": { "from": "api", "to": "orders" },
    "orders-store": { "from": "orders", "to": "store", "policies": [{ "timeout": { "after": "3s" } }] },
    "orders-mail": { "from": "orders", "to": "mail", "mode": "async", "step": 2, "queue": { "prefetch": 4 } }
  }
}"#;

/// A cache that carries most of the load.
const CACHE: &str = r#"{
  "nodes": {
    "users": { "kind": { "client": { "rate": 200, "deadline": "1s" } } },
    "api": { "kind": { "service": { "threads": 48, "queue": 48, "before": { "exponential": "1ms" } } } },
    "cache": { "kind": { "service": { "role": "cache", "threads": 48, "queue": 48, "before": { "constant": "1ms" },
        "cache": { "population": 2000, "skew": 0.9, "capacity": 1900, "warm": true } } } },
    "store": { "kind": { "service": { "role": "database", "threads": 4, "queue": 64, "before": { "exponential": "80ms" } } } }
  },
  "edges": {
    "users-api": { "from": "users", "to": "api" },
    "api-cache": { "from": "api", "to": "cache" },
    "cache-store": { "from": "cache", "to": "store" }
  }
}"#;

/// Messages through a broker node.
const BROKER: &str = r#"{
  "nodes": {
    "users": { "kind": { "client": { "rate": 60, "deadline": "1s" } } },
    "api": { "kind": { "service": { "threads": 16, "queue": 16, "before": { "exponential": "3ms" } } } },
    "rabbit": { "kind": { "broker": { "work": { "constant": "2ms" } } } },
    "worker": { "kind": { "service": { "threads": 8, "before": { "exponential": "20ms" } } } }
  },
  "edges": {
    "users-api": { "from": "users", "to": "api" },
    "api-worker": { "from": "api", "to": "worker", "mode": "async", "via": "rabbit" }
  }
}"#;

fn board(json: &str) -> Scenario {
    Scenario::load(json).unwrap_or_else(|error| panic!("{error}\n{json}"))
}

fn with(json: &str, fault: &str) -> Scenario {
    let mut scenario = board(json);
    let fault: PlannedFault =
        serde_json::from_str(fault).unwrap_or_else(|e| panic!("{e}: {fault}"));
    scenario.faults = vec![fault];
    scenario
}

fn tell(scenario: &Scenario, seed: u64, secs: u64) -> Account {
    let scenario = Scenario {
        seed,
        ..scenario.clone()
    };
    let mut sim = Simulation::new(&scenario);
    sim.run_until(Time::ZERO + Span::secs(secs));
    sim.story().account().clone()
}

fn lines(scenario: &Scenario, account: &Account) -> String {
    let line = |chapter: &Chapter| {
        format!(
            "{:>3} {:>7.1} {:>7} {:>6} {} {} [{}]",
            chapter.number,
            chapter.at.as_secs_f64(),
            chapter
                .until
                .map_or(String::new(), |at| format!("{:.1}", at.as_secs_f64())),
            chapter
                .cause
                .as_ref()
                .map_or("root".into(), |c| format!("<- {}", c.chapter)),
            told(scenario, &chapter.place),
            said(scenario, chapter),
            chapter.what.key(),
        )
    };
    let all: Vec<String> = account.chapters.iter().map(line).collect();
    all.join("\n")
}

fn place(chapter: &Chapter) -> &str {
    match &chapter.place {
        Target::Node(id) => id.as_str(),
        Target::Edge(id) => id.as_str(),
    }
}

/// "slow@store".
fn key(chapter: &Chapter) -> String {
    format!("{}@{}", chapter.what.key(), place(chapter))
}

/// The chapters without a cause that are no news of another kind.
fn roots(account: &Account) -> Vec<&Chapter> {
    let is_root = |chapter: &&Chapter| {
        chapter.cause.is_none()
            && !matches!(
                chapter.what,
                What::Recovered { .. }
                    | What::Metastable { .. }
                    | What::Scaled { .. }
                    | What::Switched { .. }
            )
    };
    account.chapters.iter().filter(is_root).collect()
}

/// What is wrong with a story that ought to have these first causes alone, none of them noticed before `from`, and
/// tell of these effects in this order; if anything.
fn wrong(account: &Account, causes: &[&str], from: f64, effects: &[&str]) -> Option<String> {
    let roots = roots(account);
    let mut found: Vec<String> = roots.iter().map(|chapter| key(chapter)).collect();
    found.sort();
    let mut wanted: Vec<&str> = causes.to_vec();
    wanted.sort_unstable();
    if found != wanted {
        return Some(format!("first causes {found:?}, not {wanted:?}"));
    }
    let first = account.chapters.first()?;
    if !causes.contains(&key(first).as_str()) {
        return Some(format!("it begins with {}", key(first)));
    }
    for root in &roots {
        let at = root.at.as_secs_f64();
        if at < from - 0.35 && from > 5.0 || at > from + 8.0 {
            return Some(format!("{} at {at}, not soon after {from}", key(root)));
        }
    }
    let order: Vec<String> = account.chapters.iter().map(key).collect();
    let mut next = order.iter();
    for effect in effects {
        if !next.any(|key| key == effect) {
            return Some(format!("{effect} is not where it should be"));
        }
    }
    None
}

/// The same over all seeds, at once.
fn check(
    name: &str,
    scenario: &Scenario,
    secs: u64,
    judge: &(dyn Fn(&Account) -> Option<String> + Sync),
) {
    let mut failed = Vec::new();
    thread::scope(|scope| {
        let runs: Vec<_> = SEEDS
            .map(|seed| scope.spawn(move || (seed, tell(scenario, seed, secs))))
            .collect();
        for run in runs {
            let (seed, account) = run.join().unwrap();
            if let Some(what) = judge(&account) {
                failed.push(format!(
                    "{name}, seed {seed}: {what}\n{}",
                    lines(scenario, &account)
                ));
            }
        }
    });
    let shown: Vec<&String> = failed.iter().take(3).collect();
    assert!(
        failed.is_empty(),
        "{} of 20 seeds are wrong:\n{}",
        failed.len(),
        shown.into_iter().cloned().collect::<Vec<_>>().join("\n")
    );
}

fn fault(name: &str, json: &str, fault: &str, causes: &[&str], effects: &[&str]) {
    let scenario = with(json, fault);
    check(name, &scenario, 60, &|account| {
        wrong(account, causes, 20.0, effects)
    });
}

macro_rules! faults {
    ($($name:ident: $board:expr, $fault:literal => $cause:literal $(, $effect:literal)*;)*) => {
        $(#[test] fn $name() {
            fault(stringify!($name), $board, $fault, &[$cause], &[$($effect),*]);
        })*
    };
}

faults! {
    slow: CHAIN, r#"{"on":"store","kind":{"slow":20},"start":"20s","duration":"20s"}"# =>
        "slow@store", "full@store", "full@orders", "full@api", "refusing@api", "recovered@users";
    delay: CHAIN, r#"{"on":"store","kind":{"delay":"500ms"},"start":"20s","duration":"20s"}"# =>
        "slow@store", "full@store", "full@orders", "recovered@users";
    errors: CHAIN, r#"{"on":"store","kind":{"errors":0.5},"start":"20s","duration":"20s"}"# =>
        "errors@store", "failing@orders", "failing@api", "hurt@users", "recovered@users";
    hang: CHAIN, r#"{"on":"store","kind":"hang","start":"20s","duration":"20s"}"# =>
        "stuck@store", "full@orders", "full@api", "recovered@users";
    pause: CHAIN, r#"{"on":"store","kind":"pause","start":"20s","duration":"5s"}"# =>
        "stuck@store", "full@orders", "recovered@users";
    crash: CHAIN, r#"{"on":"store","kind":"crash","start":"20s","duration":"10s"}"# =>
        "down@store", "failing@orders", "failing@api", "hurt@users", "recovered@users";
    leak: CHAIN, r#"{"on":"orders","kind":{"leak":"20MiB"},"start":"20s","duration":"20s"}"# =>
        "leak@orders", "down@orders";
    leak_per_request: CHAIN, r#"{"on":"orders","kind":{"leak_per_request":"256KiB"},"start":"20s","duration":"20s"}"# =>
        "leak@orders", "down@orders";
    poison: CHAIN, r#"{"on":"store","kind":{"poison":0.05},"start":"20s","duration":"20s"}"# => "errors@store";
    poisoned_messages: CHAIN, r#"{"on":"mail","kind":{"poison":0.05},"start":"20s","duration":"20s"}"# => "errors@mail";
    crash_before_ack: CHAIN, r#"{"on":"mail","kind":{"crash_before_ack":0.2},"start":"20s","duration":"20s"}"# =>
        "redelivered@orders-mail", "twice@orders-mail";
    latency: CHAIN, r#"{"edge":"orders-store","kind":{"latency":"500ms"},"start":"20s","duration":"20s"}"# =>
        "network@orders-store", "full@orders", "recovered@users";
    loss: CHAIN, r#"{"edge":"orders-store","kind":{"loss":0.2},"start":"20s","duration":"20s"}"# =>
        "loss@orders-store", "hurt@users", "recovered@users";
    partition: CHAIN, r#"{"edge":"orders-store","kind":"partition","start":"20s","duration":"10s"}"# =>
        "cut_off@orders-store", "full@orders", "recovered@users";
    hold: CHAIN, r#"{"edge":"orders-store","kind":"hold","start":"20s","duration":"10s"}"# =>
        "held@orders-store", "full@orders", "recovered@users";
    spike: CHAIN, r#"{"on":"users","kind":{"spike":8},"start":"20s","duration":"15s"}"# =>
        "traffic@users", "full@store", "recovered@users";
    cache_flush: CACHE, r#"{"on":"cache","kind":"cache_flush","start":"20s"}"# =>
        "cold_cache@cache", "full@store", "hurt@users";
    slow_broker: BROKER, r#"{"on":"rabbit","kind":{"slow":20},"start":"20s","duration":"20s"}"# =>
        "slow@rabbit", "full@api", "hurt@users", "recovered@users";
    broker_down: BROKER, r#"{"on":"rabbit","kind":"crash","start":"20s","duration":"10s"}"# =>
        "down@rabbit", "hurt@users", "recovered@users";
    broker_full: BROKER, r#"{"on":"rabbit","kind":"full","start":"20s","duration":"10s"}"# =>
        "blocked@rabbit", "full@api", "hurt@users", "recovered@users";
    slow_consumer: BROKER, r#"{"on":"worker","kind":{"slow":10},"start":"20s","duration":"20s"}"# =>
        "slow@worker", "backlog@api-worker";
}

#[test]
fn a_healthy_run_has_no_story() {
    for json in [CHAIN, CACHE, BROKER] {
        check("healthy", &board(json), 120, &|account| {
            (!account.chapters.is_empty()).then(|| "something is told".into())
        });
    }
}

/// Nobody has to guess at the cause where a load is more than a pool can do from the start.
#[test]
fn traffic_above_capacity_is_named_where_the_capacity_is() {
    let scenario = board(&CHAIN.replace("\"rate\": 80", "\"rate\": 480"));
    check("overload", &scenario, 60, &|account| {
        wrong(
            account,
            &["overload@store"],
            1.0,
            &["full@orders", "full@api", "refusing@api"],
        )
    });
}

#[test]
fn a_pool_that_is_too_small_is_told_from_a_callee_that_is_slow() {
    let json = CHAIN.replace(
        "\"threads\": 24, \"queue\": 24",
        "\"threads\": 1, \"queue\": 24",
    );
    check("small pool", &board(&json), 60, &|account| {
        wrong(
            account,
            &["small_pool@orders"],
            1.0,
            &["refusing@orders", "failing@api"],
        )
    });
}

#[test]
fn too_few_connections_are_told_from_a_database_that_is_slow() {
    let json = CHAIN.replace(
        "[{ \"timeout\": { \"after\": \"3s\" } }]",
        "[{ \"pool\": { \"size\": 1 } }]",
    );
    check("connections", &board(&json), 60, &|account| {
        wrong(
            account,
            &["permits@orders-store"],
            1.0,
            &["full@orders", "full@api"],
        )
    });
}

/// Ten seconds of more traffic set off retries that keep the overload up when it is over: no fault at all.
#[test]
fn retries_that_keep_an_overload_up_are_named() {
    let mut scenario = Preset::find("retry-storm").unwrap().scenario().unwrap();
    scenario.faults.clear();
    for node in scenario.nodes.values_mut() {
        if let sim::scenario::NodeKind::Client(client) = &mut node.kind {
            client.profile =
                serde_json::from_str(r#"{"spike": {"at": "20s", "lasts": "10s", "factor": 3}}"#)
                    .unwrap();
        }
    }
    check("retries", &scenario, 80, &|account| {
        wrong(
            account,
            &["traffic@users"],
            20.0,
            &["full@database", "hurt@users", "metastable@orders-database"],
        )
    });
}

#[test]
fn the_shop_is_told_as_it_fails() {
    let mut scenario = Preset::find("shop").unwrap().scenario().unwrap();
    scenario.faults = vec![
        serde_json::from_str(
            r#"{"on":"database","kind":{"slow":10},"start":"20s","duration":"20s"}"#,
        )
        .unwrap(),
    ];
    check("shop", &scenario, 90, &|account| {
        let order = [
            "full@database",
            "full@payments",
            "full@checkout",
            "full@gateway",
            "refusing@gateway",
            "recovered@shoppers",
        ];
        let advice = account.decouple.as_ref().map(|advice| advice.edge.as_str());
        wrong(account, &["slow@database"], 20.0, &order).or_else(|| {
            (advice != Some("checkout-payments")).then(|| format!("decouple {advice:?}"))
        })
    });
}

#[test]
fn shipped_scenarios_have_the_causes_that_were_put_into_them() {
    type Case<'a> = (&'a str, &'a [&'a str], f64, &'a [&'a str]);
    let cases: [Case<'_>; 6] = [
        (
            "retry-storm",
            &["slow@database"],
            20.0,
            &[
                "full@database",
                "retries@orders-database",
                "metastable@orders-database",
            ],
        ),
        (
            "cache-stampede",
            &["cold_cache@cache"],
            20.0,
            &["full@database", "full@api", "hurt@readers"],
        ),
        (
            "spike",
            &["traffic@buyers", "traffic@buyers-queue"],
            20.0,
            &["refusing@orders", "hurt@buyers", "recovered@buyers"],
        ),
        ("fan-out", &["too_slow@shards"], 0.5, &["hurt@readers"]),
        (
            "log-lag",
            &["slow@archive"],
            20.0,
            &["backlog@tracker-archive", "recovered@archive"],
        ),
        (
            "autoscaler",
            &["traffic@users"],
            30.0,
            &["full@api", "refusing@api", "hurt@users", "recovered@users"],
        ),
    ];
    for (slug, causes, from, effects) in cases {
        let scenario = Preset::find(slug).unwrap().scenario().unwrap();
        check(slug, &scenario, 100, &|account| {
            wrong(account, causes, from, effects)
        });
    }
    for slug in ["shop", "shop-async"] {
        let scenario = Preset::find(slug).unwrap().scenario().unwrap();
        check(slug, &scenario, 120, &|account| {
            (!account.chapters.is_empty()).then(|| "something is told".into())
        });
    }
}

#[test]
fn what_keeps_a_failure_up_is_told_with_its_figure() {
    let scenario = Preset::find("retry-storm").unwrap().scenario().unwrap();
    check("storm", &scenario, 80, &|account| {
        let by = account
            .chapters
            .iter()
            .find_map(|chapter| match chapter.what {
                What::Metastable { by } => Some(by),
                _ => None,
            });
        match by {
            Some(Sustains::Retries(times)) if (2.0..=11.0).contains(&times) => None,
            other => Some(format!("{other:?}")),
        }
    });
}
