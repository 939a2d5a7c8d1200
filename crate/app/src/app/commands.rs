//! The commands: everything that can be done or gone to now, for the finder.

use lessons::lesson::Language;
use lessons::{Lesson, PRESETS};
use sim::scenario::Fault;

use crate::finder::Entry;
use crate::icon::kind_name;
use crate::keys;
use crate::store::{Action, Kind, LessonAct, SPEEDS, Selection, Store, speed_word};

/// All of them: what the keys do first, then what can be added, where one can go, and what can be opened.
pub(super) fn commands(store: &Store) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut put = |words: String, about: String, sign: &'static str, action: Action| {
        all.push(Entry {
            words,
            about,
            keys: "",
            sign,
            action,
        });
    };
    let scenario = &store.scenario;
    if let Some((on, kinds)) = store.selected_target() {
        let name = scenario.target_name(&on);
        for kind in kinds {
            let is_on = store.clicked_on(&on).any(|fault| fault.kind == kind);
            let on = on.clone();
            let fault = Action::Fault(Fault { on, kind });
            let verb = if is_on { "End the fault" } else { "Fault" };
            let words = format!("{verb}: {}", kind.describe());
            put(words, format!("On {name}"), "bolt", fault);
        }
    }
    for kind in Kind::ALL {
        let add = Action::Add(kind, None);
        put(
            format!("Add: {}", kind.word()),
            kind.about().into(),
            kind_name(kind),
            add,
        );
    }
    for (id, node) in &scenario.nodes {
        let go = Action::GoTo(Selection::Node(id.clone()));
        let name = scenario.node_name(id).to_owned();
        let about = format!("Go to this {}", node.kind.word());
        put(name, about, kind_name(Kind::of(&node.kind)), go);
    }
    for (id, edge) in &scenario.edges {
        let go = Action::GoTo(Selection::Edge(id.clone()));
        let about = format!("Go to this {} edge", edge.mode.word());
        put(scenario.edge_name(id), about, "switch", go);
    }
    for place in 0..SPEEDS.len() {
        put(
            format!("Speed {}", speed_word(place)),
            "Run".into(),
            "",
            Action::Speed(place),
        );
    }
    for preset in PRESETS {
        if let Ok(scenario) = preset.scenario() {
            let words = format!("Scenario: {}", scenario.name);
            put(words, scenario.about, "play", Action::Open(preset.slug));
        }
    }
    for lesson in Lesson::all() {
        if let Ok(words) = Language::English.words(&lesson.slug) {
            let open = LessonAct::Open(lesson.slug.clone(), 0);
            put(
                format!("Lesson: {}", words.title),
                words.promise,
                "lesson",
                Action::Lesson(open),
            );
        }
    }
    let empty = "The board you have comes back with undo.".to_owned();
    put("Scenario: an empty board".into(), empty, "", Action::Clear);

    let deeds = keys::all(store).into_iter().flat_map(|(group, deeds)| {
        deeds.into_iter().map(move |deed| Entry {
            words: deed.words.into(),
            about: group.into(),
            keys: deed.keys,
            sign: "",
            action: deed.action,
        })
    });
    let mut found: Vec<Entry> = deeds.collect();
    found.append(&mut all);
    found.retain(|entry| store.may(&entry.action));
    found
}
