//! Alignment: a card that is dragged comes to stand in line with others, and lines show with which.

use std::collections::BTreeMap;
use std::fmt::Write;

use sim::scenario::NodeId;

use crate::geometry::{Pt, Rect, pt};

/// How near to being in line a card has to be, on the board.
const NEAR: f64 = 7.0;

/// The three lines of a card along an axis: its middle first, since that is what counts when several fit.
fn lines(start: f64, length: f64) -> [f64; 3] {
    [start + length / 2.0, start, start + length]
}

/// How far it is from `card` to being in line with one of the others, to the side and downwards; nothing where none
/// is near.
pub(crate) fn pull<'a>(
    card: Rect,
    others: impl Iterator<Item = &'a Rect>,
) -> (Option<f64>, Option<f64>) {
    let (mut x, mut y): (Option<f64>, Option<f64>) = (None, None);
    let nearer = |best: &mut Option<f64>, mine: [f64; 3], theirs: [f64; 3]| {
        for (mine, theirs) in mine.into_iter().zip(theirs) {
            let by = theirs - mine;
            if by.abs() <= NEAR && best.is_none_or(|best| by.abs() < best.abs()) {
                *best = Some(by);
            }
        }
    };
    for other in others {
        nearer(&mut x, lines(card.x, card.w), lines(other.x, other.w));
        nearer(&mut y, lines(card.y, card.h), lines(other.y, other.h));
    }
    (x, y)
}

/// The lines, as the `d` of a path, on which held cards are in line with others.
pub(crate) fn guides(cards: &BTreeMap<NodeId, Rect>, held: impl Fn(&NodeId) -> bool) -> String {
    let mut path = String::new();
    let mut draw = |from: Pt, to: Pt| {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{:.1} {:.1}L{:.1} {:.1}", from.x, from.y, to.x, to.y);
    };
    // Places are whole numbers, half a card need not be one.
    let meets = |mine: [f64; 3], theirs: [f64; 3]| {
        let same = |(a, b): (f64, f64)| ((a - b).abs() < 0.75).then_some(b);
        mine.into_iter().zip(theirs).find_map(same)
    };
    for (_, card) in cards.iter().filter(|(id, _)| held(id)) {
        for (_, other) in cards.iter().filter(|(id, _)| !held(id)) {
            let all = card.union(*other);
            if let Some(x) = meets(lines(card.x, card.w), lines(other.x, other.w)) {
                draw(pt(x, all.y), pt(x, all.y + all.h));
            }
            if let Some(y) = meets(lines(card.y, card.h), lines(other.y, other.h)) {
                draw(pt(all.x, y), pt(all.x + all.w, y));
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_line_pulls_and_a_far_one_does_not() {
        let card = Rect::around(pt(103.0, 500.0), 200.0, 100.0);
        let others = [
            Rect::around(pt(100.0, 0.0), 200.0, 160.0),
            Rect::around(pt(108.0, 0.0), 200.0, 160.0),
        ];
        assert_eq!(pull(card, others.iter()), (Some(-3.0), None));
        // The upper edges are in line although the middles are not.
        let high = Rect::around(pt(900.0, 532.0), 200.0, 160.0);
        assert_eq!(pull(card, [high].iter()), (None, Some(2.0)));
    }

    #[test]
    fn lines_reach_from_card_to_card() {
        let id = |id: &str| NodeId::new(id).unwrap();
        let cards = BTreeMap::from([
            (id("a"), Rect::around(pt(0.0, 0.0), 20.0, 20.0)),
            (id("b"), Rect::around(pt(0.0, 100.0), 20.0, 40.0)),
        ]);
        assert_eq!(
            guides(&cards, |node| node.as_str() == "a"),
            "M0.0 -10.0L0.0 120.0"
        );
        assert_eq!(guides(&cards, |_| true), "");
    }
}
