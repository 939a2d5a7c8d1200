//! Pinching: two fingers on the board move it and zoom it. Pure: actions come out.

use crate::geometry::Pt;
use crate::gesture::Phase;
use crate::store::Action;

/// The fingers that are on the board.
#[derive(Debug, Default)]
pub(crate) struct Pinch {
    fingers: Vec<(i32, Pt)>,
    /// Whether there were two: what is left of them means nothing until all are lifted.
    spent: bool,
}

impl Pinch {
    /// A finger goes on. Nothing comes out while there is but one, which is then a pointer like any other.
    pub(crate) fn on(&mut self, phase: Phase, finger: i32, at: Pt) -> Option<Vec<Action>> {
        let before = self.grip();
        let place = self.fingers.iter().position(|(id, _)| *id == finger);
        match (phase, place) {
            (Phase::Down, None) => self.fingers.push((finger, at)),
            (Phase::Down | Phase::Move, Some(place)) => self.fingers[place].1 = at,
            (Phase::Up | Phase::Cancel, Some(place)) => {
                self.fingers.remove(place);
            }
            // It came down elsewhere on the page.
            (Phase::Move | Phase::Up | Phase::Cancel, None) => {}
        }
        self.spent |= self.fingers.len() > 1;
        let spent = self.spent;
        self.spent &= !self.fingers.is_empty();
        let moved = before.zip(self.grip()).filter(|_| phase == Phase::Move);
        let actions = moved.map(|((from, wide), (about, wider))| {
            let factor = wider / wide.max(1.0);
            vec![Action::Pan(about - from), Action::Zoom { factor, about }]
        });
        spent.then(|| actions.unwrap_or_default())
    }

    /// The middle between two fingers, and how far they are apart.
    fn grip(&self) -> Option<(Pt, f64)> {
        match self.fingers[..] {
            [(_, a), (_, b)] => Some(((a + b) * 0.5, (b - a).length())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::pt;

    #[test]
    fn two_fingers_zoom_about_their_middle_and_one_is_a_pointer() {
        let mut pinch = Pinch::default();
        assert_eq!(pinch.on(Phase::Down, 1, pt(0.0, 0.0)), None);
        assert_eq!(pinch.on(Phase::Move, 1, pt(10.0, 0.0)), None);
        assert_eq!(pinch.on(Phase::Down, 2, pt(110.0, 0.0)), Some(vec![]));
        let about = pt(110.0, 0.0);
        let wide = Action::Zoom { factor: 2.0, about };
        let moved = Action::Pan(pt(50.0, 0.0));
        assert_eq!(
            pinch.on(Phase::Move, 2, pt(210.0, 0.0)),
            Some(vec![moved, wide])
        );
        assert_eq!(pinch.on(Phase::Up, 2, pt(210.0, 0.0)), Some(vec![]));
        assert_eq!(
            pinch.on(Phase::Move, 1, pt(99.0, 0.0)),
            Some(vec![]),
            "spent"
        );
        assert_eq!(pinch.on(Phase::Up, 1, pt(99.0, 0.0)), Some(vec![]));
        assert_eq!(pinch.on(Phase::Down, 3, pt(0.0, 0.0)), None);
    }
}
