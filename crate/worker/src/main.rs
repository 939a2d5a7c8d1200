//! The worker's end of the wall: bytes in, runner, bytes out. The only file here that knows the browser.

#[cfg(target_arch = "wasm32")]
fn main() {
    browser::listen();
}

/// Natively there is nothing to listen to; the bin exists for the browser alone.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("tailback-worker runs in a browser only; the command line is `tailback`");
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;

    use js_sys::{Array, Uint8Array};
    use wasm_bindgen::prelude::*;
    use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Performance};
    use worker::protocol::{BUILD, Command, Report, decode, encode};
    use worker::runner::Runner;

    /// How long one `Advance` may take, in milliseconds: two frames of a 60 Hz screen, less some for
    /// the way there and back.
    const BUDGET: f64 = 24.0;

    /// Tells the page that this end listens, and answers what it asks.
    pub(crate) fn listen() {
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        let to = scope.clone();
        std::panic::set_hook(Box::new(move |panic| {
            post(
                &to,
                &Report::Broke {
                    what: panic.to_string(),
                },
            );
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
        hear.forget();
        post(
            &scope,
            &Report::Ready {
                build: BUILD.to_owned(),
            },
        );
    }

    /// Sends a report, handing its memory over instead of copying it.
    fn post(to: &DedicatedWorkerGlobalScope, report: &Report) {
        let bytes = Uint8Array::from(encode(report).as_slice());
        // A page that has gone cannot be told anything.
        let _ = to.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
    }
}
