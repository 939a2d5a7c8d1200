//! Operations: which calls a request makes, what is told of each operation, and what an edit changes.

use sim::fact::Fact;
use sim::operation::OperationName;
use sim::scenario::check::About;
use sim::scenario::{Edit, NodeId, NodeKind};
use sim::units::Ratio;
use sim::{Scenario, Simulation};

use crate::board::{at, load, run};

/// A shop whose users browse and buy: both ask the shop, which asks the catalog for the one and pays for the other.
const SHOP: &str = r#"{
  "nodes": {
    "users": {"kind": {"client": {"rate": 100, "deadline": "10s",
      "operations": [{"name": "browse", "weight": 3}, {"name": "buy"}]}}},
    "shop": {"kind": {"service": {"threads": "unbounded", "before": {"constant": "1ms"}, "memory": {"limit": null}}}},
    "catalog": {"kind": {"service": {"threads": "unbounded", "before": {"constant": "4ms"}, "memory": {"limit": null}}}},
    "payments": {"kind": {"service": {"threads": "unbounded", "before": {"constant": "40ms"}, "memory": {"limit": null}}}}
  },
  "edges": {
    "users-shop": {"from": "users", "to": "shop", "latency": {"constant": "0s"}},
    "shop-catalog": {"from": "shop", "to": "catalog", "latency": {"constant": "0s"}, "operations": ["browse"]},
    "shop-payments": {"from": "shop", "to": "payments", "latency": {"constant": "0s"}, "operations": ["buy"]}
  }
}"#;

/// What a client says of its operations: the name, how many were sent and answered, the 99th percentile.
fn told(sim: &Simulation) -> Vec<(String, [u64; 2], f64)> {
    let report = sim.report();
    let operations = report.clients[0].operations.iter();
    operations
        .map(|of| {
            let p99 = of.latency.p99_ms.unwrap_or_default();
            (of.id.clone(), [of.offered, of.answered], p99)
        })
        .collect()
}

#[test]
fn each_operation_makes_its_own_calls() {
    let sim = run(&load(SHOP), 1, 100.0);
    let report = sim.report();
    let calls = |id: &str| {
        report
            .edges
            .iter()
            .find(|edge| edge.id == id)
            .unwrap()
            .calls
    };
    let [browse, buy] = &report.clients[0].operations[..] else {
        panic!("two operations");
    };
    assert_eq!(
        calls("shop-catalog") + calls("shop-payments"),
        calls("users-shop")
    );
    assert!(
        browse.offered - calls("shop-catalog") <= 1,
        "one may be on its first thread"
    );
    assert!(buy.offered - calls("shop-payments") <= 1);
    assert_eq!(browse.offered + buy.offered, report.clients[0].offered);
    // 10,000 requests: three standard deviations of a share of 3/4.
    let share = browse.offered as f64 / report.clients[0].offered as f64;
    assert!((share - 0.75).abs() < 0.013, "{share}");
    let within = |ms: Option<f64>, is: f64| (ms.unwrap() / is - 1.0).abs() < 0.004;
    assert!(within(browse.latency.p99_ms, 5.0), "{browse:?}");
    assert!(within(buy.latency.p99_ms, 41.0), "{buy:?}");
}

/// Of a choice only those calls are alternatives that are for the operation; what is for all is so for it too.
#[test]
fn a_choice_is_among_the_calls_for_the_operation() {
    let mut board = load(SHOP);
    let edge = board.edges.keys().find(|id| id.as_str() == "shop-payments");
    let edge = edge.unwrap().clone();
    board.edges.get_mut(&edge).unwrap().operations.clear();
    let report = run(&board, 1, 100.0).report();
    let calls = |id: &str| {
        report
            .edges
            .iter()
            .find(|edge| edge.id == id)
            .unwrap()
            .calls as f64
    };
    let operations = &report.clients[0].operations;
    let (browse, buy) = (operations[0].offered as f64, operations[1].offered as f64);
    let share = calls("shop-catalog") / browse;
    assert!(
        (share - 0.5).abs() < 0.02,
        "half of those that browse: {share}"
    );
    let others = calls("shop-payments") - (browse - calls("shop-catalog"));
    assert!(
        (others - buy).abs() <= 2.0,
        "all that buy: {others} of {buy}"
    );
}

/// Reads stay sync while writes go async: two edges between the same two services.
#[test]
fn an_operation_travels_with_messages_and_retries() {
    let board = load(
        r#"{
      "nodes": {
        "users": {"kind": {"client": {"rate": 50, "deadline": "10s", "operations": [{"name": "read"}, {"name": "write"}]}}},
        "api": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}},
        "store": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}, "errors": 0.3}}},
        "index": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}},
        "cache": {"kind": {"service": {"threads": "unbounded", "memory": {"limit": null}}}}
      },
      "edges": {
        "users-api": {"from": "users", "to": "api", "policies": [{"retry": {"attempts": 3}}]},
        "read-it": {"from": "api", "to": "store", "operations": ["read"], "policies": [{"hedge": {"delay": "2ms"}}]},
        "write-it": {"from": "api", "to": "store", "operations": ["write"], "mode": "async"},
        "store-cache": {"from": "store", "to": "cache", "operations": ["read"]},
        "store-index": {"from": "store", "to": "index", "operations": ["write"]}
      }
    }"#,
    );
    let mut sim = Simulation::new(&board);
    let mut operation = std::collections::BTreeMap::new();
    let names: Vec<&str> = board
        .edges
        .keys()
        .map(sim::scenario::EdgeId::as_str)
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    sim.run_watched(at(60.0), &mut |_, fact| match *fact {
        Fact::Arrived {
            request,
            operation: of,
            ..
        } => {
            operation.insert(request, of.0);
        }
        Fact::Sent {
            edge,
            request,
            again,
            ..
        } => {
            seen.insert((names[edge.0 as usize], operation[&request], again));
        }
        _ => {}
    });
    // Each edge has its own operation only, 1 is to read and 2 to write; retried on the way or not.
    let both = |edge, of| [(edge, of, false), (edge, of, true)];
    let expected = [
        both("read-it", 1),
        both("store-cache", 1),
        both("store-index", 2),
        both("users-api", 1),
        both("users-api", 2),
        both("write-it", 2),
    ];
    let mut expected = expected.concat();
    // What writes fails in the queue only: its first call is sent once.
    expected.retain(|(edge, of, again)| !(*again && *of == 2 && *edge != "store-index"));
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
}

/// A weight changes what is asked for, and nobody's arrival or work.
#[test]
fn a_weight_moves_no_arrival() {
    let arrivals = |board: &Scenario| {
        let mut times = Vec::new();
        let mut sim = Simulation::new(board);
        sim.run_watched(at(5.0), &mut |now, fact| {
            if let Fact::Arrived { request, .. } = fact {
                times.push((now, *request));
            }
        });
        (times, sim.digest())
    };
    let board = load(SHOP);
    let other = load(&SHOP.replace(r#""weight": 3"#, r#""weight": 1"#));
    let none = load(&SHOP.replace(
        r#"[{"name": "browse", "weight": 3}, {"name": "buy"}]"#,
        "[]",
    ));
    let (first, second, third) = (arrivals(&board), arrivals(&other), arrivals(&none));
    assert_eq!(first.0, second.0);
    assert_eq!(first.0, third.0);
    assert_ne!(first.1, second.1);
}

/// What is under way keeps its operation; what comes has one of the new list.
#[test]
fn operations_change_while_it_runs() {
    let mut board = load(SHOP);
    let mut sim = Simulation::new(&board);
    sim.run_until(at(10.0));
    let before = told(&sim);
    let id = NodeId::new("users").unwrap();
    let mut users = board.nodes[&id].clone();
    let NodeKind::Client(client) = &mut users.kind else {
        panic!("a client");
    };
    client.operations.remove(0);
    client.operations[0].weight = Ratio::percent(10);
    client.operations[0].name = OperationName::new("pay").unwrap();
    board.apply(Edit::SetNode(id, users));
    sim.adopt(&board, &[]);
    sim.run_until(at(20.0));
    let after = told(&sim);
    let names = |of: &[(String, [u64; 2], f64)]| -> Vec<String> {
        of.iter().map(|of| of.0.clone()).collect()
    };
    assert_eq!(names(&before), ["browse", "buy"]);
    assert_eq!(names(&after), ["browse", "buy", "pay"]);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(
            after.1, [before.1[0]; 2],
            "what was under way is answered, nothing else"
        );
    }
    // To pay makes no call: 1 ms of the shop's own work.
    assert!(
        after[2].1[1] > 800 && (after[2].2 - 1.0).abs() < 0.01,
        "{after:?}"
    );
    let frame = sim.frame(0);
    let names: Vec<&str> = frame.clients[0]
        .operations
        .iter()
        .map(|of| of.name.as_str())
        .collect();
    assert_eq!(names, ["pay"], "a frame has what is sent now");
    let offered = frame.clients[0].operations[0].offered;
    assert!((offered - frame.clients[0].offered).abs() < 1e-3);
    assert!(sim.audit().is_empty());
}

#[test]
fn what_is_odd_is_told() {
    let hints = |text: &str| {
        let hints = load(text).hints().into_iter();
        hints
            .map(|hint| (hint.about, hint.what))
            .collect::<Vec<_>>()
    };
    assert_eq!(hints(SHOP), []);
    let odd = hints(&SHOP.replace(r#""operations": ["buy"]"#, r#""operations": ["pay"]"#));
    assert!(
        matches!(&odd[..], [(About::Edge(_), what)] if what.contains("\"pay\", which no client sends")),
        "{odd:?}"
    );
    let odd = hints(&SHOP.replace(
        r#""to": "shop", "#,
        r#""to": "shop", "operations": ["browse"], "#,
    ));
    assert!(
        matches!(&odd[..], [(About::Node(_), what)] if what.contains("operation \"buy\"")),
        "{odd:?}"
    );
    let twice = SHOP.replace(r#"{"name": "buy"}"#, r#"{"name": "browse"}"#);
    let told = Scenario::load(&twice).unwrap_err().to_string();
    assert!(
        told.contains("nodes.users.kind.client.operations") && told.contains("stands here twice"),
        "{told}"
    );
}
