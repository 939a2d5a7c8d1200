//! The layout: the regions of the page, in the order of the tab key.

use std::rc::Rc;

use sim::scenario::check::About;
use sim::scenario::{FaultKind, Hint};
use sim::units::Time;
use yew::prelude::*;

use super::{App, Msg};
use crate::board::board;
use crate::charts::{self, Pane};
use crate::figures::{Figures, figures};
use crate::guide_panel::GuidePanel;
use crate::header::Header;
use crate::ink::Ink;
use crate::inspector::inspector;
use crate::palette::Palette;
use crate::store::{Beside, Selection};
use crate::story;
use crate::story_panel::StoryPanel;
use crate::timeline::{Tick, Timeline, TimelineProps};
use crate::transport::{Transport, TransportProps};

impl App {
    pub(super) fn layout(&self) -> Html {
        let (store, act) = (&self.store, &self.hands.act);
        let shown = self.live.shown();
        let palette = self.palette.clone();
        html! {
            <div class={classes!("page", (store.selection != Selection::Nothing).then_some("inspecting"), store.taught.is_some().then_some("learning"), store.presenting.is_some().then_some("presenting"))}>
                <Header name={store.scenario.name.clone()} can_undo={store.history.can_undo()}
                    can_redo={store.history.can_redo()} theme={store.theme} {act} />
                if store.presenting.is_some() { <header class="unseen"><h1>{ "Tailback" }</h1></header> }
                { self.lesson() }
                <Palette lift={palette.lift} press={palette.press} pointer={&self.hands.pointer} />
                <main class={classes!("board", self.halves())} aria-labelledby="board-title">
                    <h2 class="unseen" id="board-title">{ "Board" }</h2>
                    { self.boards() }
                </main>
                <aside class="side" aria-labelledby="side-title">
                    <h2 class="unseen" id="side-title">{ "Inspector and story" }</h2>
                    { inspector(store, shown, act).unwrap_or_else(|| self.story()) }
                </aside>
                { self.run_controls() }
                <section class="charts" aria-labelledby="charts-title">
                    <h2 class="unseen" id="charts-title">{ "Charts" }</h2>
                    for place in self.chosen_charts() {
                        <Pane key={place} {place} canvas={&self.refs.charts[place]} legend={Rc::clone(&self.legends[place])}
                            spoken={&self.spoken[place]} />
                    }
                </section>
                <p class="unseen" role="status" aria-live="polite">{ &self.voice.said }</p>
                { self.stage() }
                { self.over() }
                { self.panel() }
                { self.notice() }
            </div>
        }
    }

    /// What stands on the right while nothing is selected.
    pub(super) fn story(&self) -> Html {
        let (store, act) = (&self.store, &self.hands.act);
        let shown = self.live.shown();
        html! {
            <>
                { self.compare_panel() }
                if let Some(guide) = store.guide() {
                    <GuidePanel {guide} done={store.guided.done} {act} />
                }
                <StoryPanel headline={story::headline(&store.scenario, shown)} lines={Rc::clone(self.story.lines())}
                    advice={self.story.advice().cloned()} hints={self.hints()} {act} />
                <Figures figures={figures(&store.scenario, shown)} />
            </>
        }
    }

    fn hints(&self) -> Vec<(String, Hint)> {
        let scenario = &self.store.scenario;
        let name = |about: &About| match about {
            About::Node(id) => scenario.node_name(id).to_owned(),
            About::Edge(id) => scenario.edge_name(id),
            About::Board => String::new(),
        };
        let unread = self.unread.clone().map(|what| Hint {
            about: About::Board,
            what,
        });
        let hints = unread.into_iter().chain(scenario.hints());
        hints.map(|hint| (name(&hint.about), hint)).collect()
    }

    /// The board and, in a comparison, the one beside it.
    pub(super) fn boards(&self) -> Html {
        let shown = self.live.shown();
        html! {
            <>
                <div class="half" ref={&self.refs.board}>
                    { board(&self.store, shown, &self.hands, &self.refs.svg, &self.refs.dots) }
                    { self.half_name() }
                </div>
                { self.picture() }
            </>
        }
    }

    /// The line of the run, and what sets it going.
    pub(super) fn run_controls(&self) -> Html {
        html! {
            <section class="run" aria-labelledby="transport-title">
                <h2 class="unseen" id="transport-title">{ "Transport" }</h2>
                <Timeline ..self.timeline() />
                <Transport ..self.transport() />
            </section>
        }
    }

    fn timeline(&self) -> TimelineProps {
        let tick = |mark: &sim::frame::Mark| Tick {
            at: mark.at.as_secs_f64(),
            ink: charts::ink(&mark.kind),
        };
        let edits = self.store.line.edits.iter().filter(|at| **at > Time::ZERO);
        let edits = edits.map(|at| Tick {
            at: at.as_secs_f64(),
            ink: Ink::Dim,
        });
        TimelineProps {
            // A moment that the eye can follow; the figures beside it are exact.
            at: self.live.shown().at.as_secs_f64(),
            end: self.store.line.end.as_secs_f64(),
            ticks: edits.chain(self.series.all_marks().map(tick)).collect(),
            act: self.hands.act.clone(),
        }
    }

    pub(super) fn transport(&self) -> TransportProps {
        let store = &self.store;
        let target = store.selected_target().map(|(on, kinds)| {
            let clicked = |kind: &FaultKind| store.clicked_on(&on).any(|f| f.kind == *kind);
            let kinds = kinds.into_iter().map(|kind| (kind, clicked(&kind)));
            let kinds = kinds.collect();
            let name = AttrValue::from(store.scenario.target_name(&on));
            (on, name, kinds)
        });
        let behind = self
            .pulse
            .reached
            .filter(|reached| *reached < 0.85 * store.pace());
        TransportProps {
            playing: store.playing,
            speed: store.speed,
            at: self.live.shown().at.as_secs_f64(),
            behind: behind.map(|reached| format!("running at {reached:.1}×").into()),
            seed: store.scenario.seed,
            target,
            faults: store.clicked.len(),
            comparing: store.beside == Beside::Run,
            act: self.hands.act.clone(),
        }
    }
}

/// The ways from the palette to the app.
#[derive(Clone)]
pub(super) struct PaletteHands {
    pub(super) lift: Callback<(crate::store::Kind, web_sys::PointerEvent)>,
    pub(super) press: Callback<(crate::store::Kind, bool)>,
}

impl PaletteHands {
    pub(super) fn of(link: &yew::html::Scope<App>) -> PaletteHands {
        PaletteHands {
            lift: link.callback(|(kind, event)| Msg::Lift(kind, event)),
            press: link.callback(|(kind, by_keyboard)| Msg::Press(kind, by_keyboard)),
        }
    }
}
