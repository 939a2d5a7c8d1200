//! Marks: what is drawn over the board while a pointer is at work - the edge that is being drawn, what comes from the
//! palette, the box that selects, and the lines that show with what a dragged card is aligned.

use yew::prelude::*;

use crate::align;
use crate::geometry::{Rect, pt};
use crate::scene::{self, Scene};
use crate::store::{End, Kind, Store};

/// All marks there are now.
pub(super) fn marks(store: &Store) -> Html {
    html! {
        <>
            { guides(store) }
            { link(store) }
            { ghost(store) }
            if let Some(Rect { x, y, w, h }) = store.marquee {
                <rect class="marquee" x={x.to_string()} y={y.to_string()} width={w.to_string()} height={h.to_string()} />
            }
        </>
    }
}

/// Lines that show with which cards the dragged ones are in line.
fn guides(store: &Store) -> Html {
    if !store.moving {
        return Html::default();
    }
    let path = align::guides(&store.scene.cards, |id| store.selection.holds(id));
    html! { <path class="guide-line" d={path} /> }
}

/// The edge that is being drawn.
fn link(store: &Store) -> Html {
    let Some(link) = &store.link else {
        return Html::default();
    };
    let Some(from) = store.scene.cards.get(&link.from) else {
        return Html::default();
    };
    let target = link.to.as_ref().and_then(|to| store.scene.cards.get(to));
    let left = |card: &Rect| pt(card.x, card.centre().y);
    // The end that stays where it is, and the one that is in hand.
    let (start, end) = match link.hand() {
        End::To => {
            let start = Scene::port(*from);
            let free = link.at.unwrap_or(start + pt(60.0, 0.0));
            (start, target.map_or(free, left))
        }
        End::From => {
            let end = left(from);
            let free = link.at.unwrap_or(end - pt(60.0, 0.0));
            (target.map_or(free, |card| Scene::port(*card)), end)
        }
    };
    let bend = ((end - start).length() * 0.4).min(120.0);
    let path = format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
        start.x,
        start.y,
        start.x + bend,
        start.y,
        end.x - bend,
        end.y,
        end.x,
        end.y
    );
    html! { <path class="link" d={path} marker-end="url(#arrow-on)" /> }
}

/// Something from the palette, before it is dropped.
fn ghost(store: &Store) -> Html {
    let Some((kind, at)) = store.ghost else {
        return Html::default();
    };
    let card: Rect = scene::card(&kind.node(String::new(), crate::gesture::snapped(at, false)));
    let corner = if kind == Kind::Client {
        card.h / 2.0
    } else {
        11.0
    };
    html! {
        <g class="ghost" transform={format!("translate({:.1} {:.1})", card.x, card.y)}>
            <rect width={card.w.to_string()} height={card.h.to_string()} rx={corner.to_string()} />
            <text x={(card.w / 2.0).to_string()} y={(card.h / 2.0 + 5.0).to_string()}>{ kind.word() }</text>
        </g>
    }
}
