//! The store, driven by actions.

use sim::scenario::{EdgeId, FaultKind, Mode, NodeId};
use sim::units::{Rate, Ratio};

use super::*;

fn store() -> Store {
    Store::new(None, Theme::Dark, true)
}

fn node(id: &str) -> NodeId {
    NodeId::new(id).unwrap()
}

fn edge(id: &str) -> EdgeId {
    EdgeId::new(id).unwrap()
}

fn slow(id: &str) -> Fault {
    Fault {
        on: node(id).into(),
        kind: FaultKind::Slow(Ratio::whole(10)),
    }
}

fn rate(store: &Store, per_sec: u64) -> sim::scenario::Edit {
    let mut shoppers = store.scenario.nodes[&node("shoppers")].clone();
    if let sim::scenario::NodeKind::Client(client) = &mut shoppers.kind {
        client.rate = Rate::per_sec(per_sec);
    }
    sim::scenario::Edit::SetNode(node("shoppers"), shoppers)
}

#[test]
fn a_switch_is_adopted_remembered_and_can_be_undone() {
    let mut store = store();
    let effects = store.update(Action::Switch(edge("checkout-payments")));
    assert!(effects.contains(&Effect::Adopt) && effects.contains(&Effect::Remember));
    assert!(
        !effects.contains(&Effect::Load),
        "an edit never starts the run anew"
    );
    assert_eq!(
        store.scenario.edges[&edge("checkout-payments")].mode,
        Mode::Async
    );
    let run = store.run;
    assert!(store.update(Action::Undo).contains(&Effect::Adopt));
    assert_eq!(
        store.scenario.edges[&edge("checkout-payments")].mode,
        Mode::Sync
    );
    assert_eq!(store.run, run);
}

#[test]
fn a_slider_is_one_step_however_far_it_was_drawn() {
    let mut store = store();
    let before = Rc::clone(&store.scenario);
    for per_sec in [210, 260, 300] {
        let edit = rate(&store, per_sec);
        assert_eq!(store.update(Action::Try(edit)), [Effect::Adopt]);
    }
    let edit = rate(&store, 300);
    assert_eq!(store.update(Action::Keep(Some(edit))), [Effect::Remember]);
    store.update(Action::Undo);
    assert_eq!(store.scenario, before);
    assert!(!store.history.can_undo());
}

#[test]
fn a_try_that_is_given_up_leaves_nothing() {
    let mut store = store();
    let before = Rc::clone(&store.scenario);
    let edit = rate(&store, 300);
    store.update(Action::Try(edit));
    store.update(Action::Keep(None));
    assert_eq!(store.scenario, before);
    assert!(!store.history.can_undo());
}

#[test]
fn the_engine_is_not_told_where_cards_stand() {
    let mut store = store();
    let to = sim::scenario::Point { x: 300, y: 300 };
    let effects = store.update(Action::Move {
        to: vec![(node("gateway"), to)],
        keep: true,
    });
    assert_eq!(effects, [Effect::Remember]);
}

#[test]
fn a_clicked_fault_belongs_to_the_run() {
    let mut store = store();
    assert!(
        store
            .update(Action::Fault(slow("database")))
            .contains(&Effect::Adopt)
    );
    assert_eq!(*store.clicked, [slow("database")]);
    assert!(!store.history.can_undo());
    store.update(Action::Fault(slow("database")));
    assert!(store.clicked.is_empty(), "a second click takes it off");
    store.update(Action::Fault(slow("database")));
    store.update(Action::Reset);
    assert!(store.clicked.is_empty());
    store.update(Action::Fault(slow("shoppers")));
    assert!(store.clicked.is_empty(), "a client is never slow");
}

#[test]
fn a_deleted_node_takes_its_edges_and_faults_along_and_hands_on_the_keyboard() {
    let mut store = store();
    store.update(Action::Fault(slow("database")));
    store.update(Action::Select(Selection::Node(node("database"))));
    let effects = store.update(Action::Delete);
    assert!(effects.contains(&Effect::Focus(Focus::Selected)));
    assert_eq!(store.selection, Selection::Node(node("payments")));
    assert!(store.clicked.is_empty());
    assert!(
        !store
            .scenario
            .edges
            .contains_key(&edge("payments-database"))
    );
    store.update(Action::Undo);
    assert!(
        store
            .scenario
            .edges
            .contains_key(&edge("payments-database"))
    );
}

#[test]
fn a_preset_starts_a_run_and_undo_brings_the_board_back() {
    let mut store = store();
    store.update(Action::Add(Kind::Service, None));
    let mine = Rc::clone(&store.scenario);
    let run = store.run;
    assert!(
        store
            .update(Action::Open("shop-async"))
            .contains(&Effect::Load)
    );
    assert_eq!(store.run, run + 1);
    store.update(Action::Undo);
    assert_eq!(store.scenario, mine);
}

#[test]
fn another_seed_is_another_run() {
    let mut store = store();
    let effects = store.update(Action::Seed(99));
    assert!(effects.contains(&Effect::Load) && !effects.contains(&Effect::Adopt));
}

#[test]
fn the_guide_follows_what_is_done_in_whatever_way() {
    let mut store = store();
    store.update(Action::Guide(0));
    assert!(store.playing);
    assert_eq!(store.guided.done, 1);
    store.update(Action::Fault(slow("database")));
    assert_eq!(store.guided.done, 2);
    store.update(Action::Switch(edge("checkout-payments")));
    assert_eq!(store.guided.done, 3);
    store.update(Action::Guide(3));
    assert_eq!(store.guided.done, 4);
    assert!(store.clicked.is_empty());
}

#[test]
fn a_board_can_be_drawn_with_the_keyboard_alone() {
    let mut store = store();
    store.update(Action::Clear);
    store.update(Action::Resize(crate::geometry::pt(1000.0, 600.0)));
    store.update(Action::Add(Kind::Client, None));
    store.update(Action::Add(Kind::Service, None));
    let cards: Vec<_> = store.scene.cards.values().copied().collect();
    assert!(
        !cards[0].contains(cards[1].centre()),
        "a new card covers nothing"
    );
    store.update(Action::LinkFrom(node("client")));
    for way in [Way::Left, Way::Right, Way::Up, Way::Down] {
        store.update(Action::Walk(way));
    }
    store.update(Action::Enter);
    let edges: Vec<_> = store.scenario.edges.keys().map(EdgeId::as_str).collect();
    assert_eq!(edges, ["client-service"]);
    assert_eq!(store.selection, Selection::Edge(edge("client-service")));
}

#[test]
fn the_camera_follows_the_window_until_somebody_moves_it() {
    let mut store = store();
    store.update(Action::Resize(crate::geometry::pt(1000.0, 600.0)));
    let first = store.camera;
    store.update(Action::Resize(crate::geometry::pt(700.0, 600.0)));
    assert!(store.camera.zoom < first.zoom);
    store.update(Action::Pan(crate::geometry::pt(10.0, 0.0)));
    let moved = store.camera;
    store.update(Action::Resize(crate::geometry::pt(1000.0, 600.0)));
    assert_eq!(store.camera, moved);
    store.update(Action::Fit);
    assert_eq!(store.camera, first);
}

#[test]
fn several_nodes_are_copied_deleted_and_put_in_line_in_one_step_each() {
    let mut store = store();
    let count = store.scenario.nodes.len();
    store.update(Action::SelectAll);
    let text = store.part().unwrap().save();
    let edges = store.scenario.edges.len();
    store.update(Action::Paste(text));
    assert_eq!(store.scenario.nodes.len(), 2 * count);
    assert_eq!(store.scenario.edges.len(), 2 * edges);
    assert_eq!(
        store.selection.nodes().len(),
        count,
        "the copies are selected"
    );
    store.update(Action::Arrange(Arrange::Row));
    let copies = store.selection.nodes();
    let first = store.scenario.nodes[copies.first().unwrap()].at.y;
    assert!(
        copies
            .iter()
            .all(|id| store.scenario.nodes[id].at.y == first)
    );
    store.update(Action::Delete);
    assert_eq!(store.scenario.nodes.len(), count);
    for left in [2 * count, 2 * count, count] {
        store.update(Action::Undo);
        assert_eq!(store.scenario.nodes.len(), left);
    }
    let effects = store.update(Action::Paste("no board".into()));
    assert!(matches!(effects[..], [Effect::Say(_)]), "{effects:?}");
}

#[test]
fn what_is_dropped_on_an_edge_stands_between_its_ends() {
    let mut store = store();
    let id = edge("checkout-payments");
    let at = sim::scenario::Point { x: 0, y: 900 };
    store.update(Action::Insert(Kind::Cache, at, id.clone()));
    let Selection::Node(new) = store.selection.clone() else {
        panic!("the new one is selected")
    };
    assert_eq!(store.scenario.edges[&id].to, new);
    let on = store.scenario.edges.values().find(|edge| edge.from == new);
    assert_eq!(on.unwrap().to, node("payments"));
    store.update(Action::Undo);
    assert_eq!(store.scenario.edges[&id].to, node("payments"), "one step");
    store.update(Action::Insert(Kind::Broker, at, id.clone()));
    assert_eq!(store.scenario.edges[&id].mode, Mode::Async);
    assert!(store.scenario.edges[&id].via.is_some());
}
