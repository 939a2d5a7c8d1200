//! Parts: attempts, jobs and messages of a request; with the end of the last one it is complete. And how many there may
//! be of all requests together.

use super::outbox::Outbox;
use super::work::Of;
use super::world::World;
use crate::event::RequestKey;
use crate::fact::Fact;
use crate::units::Time;

/// At most so many calls, attempts, jobs and messages are under way at once. A board whose loops and fan-outs multiply them
/// would else take all memory there is, and a browser ends the page for that. Beyond it new calls are refused, by the
/// simulator: this is no behaviour of the field, and reports say so.
pub const MOST_OPEN: usize = 1_500_000;

/// What bounds the work under way.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Whether plain calls take the short way.
    pub express: bool,
    /// Jobs that stand for their call and their attempt as well.
    pub plain: usize,
    /// How many calls, attempts, jobs and messages there may be.
    pub most_open: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            express: true,
            plain: 0,
            most_open: MOST_OPEN,
        }
    }
}

impl World {
    /// Calls, attempts, jobs and messages under way, whichever way they went.
    pub fn open(&self) -> usize {
        let records = self.calls.len() + self.attempts.len() + self.jobs.len();
        records + self.messages.len() + 2 * self.bounds.plain
    }

    /// Whether no call may begin, for there is too much under way.
    pub fn is_crowded(&self) -> bool {
        self.open() >= self.bounds.most_open
    }

    /// A part of a request begins.
    pub fn hold(&mut self, request: Of) {
        if let Some(request) = self.requests.get_mut(request.key) {
            request.parts += 1;
        }
    }

    /// A part of a request ends; with the last one the request is complete.
    pub fn release(&mut self, out: &mut Outbox<'_>, request: Of) {
        if let Some(of) = self.requests.get_mut(request.key) {
            of.parts -= 1;
            if of.parts == 0 {
                self.complete(out, request.key);
            }
        }
    }

    /// Forgets a request that is answered and of which nothing is under way.
    pub fn complete(&mut self, out: &mut Outbox<'_>, key: RequestKey) {
        let Some(request) = self.requests.get(key) else {
            return;
        };
        let Some((outcome, answered)) = request.answered else {
            return;
        };
        if request.parts > 0 {
            return;
        }
        if outcome.is_ok() {
            let last = request.last_effect.max(answered);
            out.say(Fact::Completed {
                client: request.client,
                request: request.luck.name(),
                lost: request.lost.iter().any(|piece| !request.done.has(*piece)),
                stale: (request.last_effect > Time::ZERO).then(|| last.since(answered)),
                took: last.since(request.arrived),
            });
        }
        if let Some(request) = self.requests.remove(key) {
            let mut done = request.done;
            done.clear();
            if done.has_room() {
                self.spare.pieces.push(done);
            }
        }
    }
}
