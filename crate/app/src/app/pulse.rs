//! The pulse: one loop over the frames of the screen. Each frame the dots move and the engine is asked for
//! more; eight times a second figures are shown; charts take turns.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};
use yew::{Callback, NodeRef};

use super::App;
use super::effects::DOTS;
use crate::board::Flow;
use crate::charts::{self, CHARTS};
use crate::geometry::pt;
use crate::plot;
use crate::scene::Scene;
use crate::store::Action;

/// Between two beats, in milliseconds.
const BEAT: f64 = 125.0;
/// Between two changes of what charts say to people who do not see them.
const SPOKEN: f64 = 2_000.0;
/// How long cards glide, in milliseconds.
const GLIDE: f64 = 260.0;
/// A chart is drawn every so many frames; each has its turn.
const TURN: u32 = 2;

/// The state of the loop.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    now: f64,
    beat: f64,
    spoken: f64,
    frames: u32,
    /// Whether dots must be drawn although time stands still.
    redraw: bool,
    /// Which charts have something new to show.
    stale: [bool; CHARTS.len()],
    /// Simulated seconds at the last beat, and in a real one since then, smoothed.
    at: f64,
    pub(super) reached: Option<f64>,
}

impl Pulse {
    /// Calls `each` at every frame of the screen, for as long as the page lives.
    pub(super) fn start(each: Callback<f64>) -> Pulse {
        let again: Again = Rc::default();
        let next = Rc::clone(&again);
        *again.borrow_mut() = Some(Closure::new(move |now: f64| {
            each.emit(now);
            request(&next);
        }));
        request(&again);
        Pulse {
            redraw: true,
            stale: [true; CHARTS.len()],
            ..Pulse::default()
        }
    }

    /// Real time at the last frame, in milliseconds.
    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// Something changed: dots and charts are drawn anew.
    pub(super) fn redraw(&mut self) {
        self.redraw = true;
        self.redraw_charts();
    }

    pub(super) fn redraw_charts(&mut self) {
        self.stale = [true; CHARTS.len()];
    }
}

/// A closure that asks for its own next call.
type Again = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;

fn request(again: &Again) {
    if let (Some(window), Some(closure)) = (web_sys::window(), &*again.borrow()) {
        // It fails only where there is no screen.
        let _ = window.request_animation_frame(closure.as_ref().unchecked_ref());
    }
}

impl App {
    /// A frame of the screen; true if the page has to be drawn anew.
    pub(super) fn frame(&mut self, now: f64) -> bool {
        let secs = if self.pulse.now > 0.0 {
            ((now - self.pulse.now) / 1e3).clamp(0.0, 0.1)
        } else {
            0.0
        };
        self.pulse.now = now;
        self.pulse.frames = self.pulse.frames.wrapping_add(1);
        if self.store.playing && self.sight.seen {
            let dots = if self.store.dots { DOTS } else { 0 };
            self.wall
                .pulse(secs, self.store.pace(), self.until_stop(), dots);
            self.flow.pass(secs);
            if let Some(side) = &mut self.beside {
                side.flow.pass(secs);
            }
        } else {
            self.wall.rest();
        }
        if self.store.playing || std::mem::take(&mut self.pulse.redraw) {
            self.draw_dots();
        }
        if self.pulse.frames.is_multiple_of(TURN) {
            self.draw_chart((self.pulse.frames / TURN) as usize % CHARTS.len());
        }
        let glided = self.glide(now);
        if now - self.pulse.beat < BEAT {
            return glided;
        }
        let since = (now - self.pulse.beat) / 1e3;
        self.pulse.beat = now;
        let resized = self.measure();
        self.voice.beat(now);
        self.race(since);
        if let Some(side) = &mut self.beside {
            side.live.beat();
        }
        self.read_gauge();
        self.live.beat() | resized | glided
    }

    /// Moves cards that are on their way; true if any is.
    fn glide(&mut self, now: f64) -> bool {
        let Some((since, from)) = self.gliding.take() else {
            return false;
        };
        let part = ((now - since) / GLIDE).clamp(0.0, 1.0);
        self.pulse.redraw = true;
        if part < 1.0 {
            // Quick at first, then slower.
            self.store.glide(&from, 1.0 - (1.0 - part).powi(3));
            self.gliding = Some((since, from));
        } else {
            self.store.arrive();
        }
        true
    }

    /// Follows the size of the board's view.
    fn measure(&mut self) -> bool {
        let Some(board) = self.refs.board.cast::<Element>() else {
            return false;
        };
        let size = pt(
            f64::from(board.client_width()),
            f64::from(board.client_height()),
        );
        size != self.store.view && self.act(Action::Resize(size))
    }

    /// How fast the run really goes.
    fn race(&mut self, since: f64) {
        let at = self.live.now().as_secs_f64();
        let reached = (at - self.pulse.at) / since;
        self.pulse.at = at;
        self.pulse.reached = match self.pulse.reached {
            _ if !self.store.playing || reached < 0.0 => None,
            Some(before) => Some(before * 0.8 + reached * 0.2),
            // The first beat after a start is a part of one.
            None => Some(self.store.pace()),
        };
    }

    fn draw_dots(&self) {
        self.draw_flow(&self.refs.dots, &self.flow, &self.store.scene);
        if let Some(side) = &self.beside {
            self.draw_flow(&side.dots, &side.flow, &side.store.scene);
        }
    }

    fn draw_flow(&self, canvas: &NodeRef, flow: &Flow, scene: &Scene) {
        let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else {
            return;
        };
        let Some(context) = canvas.get_context("2d").ok().flatten() else {
            return;
        };
        let Ok(context) = context.dyn_into::<CanvasRenderingContext2d>() else {
            return;
        };
        let scale = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
        let size = self.store.view * scale;
        let (width, height) = (size.x.round() as u32, size.y.round() as u32);
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        context.clear_rect(0.0, 0.0, size.x, size.y);
        if self.store.dots {
            flow.draw(&context, scene, self.store.camera, &self.inks, scale);
        }
    }

    /// Draws a chart if it is its turn and there is something new.
    fn draw_chart(&mut self, place: usize) {
        if !std::mem::take(&mut self.pulse.stale[place]) {
            return;
        }
        let Some(canvas) = self.refs.charts[place].cast::<HtmlCanvasElement>() else {
            self.pulse.stale[place] = true;
            return;
        };
        let here = (&self.series, &*self.store.scenario);
        let (shown, legend) = match &self.beside {
            None => CHARTS[place].plot(here.0, here.1),
            Some(side) => CHARTS[place].plot_pair((&side.series, &side.store.scenario), here),
        };
        let bold = if self.store.presenting.is_some() {
            1.6
        } else {
            1.0
        };
        plot::draw(&canvas, &shown, &self.inks, bold);
        if *self.legends[place] != legend {
            self.legends[place] = Rc::new(legend);
        }
        if self.pulse.now - self.pulse.spoken >= SPOKEN {
            self.pulse.spoken = self.pulse.now;
            for (place, legend) in self.legends.iter().enumerate() {
                self.spoken[place] = charts::spoken(place, legend);
            }
        }
    }
}
