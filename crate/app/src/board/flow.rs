//! The flow: sampled requests, messages and answers on their way, as dots on a canvas over the board.

use sim::Frame;
use sim::frame::FlightKind;
use sim::scenario::EdgeId;
use web_sys::CanvasRenderingContext2d;

use crate::geometry::{Camera, Pt};
use crate::ink::{Ink, Inks};
use crate::scene::Scene;

/// How far a dot goes in a real second: at the pace of the simulation it could not be seen.
const REACH: f64 = 170.0;
/// Nor is a trip over a short edge shorter than this.
const SHORTEST: f64 = 0.45;
/// However slow the motion, a dot arrives.
const LONGEST: f64 = 6.0;
/// With more dots than this at once nothing could be followed: fewer are drawn, everywhere alike.
const MANY: usize = 240;
/// Dots on an edge keep so far apart, on average; more would be a solid line.
const APART: f64 = 7.0;
/// Forward dots keep to one side of the line, those that come back to the other.
const LANE: f64 = 5.2;

#[derive(Debug)]
struct Dot {
    edge: EdgeId,
    kind: FlightKind,
    /// On the flow's own clock, in seconds.
    start: f64,
    trip: f64,
}

/// All dots under way.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    dots: Vec<Dot>,
    clock: f64,
    /// One of so many flights is drawn, on every edge alike, so that a busy one looks busy.
    one_of: f64,
    /// Grows with every flight; a whole one is a dot.
    due: f64,
}

impl Flow {
    /// Takes in what set out in a frame. `pace` is simulated seconds in a real one; `latency` says how
    /// long an edge's way is in the simulation.
    pub(crate) fn fold(
        &mut self,
        frame: &Frame,
        scene: &Scene,
        pace: f64,
        latency: impl Fn(&EdgeId) -> f64,
    ) {
        for flight in &frame.flights {
            let Some(edge) = frame.edges.get(usize::from(flight.edge)) else {
                continue;
            };
            let Some(curve) = scene.routes.get(&edge.id) else {
                continue;
            };
            let lane =
                |dot: &&Dot| dot.edge == edge.id && dot.kind.forward() == flight.kind.forward();
            let full = self.dots.iter().filter(lane).count() as f64 * APART > curve.length();
            let step = if self.dots.len() > MANY { 1.02 } else { 0.998 };
            self.one_of = (self.one_of * step).clamp(1.0, 100.0);
            self.due += 1.0 / self.one_of;
            if full || self.due < 1.0 {
                continue;
            }
            self.due -= 1.0;
            let delay = flight.at.since(frame.from).as_secs_f64() / pace;
            let least = (curve.length() / REACH).max(SHORTEST);
            let trip = (latency(&edge.id) / pace).max(least).min(LONGEST);
            let start = self.clock + delay.min(0.2);
            self.dots.push(Dot {
                edge: edge.id.clone(),
                kind: flight.kind,
                start,
                trip,
            });
        }
    }

    /// Real time goes by while the run goes on.
    pub(crate) fn pass(&mut self, secs: f64) {
        self.clock += secs;
        let clock = self.clock;
        self.dots.retain(|dot| clock < dot.start + dot.trip);
    }

    pub(crate) fn clear(&mut self) {
        self.dots.clear();
    }

    /// Draws every dot; `scale` is device pixels to a CSS pixel.
    pub(crate) fn draw(
        &self,
        to: &CanvasRenderingContext2d,
        scene: &Scene,
        camera: Camera,
        inks: &Inks,
        scale: f64,
    ) {
        let size = (2.6 + camera.zoom * 2.0) * scale;
        let mut kinds: [Vec<(Pt, Pt)>; FlightKind::ALL.len()] = Default::default();
        for dot in &self.dots {
            let share = (self.clock - dot.start) / dot.trip;
            let Some(curve) = scene
                .routes
                .get(&dot.edge)
                .filter(|_| (0.0..1.0).contains(&share))
            else {
                continue;
            };
            let (share, lane) = match dot.kind {
                FlightKind::Message => (share * 0.5, 1.0),
                FlightKind::Delivery => (0.5 + share * 0.5, 1.0),
                FlightKind::Request | FlightKind::Retry | FlightKind::Orphan => (share, 1.0),
                FlightKind::Answer | FlightKind::Failure | FlightKind::Late => (1.0 - share, -1.0),
            };
            let (at, along) = curve.at(share);
            let at = camera.to_screen(at + along.normal() * (lane * LANE)) * scale;
            kinds[dot.kind as usize].push((at, along));
        }
        for (kind, dots) in FlightKind::ALL.into_iter().zip(kinds) {
            to.begin_path();
            for (at, along) in dots {
                shape(to, kind, at, along, size);
            }
            let ink = inks.css(ink(kind));
            match kind {
                FlightKind::Failure | FlightKind::Orphan | FlightKind::Late => {
                    to.set_stroke_style_str(&ink);
                    to.set_line_width(
                        if kind == FlightKind::Failure {
                            2.2
                        } else {
                            1.6
                        } * scale,
                    );
                    to.stroke();
                }
                FlightKind::Request
                | FlightKind::Retry
                | FlightKind::Answer
                | FlightKind::Message
                | FlightKind::Delivery => {
                    to.set_fill_style_str(&ink);
                    to.fill();
                }
            }
        }
    }
}

const fn ink(kind: FlightKind) -> Ink {
    match kind {
        FlightKind::Request => Ink::Work,
        FlightKind::Retry => Ink::Retry,
        FlightKind::Answer => Ink::Good,
        FlightKind::Failure => Ink::Trouble,
        FlightKind::Orphan | FlightKind::Late => Ink::Dim,
        FlightKind::Message | FlightKind::Delivery => Ink::Queue,
    }
}

/// Adds a dot's shape to the path; the legend draws the same ones.
fn shape(to: &CanvasRenderingContext2d, kind: FlightKind, at: Pt, along: Pt, size: f64) {
    // An arc is refused only for a negative radius.
    let ring = |radius: f64, quarter: usize, sweep: f64| {
        let (x, y) = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][quarter];
        to.move_to(at.x + radius * x, at.y + radius * y);
        let from = quarter as f64 * std::f64::consts::FRAC_PI_2;
        let _ = to.arc(at.x, at.y, radius, from, from + sweep);
    };
    match kind {
        FlightKind::Request => ring(size, 0, std::f64::consts::TAU),
        FlightKind::Answer => ring(size * 0.72, 0, std::f64::consts::TAU),
        FlightKind::Orphan | FlightKind::Late => {
            for part in 0..4 {
                ring(size * 0.9, part, 1.0);
            }
        }
        FlightKind::Message | FlightKind::Delivery => {
            let half = size * 0.9;
            to.rect(at.x - half, at.y - half, half * 2.0, half * 2.0);
        }
        FlightKind::Failure => {
            let arm = size * 0.85;
            for slope in [1.0, -1.0] {
                to.move_to(at.x - arm, at.y - arm * slope);
                to.line_to(at.x + arm, at.y + arm * slope);
            }
        }
        FlightKind::Retry => {
            let ahead = along * (size * 1.5 / along.length().max(1e-9));
            let aside = along.normal() * (size * 1.25);
            let back = ahead * -0.7;
            to.move_to(at.x + ahead.x, at.y + ahead.y);
            to.line_to(at.x + back.x + aside.x, at.y + back.y + aside.y);
            to.line_to(at.x + back.x - aside.x, at.y + back.y - aside.y);
            to.close_path();
        }
    }
}
