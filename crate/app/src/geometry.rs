//! Points, boxes, curves and the camera: the plane on which the board is drawn.

use std::ops::{Add, Mul, Sub};

/// A place or a direction; x grows to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pt {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// A point from its parts.
pub(crate) const fn pt(x: f64, y: f64) -> Pt {
    Pt { x, y }
}

impl Add for Pt {
    type Output = Pt;
    fn add(self, by: Pt) -> Pt {
        pt(self.x + by.x, self.y + by.y)
    }
}

impl Sub for Pt {
    type Output = Pt;
    fn sub(self, by: Pt) -> Pt {
        pt(self.x - by.x, self.y - by.y)
    }
}

impl Mul<f64> for Pt {
    type Output = Pt;
    fn mul(self, by: f64) -> Pt {
        pt(self.x * by, self.y * by)
    }
}

impl Pt {
    pub(crate) fn length(self) -> f64 {
        self.x.hypot(self.y)
    }

    /// The direction to the left of this one, of length 1.
    pub(crate) fn normal(self) -> Pt {
        let length = self.length().max(1e-9);
        pt(self.y / length, -self.x / length)
    }
}

/// An upright box.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Rect {
    pub(crate) fn around(centre: Pt, w: f64, h: f64) -> Rect {
        Rect {
            x: centre.x - w / 2.0,
            y: centre.y - h / 2.0,
            w,
            h,
        }
    }

    pub(crate) fn centre(self) -> Pt {
        pt(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    pub(crate) fn contains(self, p: Pt) -> bool {
        (self.x..=self.x + self.w).contains(&p.x) && (self.y..=self.y + self.h).contains(&p.y)
    }

    /// Whether another box lies wholly in this one.
    pub(crate) fn holds(self, other: Rect) -> bool {
        let ends = |r: Rect| (r.x + r.w, r.y + r.h);
        let ((right, bottom), (far, low)) = (ends(self), ends(other));
        other.x >= self.x && other.y >= self.y && far <= right && low <= bottom
    }

    /// The same box, wider by so much on every side.
    pub(crate) fn grown(self, by: f64) -> Rect {
        Rect {
            x: self.x - by,
            y: self.y - by,
            w: self.w + 2.0 * by,
            h: self.h + 2.0 * by,
        }
    }

    /// Whether two boxes have a place in common.
    pub(crate) fn meets(self, other: Rect) -> bool {
        let all = self.union(other);
        all.w <= self.w + other.w && all.h <= self.h + other.h
    }

    pub(crate) fn union(self, other: Rect) -> Rect {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.w).max(other.x + other.w);
        let bottom = (self.y + self.h).max(other.y + other.h);
        Rect {
            x,
            y,
            w: right - x,
            h: bottom - y,
        }
    }
}

/// Into how many pieces a curve is cut to walk along it.
const PIECES: usize = 28;

/// A cubic curve, with its length measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    control: [Pt; 4],
    points: Vec<Pt>,
    /// The way from the start to each point.
    ways: Vec<f64>,
}

impl Curve {
    pub(crate) fn new(control: [Pt; 4]) -> Curve {
        let [start, first, second, end] = control;
        let points: Vec<Pt> = (0..=PIECES)
            .map(|i| {
                let part = i as f64 / PIECES as f64;
                let rest = 1.0 - part;
                start * rest.powi(3)
                    + first * (3.0 * rest * rest * part)
                    + second * (3.0 * rest * part * part)
                    + end * part.powi(3)
            })
            .collect();
        let mut way = 0.0;
        let mut ways = vec![0.0];
        for pair in points.windows(2) {
            way += (pair[1] - pair[0]).length();
            ways.push(way);
        }
        Curve {
            control,
            points,
            ways,
        }
    }

    /// As the `d` of an SVG path.
    pub(crate) fn path(&self) -> String {
        let [a, b, c, d] = self.control;
        format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y
        )
    }

    pub(crate) fn length(&self) -> f64 {
        self.ways.last().copied().unwrap_or_default()
    }

    pub(crate) fn points(&self) -> &[Pt] {
        &self.points
    }

    /// The place after this share of the way, and the direction there.
    pub(crate) fn at(&self, share: f64) -> (Pt, Pt) {
        let way = share.clamp(0.0, 1.0) * self.length();
        let next = self.ways.partition_point(|w| *w < way).clamp(1, PIECES);
        let (from, to) = (self.points[next - 1], self.points[next]);
        let piece = (self.ways[next] - self.ways[next - 1]).max(1e-9);
        let part = (way - self.ways[next - 1]) / piece;
        (from + (to - from) * part, to - from)
    }

    /// How far a point is from it.
    pub(crate) fn distance(&self, p: Pt) -> f64 {
        self.points
            .windows(2)
            .map(|pair| to_segment(p, pair[0], pair[1]))
            .fold(f64::MAX, f64::min)
    }
}

fn to_segment(p: Pt, a: Pt, b: Pt) -> f64 {
    let along = b - a;
    let square = (along.x * along.x + along.y * along.y).max(1e-9);
    let part = (((p.x - a.x) * along.x + (p.y - a.y) * along.y) / square).clamp(0.0, 1.0);
    (p - (a + along * part)).length()
}

/// Where the board is looked at from: the world's place in the view's upper left corner, and the zoom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Camera {
    pub(crate) corner: Pt,
    pub(crate) zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Camera {
            corner: Pt::default(),
            zoom: 1.0,
        }
    }
}

const ZOOMS: (f64, f64) = (0.2, 2.5);
/// A board that fits at a larger zoom than this would look like a toy.
const LARGEST_FIT: f64 = 1.35;

impl Camera {
    /// Shows all of `bounds` in a view of this size.
    pub(crate) fn fit(bounds: Rect, view: Pt) -> Camera {
        let zoom = (view.x / bounds.w.max(1.0)).min(view.y / bounds.h.max(1.0));
        Camera::over(bounds, view, zoom.min(LARGEST_FIT))
    }

    /// Shows this part of the board, as large as it goes.
    pub(crate) fn show(part: Rect, view: Pt) -> Camera {
        let zoom = (view.x / part.w.max(1.0)).min(view.y / part.h.max(1.0));
        Camera::over(part, view, zoom)
    }

    fn over(part: Rect, view: Pt, zoom: f64) -> Camera {
        let zoom = zoom.clamp(ZOOMS.0, ZOOMS.1);
        Camera {
            corner: part.centre() - view * (0.5 / zoom),
            zoom,
        }
    }

    pub(crate) fn to_world(self, screen: Pt) -> Pt {
        self.corner + screen * (1.0 / self.zoom)
    }

    pub(crate) fn to_screen(self, world: Pt) -> Pt {
        (world - self.corner) * self.zoom
    }

    /// The part of the board that a view of this size shows.
    pub(crate) fn area(self, view: Pt) -> Rect {
        let (w, h) = (view.x / self.zoom, view.y / self.zoom);
        Rect {
            x: self.corner.x,
            y: self.corner.y,
            w,
            h,
        }
    }

    /// Looks at a place, which is then in the middle of a view of this size.
    pub(crate) fn at(self, place: Pt, view: Pt) -> Camera {
        Camera {
            corner: place - view * (0.5 / self.zoom),
            ..self
        }
    }

    pub(crate) fn panned(self, by: Pt) -> Camera {
        Camera {
            corner: self.corner - by * (1.0 / self.zoom),
            ..self
        }
    }

    /// Zooms so that what is under `about` stays there.
    pub(crate) fn zoomed(self, factor: f64, about: Pt) -> Camera {
        let zoom = (self.zoom * factor).clamp(ZOOMS.0, ZOOMS.1);
        let fixed = self.to_world(about);
        Camera {
            corner: fixed - about * (1.0 / zoom),
            zoom,
        }
    }

    /// As the `transform` of an SVG group.
    pub(crate) fn transform(self) -> String {
        let shift = self.to_screen(Pt::default());
        format!(
            "translate({:.2} {:.2}) scale({:.4})",
            shift.x, shift.y, self.zoom
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Pt, b: Pt) -> bool {
        (a - b).length() < 1e-6
    }

    #[test]
    fn the_camera_goes_there_and_back() {
        let camera = Camera {
            corner: pt(-30.0, 12.0),
            zoom: 0.7,
        };
        let p = pt(123.0, 45.0);
        assert!(near(camera.to_world(camera.to_screen(p)), p));
        let zoomed = camera.zoomed(1.5, pt(200.0, 100.0));
        assert!(near(
            zoomed.to_world(pt(200.0, 100.0)),
            camera.to_world(pt(200.0, 100.0))
        ));
        let panned = camera.panned(pt(10.0, 0.0));
        assert!(near(
            panned.to_screen(p),
            camera.to_screen(p) + pt(10.0, 0.0)
        ));
    }

    #[test]
    fn a_fit_shows_everything_and_never_zooms_in_far() {
        let bounds = Rect {
            x: -50.0,
            y: 0.0,
            w: 1500.0,
            h: 600.0,
        };
        let camera = Camera::fit(bounds, pt(900.0, 500.0));
        let (upper, lower) = (
            camera.to_screen(pt(-50.0, 0.0)),
            camera.to_screen(pt(1450.0, 600.0)),
        );
        assert!(upper.x >= -1e-6 && upper.y >= -1e-6 && lower.x <= 900.001 && lower.y <= 500.001);
        assert!(Camera::fit(Rect::default(), pt(900.0, 500.0)).zoom <= LARGEST_FIT);
    }

    #[test]
    fn a_curve_is_walked_at_even_pace() {
        let curve = Curve::new([
            pt(0.0, 0.0),
            pt(100.0, 0.0),
            pt(0.0, 100.0),
            pt(100.0, 100.0),
        ]);
        assert!(near(curve.at(0.0).0, pt(0.0, 0.0)) && near(curve.at(1.0).0, pt(100.0, 100.0)));
        assert!(near(curve.at(0.5).0, pt(50.0, 50.0)));
        assert!(curve.distance(pt(50.0, 50.0)) < 1.0 && curve.distance(pt(100.0, 0.0)) > 30.0);
    }
}
