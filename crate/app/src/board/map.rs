//! The map: the whole board in small, there only while a part of it is out of sight; and the way back when all of it is.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use crate::geometry::{Pt, Rect, pt};
use crate::live::Shown;
use crate::store::{Action, Store};

/// A card counts as seen although so many pixels of it are cut off.
const CUT: f64 = 10.0;

/// The map, and the button that leads back to the cards.
pub(super) fn map(store: &Store, shown: &Shown, act: &Callback<Action>) -> Html {
    let cards = &store.scene.cards;
    if store.view.x < 1.0 || cards.is_empty() {
        return Html::default();
    }
    let seen = store.camera.area(store.view);
    let slack = CUT / store.camera.zoom;
    if cards.values().all(|card| seen.grown(slack).holds(*card)) {
        return Html::default();
    }
    let lost = !cards.values().any(|card| seen.meets(*card));
    let bounds = store.scene.bounds();
    let area = bounds.grown(bounds.w.max(bounds.h) * 0.12);
    let look = move |event: &PointerEvent| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let map = target.and_then(|target| target.closest(".map").ok().flatten())?;
        let frame = map.get_bounding_client_rect();
        let at = pt(
            f64::from(event.client_x()) - frame.left(),
            f64::from(event.client_y()) - frame.top(),
        );
        if event.type_() == "pointerdown" {
            // A pointer that has gone already cannot be captured.
            let _ = map.set_pointer_capture(event.pointer_id());
        }
        Some(place(area, pt(frame.width(), frame.height()), at))
    };
    let go = {
        let act = act.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            if event.buttons() & 1 == 1
                && let Some(at) = look(&event)
            {
                act.emit(Action::LookAt(at));
            }
        })
    };
    let card = |(id, card): (&sim::scenario::NodeId, &Rect)| {
        let service = shown.services.get(id);
        let class = service.map_or(String::new(), |s| format!("state-{}", s.state.word()));
        html! {
            <rect class={classes!("spot", class, store.selection.holds(id).then_some("selected"))} x={card.x.to_string()}
                y={card.y.to_string()} width={card.w.to_string()} height={card.h.to_string()} rx="14" />
        }
    };
    let line = |curve: &crate::geometry::Curve| html! { <path d={curve.path()} /> };
    html! {
        <>
            <svg class="map" role="img" aria-label="Map of the board: the frame is what you see. Press or drag to look elsewhere."
                viewBox={format!("{:.0} {:.0} {:.0} {:.0}", area.x, area.y, area.w, area.h)} onpointerdown={&go} onpointermove={go}>
                { for store.scene.routes.values().map(line) }
                { for cards.iter().map(card) }
                <rect class="frame" x={format!("{:.0}", seen.x)} y={format!("{:.0}", seen.y)} width={format!("{:.0}", seen.w)} height={format!("{:.0}", seen.h)} />
            </svg>
            if lost {
                <button class="back" onclick={act.reform(|_: MouseEvent| Action::Fit)}>{ crate::icon::icon("fit") }{ "Back to the board" }</button>
            }
        </>
    }
}

/// The place of the board that is shown at a place of a map of this size.
fn place(area: Rect, size: Pt, at: Pt) -> Pt {
    let scale = (size.x / area.w.max(1.0)).min(size.y / area.h.max(1.0));
    area.centre() + (at - size * 0.5) * (1.0 / scale.max(1e-6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_map_is_the_middle_of_the_board() {
        let area = Rect {
            x: -100.0,
            y: 50.0,
            w: 1000.0,
            h: 200.0,
        };
        let size = pt(200.0, 120.0);
        assert_eq!(place(area, size, pt(100.0, 60.0)), area.centre());
        // It is as wide as the map, and leaves room above and below.
        let corner = place(area, size, pt(0.0, 40.0));
        assert!((corner - pt(-100.0, 50.0)).length() < 1e-6, "{corner:?}");
    }
}
