//! Drag: garbage collection slows own work, the more the less memory is free.
//!
//! How much is judged when a piece of work begins, by what the replica holds then, the work itself included.

use super::outbox::Outbox;
use super::usage;
use super::world::World;
use crate::event::JobKey;
use crate::fact::Fact;
use crate::units::{Bytes, Ratio, Span};

/// A job begins a piece of own work that takes so long but for the garbage that is collected meanwhile.
pub fn work(world: &mut World, out: &mut Outbox<'_>, key: JobKey, takes: Span) {
    let more = more(world, out, key, takes);
    usage::work(world, out, key, takes + more);
}

/// How much longer it takes.
fn more(world: &World, out: &mut Outbox<'_>, key: JobKey, takes: Span) -> Span {
    let job = &world.jobs[key];
    let Some(server) = world.server(job.at.node).filter(|server| server.drags()) else {
        return Span::ZERO;
    };
    let Some(replica) = server.replica(job.at.number) else {
        return Span::ZERO;
    };
    let held = Bytes::new(replica.memory(&server.spec));
    let share = server.spec.memory.drag(held);
    let more = takes.times(share);
    if more > Span::ZERO {
        out.say(Fact::Collected {
            node: job.at.node,
            request: job.request.name,
            takes: more,
        });
    }
    more
}

impl super::world::Server {
    /// Whether garbage collection slows its work.
    pub fn drags(&self) -> bool {
        self.spec.memory.gc > Ratio::ZERO
    }
}
