//! Scaling: replicas come, and go once they have nothing left to do.

use super::leak;
use super::outbox::Outbox;
use super::probe;
use super::replica::Replica;
use super::usage::Usage;
use super::world::World;
use crate::event::{Event, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::units::Span;

/// Makes a service have so many replicas. New ones are empty and ready after they have started up; the newest go
/// first, and those that go still end what they have.
pub fn resize(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, wanted: usize, startup: Span) {
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let stay = server.replicas.iter().filter(|r| !r.draining).count();
    for _ in stay..wanted {
        let number = server.next_replica;
        server.next_replica += 1;
        let fresh = startup > Span::ZERO;
        let usage = || Box::new(Usage::new(out.now));
        let replica = Replica {
            crashed: server.crashed,
            starting: fresh,
            fresh,
            cache: Replica::cold(&server.spec),
            usage: server.scaler.is_some().then(usage),
            up_since: out.now,
            ready: !server.spec.readiness.on,
            ..Replica::new(number)
        };
        out.say(Fact::Joined {
            node,
            replica: number,
            up: replica.up(),
        });
        if !replica.ready {
            out.say(Fact::Readiness {
                node,
                replica: number,
                ready: false,
            });
        }
        if fresh {
            let at = ReplicaIx { node, number };
            out.after(startup, Event::Ready(at, replica.life));
        }
        server.replicas.push(replica);
    }
    let mut going = Vec::new();
    for replica in server
        .replicas
        .iter_mut()
        .filter(|r| !r.draining)
        .skip(wanted)
    {
        replica.draining = true;
        going.push(replica.number);
    }
    let Some(server) = world.server_mut(node) else {
        return;
    };
    server
        .balancer
        .follow(server.spec.balance, &server.replicas);
    for edge in &server.ins {
        out.soon(Event::Pump(*edge));
    }
    probe::list(world, node);
    for number in going {
        retire(world, out, ReplicaIx { node, number });
    }
}

/// A replica that is to go goes, if it has nothing left.
pub fn retire(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some(server) = world.server_mut(at.node) else {
        return;
    };
    let goes =
        |replica: &Replica| replica.number == at.number && replica.draining && replica.is_empty();
    if !server.replicas.iter().any(goes) {
        return;
    }
    leak::free(world, out, at);
    let Some(server) = world.server_mut(at.node) else {
        return;
    };
    let Some(place) = server.replicas.iter().position(goes) else {
        return;
    };
    let up = server.replicas.remove(place).up();
    server
        .balancer
        .follow(server.spec.balance, &server.replicas);
    out.say(Fact::Left {
        node: at.node,
        replica: at.number,
        up,
    });
    probe::list(world, at.node);
}
