//! Presenting: takes the whole screen, and lets the light of a lamp follow the pointer, so that the last row sees it.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement, PointerEvent};
use yew::prelude::*;

use super::{App, Msg};
use crate::charts::CHARTS;
use crate::icon::icon;
use crate::store::Action;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Takes the whole screen, or gives it back. Where that is forbidden the page is presented as it stands.
pub(super) fn fullscreen(on: bool) {
    let Some(document) = document() else { return };
    if on {
        let _ = document
            .document_element()
            .map(|root| root.request_fullscreen());
    } else if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    }
}

/// Who leaves the full screen by a key of the browser's has presented enough.
pub(super) fn listener(link: &yew::html::Scope<App>) -> Option<EventListener> {
    let document = document()?;
    let tell = link.callback(|()| Msg::Act(Action::Present(false)));
    Some(EventListener::new(
        &document.clone(),
        "fullscreenchange",
        move |_| {
            if document.fullscreen_element().is_none() {
                tell.emit(());
            }
        },
    ))
}

impl App {
    /// The charts on the page: for a projector those that show the lesson best.
    pub(super) fn chosen_charts(&self) -> Vec<usize> {
        let all = 0..CHARTS.len();
        if self.store.presenting.is_none() {
            return all.collect();
        }
        let wanted = self
            .store
            .taught
            .as_ref()
            .map(|taught| &taught.lesson.charts);
        let named = |place: &usize| {
            let title = CHARTS[*place].title.to_lowercase();
            wanted.is_some_and(|names| {
                names
                    .iter()
                    .any(|name| title.starts_with(name.trim_end_matches('s')))
            })
        };
        let named: Vec<usize> = all.clone().filter(named).collect();
        if named.is_empty() {
            all.take(2).collect()
        } else {
            named
        }
    }

    /// What a presentation has besides the page.
    pub(super) fn stage(&self) -> Html {
        if self.store.presenting.is_none() {
            return Html::default();
        }
        let end = self
            .hands
            .act
            .reform(|_: MouseEvent| Action::Present(false));
        html! {
            <>
                <Lamp />
                <button class="end-presenting" title="End the presentation (Ctrl+.)" aria-label="End the presentation" onclick={end}>{ icon("close") }</button>
            </>
        }
    }
}

/// A light around the pointer.
#[component]
fn Lamp() -> Html {
    let lamp = use_node_ref();
    {
        let lamp = lamp.clone();
        use_effect_with((), move |()| {
            let heard = web_sys::window().map(|window| {
                EventListener::new(&window, "pointermove", move |event| {
                    let event = event.dyn_ref::<PointerEvent>();
                    if let (Some(event), Some(lamp)) = (event, lamp.cast::<HtmlElement>()) {
                        let style = lamp.style();
                        let place =
                            format!("translate({}px, {}px)", event.client_x(), event.client_y());
                        // A style of ours cannot be refused.
                        let _ = style.set_property("transform", &place);
                        let _ = style.set_property("opacity", "1");
                    }
                })
            });
            move || drop(heard)
        });
    }
    html! { <div class="lamp" ref={lamp} aria-hidden="true"></div> }
}
