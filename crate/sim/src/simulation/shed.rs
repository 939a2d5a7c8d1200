//! Shedding at the door: whether a request may wait in the accept queue, and who makes room for it.

use super::outbox::Outbox;
use super::service;
use super::work::Of;
use super::world::World;
use crate::criticality::Criticality;
use crate::event::{AttemptKey, ReplicaIx};
use crate::fact::Fact;
use crate::outcome::By;

impl World {
    /// How much it matters that a request is served.
    pub fn criticality(&self, request: Of) -> Criticality {
        let of = self.requests.get(request.key);
        of.map_or(Criticality::default(), |of| of.criticality)
    }
}

/// Whether a request may wait, beside threads that are free but do not run; if not, by whom it is refused. One that
/// matters less may have to go for it.
pub fn let_in(
    world: &mut World,
    out: &mut Outbox<'_>,
    at: ReplicaIx,
    key: AttemptKey,
    free: usize,
) -> Result<(), By> {
    let Some((server, replica)) = world.replica(at) else {
        return Err(By::DownService);
    };
    let spec = &server.spec;
    let line = replica.in_line().saturating_sub(free);
    let full = !spec.queue.admits(line);
    if !spec.shed.is_on() {
        return if full { Err(By::FullService) } else { Ok(()) };
    }
    let class = world.criticality(world.attempts[key].request);
    if spec.shed.room(class, spec.queue).admits(line) {
        return Ok(());
    }
    match less_critical(world, at, class).filter(|_| spec.shed.push_out) {
        Some(place) => {
            push_out(world, out, at, place);
            Ok(())
        }
        None if full => Err(By::FullService),
        None => Err(By::LowPriority),
    }
}

/// The place in the queue of the newest of those that matter least, if they matter less than this class.
fn less_critical(world: &World, at: ReplicaIx, class: Criticality) -> Option<usize> {
    let (_, replica) = world.replica(at)?;
    let mut found = None;
    let mut least = class;
    for (place, waiting) in replica.accept.iter().enumerate().rev() {
        let of = world.criticality(world.attempts[waiting.key].request);
        if of.is_below(least) {
            (least, found) = (of, Some(place));
        }
        if least == Criticality::Sheddable {
            // Nothing matters less.
            break;
        }
    }
    found
}

/// Turns away what waits at this place.
fn push_out(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, place: usize) {
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    replica.gauge(out.now);
    let Some(waiting) = replica.accept.remove(place) else {
        return;
    };
    out.say(Fact::Dequeued {
        node: at.node,
        replica: at.number,
        request: world.attempts[waiting.key].request.name,
    });
    service::turn_away(world, out, at.node, waiting.key, By::LowPriority);
}
