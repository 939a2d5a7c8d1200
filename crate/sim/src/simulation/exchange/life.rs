//! The life of a broker node: faults, other routes, its end; and what becomes of what waited at it.

use super::{look, open_all, turned};
use crate::event::{EdgeIx, Event, NodeIx};
use crate::fact::Fact;
use crate::outcome::By;
use crate::simulation::delivery;
use crate::simulation::outbox::Outbox;
use crate::simulation::world::World;
use crate::units::Ratio;

/// What faults do to it now.
pub fn suffer(
    world: &mut World,
    out: &mut Outbox<'_>,
    node: NodeIx,
    (slow, down, full): (Ratio, bool, bool),
) {
    let Some(exchange) = world.exchange_mut(node) else {
        return;
    };
    exchange.slow = slow;
    let was = exchange.blocks();
    exchange.full = full;
    let was_down = std::mem::replace(&mut exchange.down, down);
    if down && !was_down {
        exchange.alarm = false;
        exchange.life += 1;
        exchange.is_busy = false;
        let mut waiting = std::mem::take(&mut exchange.intake);
        let edges = exchange.edges.clone();
        out.say(Fact::BrokerDown { node });
        for key in waiting.drain(..) {
            let request = world.attempts[key].request.name;
            out.say(Fact::TakenIn {
                node,
                request,
                done: false,
            });
            delivery::turn_back(world, out, key, By::DownBroker);
        }
        for edge in edges {
            hang_up(world, out, node, edge);
        }
    }
    turned(world, out, node, was);
    if was_down && !down {
        out.say(Fact::BrokerUp { node });
        let edges = world.exchange(node).map(|exchange| exchange.edges.clone());
        for edge in edges.unwrap_or_default() {
            out.soon(Event::Pump(edge));
        }
        look(world, out, node);
    }
}

/// An edge's connections are gone with its broker, and its messages too unless they are durable.
fn hang_up(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, edge: EdgeIx) {
    let connection = std::mem::take(&mut world.link_mut(edge).connection);
    for key in connection.line {
        let request = world.attempts[key].request.name;
        out.say(Fact::LetGo {
            node,
            edge,
            request,
        });
        delivery::turn_back(world, out, key, By::DownBroker);
    }
    let durable = world.exchange(node).is_some_and(|e| e.spec.durable);
    delivery::hang_up(world, out, edge, durable);
}

/// An edge goes through another broker from now on, or through none: what its connection kept goes there.
pub fn reroute(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx, via: Option<NodeIx>) {
    let link = world.link_mut(edge);
    let (before, kept) = (std::mem::replace(&mut link.via, via), link.kept);
    let connection = std::mem::take(&mut link.connection);
    if let Some(node) = before {
        if let Some(exchange) = world.exchange_mut(node) {
            exchange.messages -= kept;
        }
        for key in connection.line {
            let request = world.attempts[key].request.name;
            out.say(Fact::LetGo {
                node,
                edge,
                request,
            });
            out.soon(Event::Knock(key));
        }
    }
    if let Some(exchange) = via.and_then(|node| world.exchange_mut(node)) {
        exchange.messages += kept;
    }
}

/// Its settings or the edges through it have changed.
pub fn adopt(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    open_all(world, out, node);
    look(world, out, node);
}

/// It is taken off the board: what it was to take in goes on to where its edge leads now.
pub fn remove(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(exchange) = world.exchange_mut(node) else {
        return;
    };
    for key in std::mem::take(&mut exchange.intake) {
        let request = world.attempts[key].request.name;
        out.say(Fact::TakenIn {
            node,
            request,
            done: false,
        });
        out.soon(Event::Knock(key));
    }
}
