//! The table of everything that can be done by a key or from a menu. Tooltips, the list of keys, context menus and
//! the command palette are made of it.

use super::{Key, On, key, only};
use crate::export::Format;
use crate::store::{Action, Arrange, End, LessonAct, Over, Panel, Selection, Store, Way};
use sim::scenario::Fault;
use sim::units::{Span, Time};

const BOARD: &[On] = &[On::Board];
const NODE: &[On] = &[On::Node];
const EDGE: &[On] = &[On::Edge];
const NODES: &[On] = &[On::Node, On::Many];
const BOARD_MANY: &[On] = &[On::Board, On::Many];
const MANY: &[On] = &[On::Many];
const ONE: &[On] = &[On::Node, On::Edge];
const ANY: &[On] = &[On::Node, On::Edge, On::Many];

/// Every deed, in groups.
pub(crate) const KEYS: &[(&str, &[Key])] = &[
    (
        "Selection",
        &[
            key("S", "Switch the edge between sync and async", switch).on(EDGE),
            key("X", "Fault on or off", fault).on(ONE),
            key("C", "Connect to another node", connect).on(NODE),
            key("Enter", "Go to the settings", settings).on(ANY),
            key("F2", "Rename", rename).on(NODE),
            key("Delete or Backspace", "Delete", delete).on(ANY),
            key(
                "Ctrl+Delete or Ctrl+Backspace",
                "Delete and join what it connected",
                |s| (!s.selection.nodes().is_empty()).then_some(Action::Bridge),
            )
            .on(NODES),
            key("R", "Let it call another node", |s| rewire(s, End::To)).on(EDGE),
            key("Shift+R", "Let another node call here", |s| {
                rewire(s, End::From)
            })
            .on(EDGE),
            key("Escape", "Cancel, then deselect", |_| Some(Action::Escape)),
        ],
    ),
    (
        "Board",
        &[
            key("A", "Add something here", |s| {
                Some(Action::Over(Some(Over::Add(s.pointed()))))
            })
            .on(BOARD),
            key("L", "Lay out by itself", |s| {
                (!s.scenario.nodes.is_empty()).then_some(Action::Tidy)
            })
            .on(BOARD_MANY),
            key("E", "Next edge of it", |_| Some(Action::NextEdge)).on(ONE),
            key("Menu or Shift+F10", "Menu of what is selected", |s| {
                Some(Action::Over(Some(Over::Menu(s.menu_place()))))
            }),
            key("Ctrl+ArrowRight", "Add a service that it calls", |s| {
                grow(s, Way::Right)
            })
            .on(NODE),
            key(
                "Ctrl+ArrowDown",
                "Add a service that it calls, below",
                |s| grow(s, Way::Down),
            ),
            key("Ctrl+ArrowUp", "Add a service that it calls, above", |s| {
                grow(s, Way::Up)
            }),
            key("Ctrl+ArrowLeft", "Add a service that calls it", |s| {
                grow(s, Way::Left)
            })
            .on(NODE),
            key("ArrowLeft", "Nearest node to the left", |_| {
                Some(Action::Walk(Way::Left))
            }),
            key("ArrowRight", "Nearest node to the right", |_| {
                Some(Action::Walk(Way::Right))
            }),
            key("ArrowUp", "Nearest node above", |_| {
                Some(Action::Walk(Way::Up))
            }),
            key("ArrowDown", "Nearest node below", |_| {
                Some(Action::Walk(Way::Down))
            }),
            key("Shift+ArrowLeft", "Move to the left", |_| {
                Some(Action::Nudge(Way::Left))
            }),
            key("Shift+ArrowRight", "Move to the right", |_| {
                Some(Action::Nudge(Way::Right))
            }),
            key("Shift+ArrowUp", "Move up", |_| Some(Action::Nudge(Way::Up))),
            key("Shift+ArrowDown", "Move down", |_| {
                Some(Action::Nudge(Way::Down))
            }),
        ],
    ),
    (
        "Several at once",
        &[
            key("Ctrl+A", "Select all", |s| {
                (!s.scenario.nodes.is_empty()).then_some(Action::SelectAll)
            })
            .on(BOARD),
            key("Ctrl+D", "Duplicate", |s| several(s, 1, Action::Duplicate)).on(NODES),
            // The browser's own events for these bring the clipboard along: see `app/clipboard.rs`.
            key("Ctrl+C", "Copy, as text", |s| {
                several(s, 1, Action::Copy { cut: false })
            })
            .on(NODES)
            .heard_elsewhere(),
            key("Ctrl+X", "Cut", |s| {
                several(s, 1, Action::Copy { cut: true })
            })
            .on(NODES)
            .heard_elsewhere(),
            key("Ctrl+V", "Paste", |_| Some(Action::AskPaste))
                .on(BOARD)
                .heard_elsewhere(),
            key("Ctrl+Shift+ArrowUp", "Align in a row", |s| {
                several(s, 2, Action::Arrange(Arrange::Row))
            })
            .on(MANY),
            key("Ctrl+Shift+ArrowLeft", "Align in a column", |s| {
                several(s, 2, Action::Arrange(Arrange::Column))
            })
            .on(MANY),
            key("Ctrl+Shift+ArrowRight", "Spread evenly across", |s| {
                several(s, 3, Action::Arrange(Arrange::Across))
            })
            .on(MANY),
            key("Ctrl+Shift+ArrowDown", "Spread evenly downwards", |s| {
                several(s, 3, Action::Arrange(Arrange::Down))
            })
            .on(MANY),
        ],
    ),
    (
        "Run",
        &[
            key("Space or K", "Play or pause", |s| {
                Some(Action::Play(!s.playing))
            })
            .on(BOARD),
            key(".", "Step: run the next event", |_| Some(Action::Step)).on(BOARD),
            key("[", "Slower", |s| {
                Some(Action::Speed(s.speed.saturating_sub(1)))
            }),
            key("]", "Faster", |s| Some(Action::Speed(s.speed + 1))),
            key(",", "Back 5 s", |s| {
                (s.line.at > Time::ZERO).then_some(Action::Back(Span::secs(5)))
            })
            .on(BOARD),
            key("M", "Compare two designs", |_| Some(Action::Compare)).on(BOARD),
            key("Alt+R", "Reset to 0 s", |_| Some(Action::Reset)).on(BOARD),
            only("End all clicked faults", |s| {
                (!s.clicked.is_empty()).then_some(Action::HealAll)
            })
            .on(BOARD),
        ],
    ),
    (
        "Lesson",
        &[
            only("Lessons", |_| Some(Action::Panel(Some(Panel::Lessons)))).on(BOARD),
            key("PageDown", "Next thing in the lesson", |s| {
                s.taught.as_ref().map(|_| Action::Lesson(LessonAct::Forth))
            }),
            key("PageUp", "Step before", |s| {
                let place = s.taught.as_ref()?.place;
                Some(Action::Lesson(LessonAct::Go(place.saturating_sub(1))))
            }),
            only("Begin this step of the lesson anew", |s| {
                s.taught.as_ref().map(|_| Action::Lesson(LessonAct::Again))
            }),
            key("Ctrl+.", "Present on a projector, or end it", |s| {
                Some(Action::Present(s.presenting.is_none()))
            })
            .on(BOARD),
            only("Close the lesson", |s| {
                s.taught.as_ref().map(|_| Action::Lesson(LessonAct::Leave))
            }),
        ],
    ),
    (
        "View and history",
        &[
            key("Ctrl+O", "Boards and scenarios", |s| {
                (!s.embedded).then_some(Action::Panel(Some(Panel::Home)))
            })
            .on(BOARD),
            key("Ctrl+S", "Save as a file", |_| {
                Some(Action::Export(Format::Json))
            })
            .on(BOARD),
            only("Save the run as a file", |_| Some(Action::SaveRun)).on(BOARD),
            only("Share by a link", |_| {
                Some(Action::Panel(Some(Panel::Share)))
            })
            .on(BOARD),
            key("Ctrl+Z", "Undo", |_| Some(Action::Undo)).on(BOARD),
            key("Ctrl+Shift+Z or Ctrl+Y", "Redo", |_| Some(Action::Redo)).on(BOARD),
            key("Shift+1", "Show the whole board", |_| Some(Action::Fit)).on(BOARD),
            key("Alt+Shift+ArrowLeft", "Look further left", |_| {
                Some(Action::Glance(Way::Left))
            }),
            key("Alt+Shift+ArrowRight", "Look further right", |_| {
                Some(Action::Glance(Way::Right))
            }),
            key("Alt+Shift+ArrowUp", "Look further up", |_| {
                Some(Action::Glance(Way::Up))
            }),
            key("Alt+Shift+ArrowDown", "Look further down", |_| {
                Some(Action::Glance(Way::Down))
            }),
            key("+", "Zoom in", |s| Some(zoom(s, 1.2))).on(BOARD),
            key("-", "Zoom out", |s| Some(zoom(s, 1.0 / 1.2))).on(BOARD),
            key("0", "Zoom to 100 %", |_| Some(Action::Actual)).on(BOARD),
            key("Ctrl+K", "All commands", |_| {
                Some(Action::Over(Some(Over::Commands)))
            })
            .on(BOARD),
            only("Share this board by a link", |_| {
                Some(Action::Panel(Some(Panel::Share)))
            })
            .on(BOARD),
            only("Light or dark", |s| {
                Some(Action::Theme(s.theme.other(), true))
            }),
            only("Dots on or off", |s| Some(Action::Dots(!s.dots))),
            only("Single-letter keys on or off", |s| {
                Some(Action::Letters(!s.letters))
            }),
            key("?", "This list of keys", |s| {
                Some(Action::Sheet(s.over != Some(Over::Sheet)))
            })
            .on(BOARD),
        ],
    ),
];

fn switch(store: &Store) -> Option<Action> {
    match &store.selection {
        Selection::Edge(id) => Some(Action::Switch(id.clone())),
        Selection::Node(_) | Selection::Nothing | Selection::Many(_) => None,
    }
}

/// The fault that a click gives a node or an edge first, or the one it has.
fn fault(store: &Store) -> Option<Action> {
    let (on, kinds) = store.selected_target()?;
    if store.clicked_on(&on).next().is_some() {
        return Some(Action::Heal(on));
    }
    let kind = kinds.first().copied()?;
    Some(Action::Fault(Fault { on, kind }))
}

/// What wants so many nodes to be selected.
fn several(store: &Store, least: usize, action: Action) -> Option<Action> {
    (store.selection.nodes().len() >= least).then_some(action)
}

fn connect(store: &Store) -> Option<Action> {
    match &store.selection {
        Selection::Node(id) if store.calls(id) => Some(Action::LinkFrom(id.clone())),
        Selection::Node(_) | Selection::Edge(_) | Selection::Nothing | Selection::Many(_) => None,
    }
}

/// Goes to the settings, or ends what is being drawn.
fn settings(store: &Store) -> Option<Action> {
    (store.link.is_some() || store.selection != Selection::Nothing).then_some(Action::Enter)
}

/// Takes an end of the selected edge in hand.
fn rewire(store: &Store, end: End) -> Option<Action> {
    match &store.selection {
        Selection::Edge(id) => Some(Action::Rewire(id.clone(), end)),
        Selection::Node(_) | Selection::Nothing | Selection::Many(_) => None,
    }
}

/// A new node beside the selected one, where an edge between them may be.
fn grow(store: &Store, way: Way) -> Option<Action> {
    let Selection::Node(id) = &store.selection else {
        return None;
    };
    let may = store.calls(id) && (way != Way::Left || store.is_called(id));
    may.then_some(Action::Grow(way))
}

fn rename(store: &Store) -> Option<Action> {
    matches!(store.selection, Selection::Node(_)).then_some(Action::Rename)
}

fn delete(store: &Store) -> Option<Action> {
    (store.selection != Selection::Nothing).then_some(Action::Delete)
}

fn zoom(store: &Store, factor: f64) -> Action {
    Action::Zoom {
        factor,
        about: store.view * 0.5,
    }
}
