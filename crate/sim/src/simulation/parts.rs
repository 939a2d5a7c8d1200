//! Parts: attempts, jobs and messages of a request; with the end of the last one it is complete.

use super::outbox::Outbox;
use super::work::Of;
use super::world::World;
use crate::event::RequestKey;
use crate::fact::Fact;
use crate::units::Time;

impl World {
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
