//! The embedded page: the board, a strip of controls under it, and of the rest what the address asks for.

use std::rc::Rc;

use sim::Scenario;
use web_sys::HtmlAnchorElement;
use yew::prelude::*;

use super::{App, address, host};
use crate::charts::Pane;
use crate::embed::{Controls, Part};
use crate::icon::icon;
use crate::inspector::inspector;
use crate::palette::Palette;
use crate::share::Shared;
use crate::store::{Action, Panel};
use crate::strip::Strip;

impl App {
    pub(super) fn embedded(&self) -> Html {
        let (store, act, visit) = (&self.store, &self.hands.act, &self.visit);
        let palette = self.palette.clone();
        let charts: Vec<usize> = visit.charts().collect();
        let (beside, legend) = (visit.shows(Part::Side), visit.shows(Part::Legend));
        let full =
            html! { <Full scenario={Rc::clone(&store.scenario)} preset={store.preset} {act} /> };
        html! {
            <div class={classes!("page", "embed", beside.then_some("beside"), (!legend).then_some("bare"))}>
                <h1 class="unseen">{ format!("{}: a simulation by Tailback", store.scenario.name) }</h1>
                if visit.shows(Part::Palette) && !store.readonly {
                    <Palette lift={palette.lift} press={palette.press} pointer={&self.hands.pointer} />
                }
                <main class={classes!("board", self.halves())} aria-labelledby="board-title">
                    <h2 class="unseen" id="board-title">{ "Board" }</h2>
                    { self.boards() }
                    if visit.controls != Controls::Slim { { full.clone() } }
                </main>
                if beside {
                    <aside class="side" aria-labelledby="side-title">
                        <h2 class="unseen" id="side-title">{ "Inspector and story" }</h2>
                        { inspector(store, self.live.shown(), act).map_or_else(|| self.story(), |form| html! {
                            <fieldset class="plain" disabled={store.readonly}>{ form }</fieldset>
                        }) }
                    </aside>
                }
                { match visit.controls {
                    Controls::Slim => html! { <Strip transport={self.transport()} spike={store.spike()} {full} /> },
                    Controls::Full => self.run_controls(),
                    Controls::None => Html::default(),
                } }
                if !charts.is_empty() {
                    <section class="charts" aria-labelledby="charts-title" style={format!("--charts: {}", charts.len())}>
                        <h2 class="unseen" id="charts-title">{ "Charts" }</h2>
                        for place in charts {
                            <Pane {place} canvas={&self.refs.charts[place]} legend={Rc::clone(&self.legends[place])}
                                spoken={&self.spoken[place]} />
                        }
                    </section>
                }
                <p class="unseen" role="status" aria-live="polite">{ &self.voice.said }</p>
                { self.over() }
                { self.panel() }
                { self.notice() }
            </div>
        }
    }
}

#[derive(Properties, PartialEq)]
struct FullProps {
    scenario: Rc<Scenario>,
    preset: &'static str,
    act: Callback<Action>,
}

/// The way to the whole page with this board, in a tab of its own. A frame that may open none shows the address.
#[component]
fn Full(props: &FullProps) -> Html {
    let href = use_memo(
        (Rc::clone(&props.scenario), props.preset),
        |(scenario, preset)| match host::shipped(scenario, preset) {
            Some(slug) => format!("{}?scenario={slug}", address::page()),
            None => address::link_to(&Shared {
                scenario: (**scenario).clone(),
                preset,
                view: None,
            }),
        },
    );
    let open = props.act.reform(|event: MouseEvent| {
        event.prevent_default();
        let href = event
            .target()
            .and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok())
            .and_then(|element| element.closest("a").ok().flatten())
            .and_then(|anchor| wasm_bindgen::JsCast::dyn_into::<HtmlAnchorElement>(anchor).ok())
            .map_or_else(String::new, |anchor| anchor.href());
        let opened = web_sys::window()
            .and_then(|window| window.open_with_url_and_target(&href, "_blank").ok()?);
        // Nothing to do where it opened.
        Action::Panel(opened.is_none().then_some(Panel::Address(href.into())))
    });
    html! {
        <a class="full" href={(*href).clone()} target="_blank" title="Open this board in Tailback, in a tab of its own" onclick={open}>
            { icon("open-full") }<span>{ "Open full" }</span>
        </a>
    }
}
