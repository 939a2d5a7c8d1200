//! The wall: the page's end of the way to the engine, which runs in a worker or, where none can start, here
//! in slices. The page asks and the engine answers, one span of time in flight.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use sim::units::{Span, Time};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};
use worker::protocol::{Command, Report, decode, encode};
use worker::runner::Runner;
use yew::Callback;

/// A worker that is not ready after so many milliseconds is not waited for.
const PATIENCE: u32 = 2_500;
/// How many milliseconds of a frame the engine may take on the page's own thread.
const BUDGET: f64 = 6.0;
/// A page that was away does not catch up on more than this.
const LONGEST_GAP: f64 = 0.1;

/// Who runs the engine.
enum Seat {
    /// The worker has not answered yet; this is what it will be told then.
    Starting {
        worker: Worker,
        waiting: Vec<Command>,
        _patience: Timeout,
    },
    Worker(Worker),
    Page(Box<Runner>),
}

struct Inside {
    seat: Seat,
    report: Callback<Report>,
}

/// The way to the engine.
pub(crate) struct Wall {
    inside: Rc<RefCell<Inside>>,
    /// Questions that were not answered yet.
    open: u32,
    /// Real seconds since the last question, not yet asked for.
    owed: f64,
    /// Where to go when the last question is answered: a slider that is drawn asks faster than a run can jump.
    wanted: Option<Time>,
}

impl Wall {
    /// Starts the engine; what it reports goes to `report`.
    pub(crate) fn start(report: Callback<Report>, in_page: bool) -> Wall {
        let seat = Seat::Page(Box::new(Runner::new()));
        let inside = Rc::new(RefCell::new(Inside { seat, report }));
        if !in_page {
            hire(&inside);
        }
        Wall {
            inside,
            open: 0,
            owed: 0.0,
            wanted: None,
        }
    }

    /// Where the engine runs, once that is decided.
    pub(crate) fn place(&self) -> &'static str {
        match self.inside.borrow().seat {
            Seat::Starting { .. } => "starting",
            Seat::Worker(_) => "worker",
            Seat::Page(_) => "page",
        }
    }

    /// Tells the engine something.
    pub(crate) fn tell(&mut self, command: Command) {
        if !matches!(command, Command::Adopt { .. }) {
            self.open += 1;
        }
        self.inside.borrow_mut().tell(command);
    }

    /// A frame of the screen went by: asks for as much simulated time, though at most for `most`, unless the last answer
    /// is still out.
    pub(crate) fn pulse(&mut self, secs: f64, pace: f64, most: Span, dots: u16) {
        self.owed = (self.owed + secs).min(LONGEST_GAP);
        if self.open == 0 && self.owed > 0.0 {
            let span = Span::from_secs_f64(self.owed * pace).min(most);
            self.owed = 0.0;
            self.tell(Command::advance(span, dots));
        }
    }

    /// Goes to another time of the run, the last one asked for.
    pub(crate) fn seek(&mut self, to: Time) {
        self.wanted = Some(to);
        self.jump();
    }

    fn jump(&mut self) {
        if self.open == 0
            && let Some(to) = self.wanted.take()
        {
            let nanos = to.as_nanos();
            self.tell(Command::Seek { nanos });
        }
    }

    /// Time stands still: none of it is owed.
    pub(crate) fn rest(&mut self) {
        self.owed = 0.0;
    }

    /// An answer came.
    pub(crate) fn answered(&mut self) {
        self.open = self.open.saturating_sub(1);
        self.jump();
    }
}

impl Inside {
    fn tell(&mut self, command: Command) {
        match &mut self.seat {
            Seat::Starting { waiting, .. } => waiting.push(command),
            Seat::Worker(worker) => post(worker, &command),
            Seat::Page(runner) => {
                let clock = web_sys::window().and_then(|window| window.performance());
                let now = || clock.as_ref().map_or(0.0, web_sys::Performance::now);
                if let Some(report) = runner.handle(command, &now, BUDGET) {
                    self.report.emit(report);
                }
            }
        }
    }

    /// Moves to the page's own thread what waits for a worker that will not come.
    fn move_in(&mut self) {
        if let Seat::Starting {
            worker, waiting, ..
        } = &mut self.seat
        {
            worker.terminate();
            let waiting = std::mem::take(waiting);
            self.seat = Seat::Page(Box::new(Runner::new()));
            for command in waiting {
                self.tell(command);
            }
        }
    }

    fn hear(&mut self, report: Report) {
        match (&mut self.seat, report) {
            (
                Seat::Starting {
                    worker, waiting, ..
                },
                Report::Ready,
            ) => {
                for command in waiting.drain(..) {
                    post(worker, &command);
                }
                self.seat = Seat::Worker(worker.clone());
            }
            // One that says something else before it is ready has failed to start.
            (Seat::Starting { .. }, _) => self.move_in(),
            (Seat::Worker(_), report) => self.report.emit(report),
            (Seat::Page(_), _) => {}
        }
    }
}

/// Starts a worker; while it starts, what it is to be told is kept.
fn hire(inside: &Rc<RefCell<Inside>>) {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    // Relative, so that it works under any path. The script's name has a digest of the build in it.
    let Some(script) = script_name() else {
        return;
    };
    let url = format!("./engine.js?{script}");
    let Ok(worker) = Worker::new_with_options(&url, &options) else {
        return;
    };
    let hear = {
        let inside = Rc::clone(inside);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let bytes = Uint8Array::new(&event.data()).to_vec();
            let report = decode(&bytes).unwrap_or_else(|what| Report::Broke { what });
            inside.borrow_mut().hear(report);
        })
    };
    let fail = {
        let inside = Rc::clone(inside);
        Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let what = event
                .dyn_ref::<ErrorEvent>()
                .map_or_else(String::new, ErrorEvent::message);
            let mut inside = inside.borrow_mut();
            match inside.seat {
                Seat::Worker(_) => inside.report.emit(Report::Broke { what }),
                Seat::Starting { .. } | Seat::Page(_) => inside.move_in(),
            }
        })
    };
    worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    worker.set_onerror(Some(fail.as_ref().unchecked_ref()));
    // Both live as long as the page.
    hear.forget();
    fail.forget();
    let late = Rc::clone(inside);
    let patience = Timeout::new(PATIENCE, move || late.borrow_mut().move_in());
    inside.borrow_mut().seat = Seat::Starting {
        worker,
        waiting: Vec::new(),
        _patience: patience,
    };
}

#[wasm_bindgen]
extern "C" {
    /// What a script knows of itself.
    type ImportMeta;

    #[wasm_bindgen(method, getter)]
    fn url(this: &ImportMeta) -> String;

    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static META: ImportMeta;
}

/// The name of the script that loaded this wasm; a worker loads the same one.
fn script_name() -> Option<String> {
    let url = META.with(ImportMeta::url);
    let path = url.split(['?', '#']).next()?;
    path.rsplit('/').next().map(str::to_owned)
}

fn post(worker: &Worker, command: &Command) {
    let bytes = Uint8Array::from(encode(command).as_slice());
    // A worker that has ended says so through its error handler.
    let _ = worker.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}
