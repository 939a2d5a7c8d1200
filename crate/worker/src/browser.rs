//! The worker's end of the wall: bytes in, runner, bytes out. The only file here that knows the browser.
//!
//! The page's own wasm is the worker's too: one file to load, and the two ends cannot be of different
//! builds. Which of the two it is, it sees by where it was started.

use std::cell::RefCell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Performance};

use crate::protocol::{Command, Report, decode, encode};
use crate::runner::Runner;

/// How long one `Advance` may take, in milliseconds: a frame and a half of a 60 Hz screen.
const BUDGET: f64 = 24.0;

/// In a worker: tells the page that this end listens, answers what it asks, and says true. In a page:
/// does nothing and says false.
pub fn listen() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return false;
    };
    let to = scope.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let what = panic.to_string();
        post(&to, &Report::Broke { what });
    }));
    let runner = RefCell::new(Runner::new());
    let clock = scope.performance();
    let to = scope.clone();
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        let now = || clock.as_ref().map_or(0.0, Performance::now);
        let report = match decode::<Command>(&bytes) {
            Ok(command) => runner.borrow_mut().handle(command, &now, BUDGET),
            Err(what) => Some(Report::Broke { what }),
        };
        if let Some(report) = report {
            post(&to, &report);
        }
    });
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    hear.forget();
    post(&scope, &Report::Ready);
    true
}

/// Sends a report, handing its memory over instead of copying it.
fn post(to: &DedicatedWorkerGlobalScope, report: &Report) {
    let bytes = Uint8Array::from(encode(report).as_slice());
    // A page that has gone cannot be told anything.
    let _ = to.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}
