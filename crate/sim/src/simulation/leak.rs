//! Leaks: memory that a replica never gives back until it is restarted; and the kill of one that holds too much.

use super::outbox::Outbox;
use super::world::World;
use crate::event::{Event, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::units::{Bytes, Span};

/// Memory is lost in steps: ten a second.
const STEP: Span = Span::millis(100);
const STEPS: u64 = 10;

/// A service's leak, from its faults.
#[derive(Debug, Clone, Copy, Default)]
pub struct Leak {
    /// What is lost each second.
    pub per_second: Bytes,
    /// What each piece of work loses.
    pub per_request: Bytes,
    /// Steps so far, so that no byte is lost to rounding.
    steps: u64,
    /// Tells the steps of one leak from those of the next.
    epoch: u32,
}

/// A service leaks from now on so much each second, and so much with each piece of work.
pub fn set(
    world: &mut World,
    out: &mut Outbox<'_>,
    node: NodeIx,
    [per_second, per_request]: [Bytes; 2],
) {
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let leak = &mut server.leak;
    let begins = leak.per_second.get() == 0 && per_second.get() > 0;
    (leak.per_second, leak.per_request) = (per_second, per_request);
    if begins {
        (leak.steps, leak.epoch) = (0, leak.epoch + 1);
        out.after(STEP, Event::Leak(node, leak.epoch));
    }
}

/// A step of a leak: every replica that runs loses its part.
pub fn step(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, epoch: u32) {
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let leak = &mut server.leak;
    let rate = leak.per_second.get();
    if leak.epoch != epoch || rate == 0 {
        return;
    }
    // What ten steps lose is what a second does.
    let done = leak.steps % STEPS;
    let bytes = rate * (done + 1) / STEPS - rate * done / STEPS;
    leak.steps += 1;
    let replicas: Vec<ReplicaIx> = server.all(node).collect();
    for at in replicas {
        lose(world, out, at, Bytes::new(bytes));
    }
    out.after(STEP, Event::Leak(node, epoch));
}

/// A replica loses memory, if it runs.
pub fn lose(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, bytes: Bytes) {
    let bytes = bytes.get();
    let Some(replica) = world.replica_mut(at).filter(|r| r.up() && bytes > 0) else {
        return;
    };
    replica.leaked += bytes;
    out.say(Fact::Leaked {
        node: at.node,
        replica: at.number,
        bytes,
    });
    check_memory(world, out, at);
}

/// A replica has stopped: what was lost is free.
pub fn free(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some(replica) = world.replica_mut(at).filter(|r| r.leaked > 0) else {
        return;
    };
    let bytes = std::mem::take(&mut replica.leaked);
    out.say(Fact::Freed {
        node: at.node,
        replica: at.number,
        bytes,
    });
}

/// Plans the kill of a replica that holds more memory than it may.
pub fn check_memory(world: &World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some((server, replica)) = world.replica(at) else {
        return;
    };
    if server
        .spec
        .memory
        .limit
        .is_some_and(|limit| replica.memory(&server.spec) > limit.get())
    {
        out.soon(Event::OutOfMemory(at, replica.life));
    }
}
