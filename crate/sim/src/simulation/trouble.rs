//! Trouble: which faults are on, and what they do to nodes and edges.

use super::client;
use super::exchange;
use super::express;
use super::leak;
use super::life;
use super::network;
use super::outbox::Outbox;
use super::stall;
use super::world::{NodeState, World};
use crate::event::{EdgeIx, Event, NodeIx, ReplicaIx, Site};
use crate::fact::{Fact, Stop};
use crate::scenario::{Fault, FaultKind, PlannedFault, Target};
use crate::units::{Bytes, Ratio, Span, Time};

/// The end of a planned fault, if it has one.
fn end(fault: &PlannedFault) -> Option<Time> {
    fault
        .duration
        .map(|duration| Time::ZERO + fault.start + duration)
}

/// Takes over a plan and plans its beginnings and ends that are still to come.
pub fn plan(world: &mut World, out: &mut Outbox<'_>, planned: &[PlannedFault]) {
    world.trouble.planned = planned.to_vec();
    world.trouble.epoch += 1;
    for fault in planned {
        for at in [Some(Time::ZERO + fault.start), end(fault)]
            .into_iter()
            .flatten()
        {
            if at > out.now {
                out.at(at, Event::Faults(world.trouble.epoch));
            }
        }
    }
}

/// Finds which faults are on now, and makes the nodes feel it.
pub fn refresh(world: &mut World, out: &mut Outbox<'_>) {
    let now = out.now;
    let on = |fault: &&PlannedFault| {
        Time::ZERO + fault.start <= now && end(fault).is_none_or(|end| now < end)
    };
    let planned = world
        .trouble
        .planned
        .iter()
        .filter(on)
        .map(PlannedFault::fault);
    let mut active: Vec<Fault> = Vec::new();
    for fault in planned.chain(world.trouble.clicked.iter().cloned()) {
        if !active.contains(&fault) {
            active.push(fault);
        }
    }
    let before = std::mem::replace(&mut world.trouble.active, active.clone());
    for (fact, from, other) in [(false, &before, &active), (true, &active, &before)] {
        for fault in from.iter().filter(|fault| !other.contains(fault)) {
            let on = match &fault.on {
                Target::Node(id) => world.node_ix.get(id).map(|ix| Site::Node(*ix)),
                Target::Edge(id) => world.edge_ix.get(id).map(|ix| Site::Edge(*ix)),
            };
            let Some(on) = on else {
                continue;
            };
            let kind = fault.kind;
            if fact
                && kind == FaultKind::CacheFlush
                && let Site::Node(node) = on
            {
                world.flush(node);
            }
            out.say(if fact {
                Fact::FaultOn { on, kind }
            } else {
                Fact::FaultOff { on, kind }
            });
        }
    }
    let nodes: Vec<NodeIx> = world.node_ix.values().copied().collect();
    for node in nodes {
        apply(world, out, node);
    }
    let edges: Vec<EdgeIx> = world.edge_ix.values().copied().collect();
    for edge in edges {
        apply_to_edge(world, out, edge);
    }
    express::mark(world);
}

/// Makes one edge feel what is on; of several faults of a kind the strongest counts.
fn apply_to_edge(world: &mut World, out: &mut Outbox<'_>, edge: EdgeIx) {
    let (mut latency, mut loss) = (Span::ZERO, Ratio::ZERO);
    let (mut partition, mut hold) = (false, false);
    let link = &world.edges[edge.0 as usize];
    let faults = world.trouble.active.iter();
    for fault in faults.filter(|fault| matches!(&fault.on, Target::Edge(id) if *id == link.id)) {
        match fault.kind {
            FaultKind::Latency(by) => latency = latency.max(by),
            FaultKind::Loss(share) => loss = loss.max(share),
            FaultKind::Partition => partition = true,
            FaultKind::Hold => hold = true,
            // They befall nodes.
            FaultKind::Slow(_)
            | FaultKind::Delay(_)
            | FaultKind::Full
            | FaultKind::Errors(_)
            | FaultKind::Hang
            | FaultKind::Pause
            | FaultKind::Crash
            | FaultKind::Leak(_)
            | FaultKind::LeakPerRequest(_)
            | FaultKind::Spike(_)
            | FaultKind::Poison(_)
            | FaultKind::CrashBeforeAck(_)
            | FaultKind::CacheFlush => {}
        }
    }
    let link = world.link_mut(edge);
    let own = link.spec.loss.max(link.spec.loss_back).max(loss) > Ratio::ZERO;
    let network = &mut link.network;
    (network.latency, network.loss) = (latency, loss);
    (network.partition, network.hold) = (partition, hold);
    network.troubled = own || partition || hold || latency > Span::ZERO;
    if !hold {
        network::let_go(world, out, edge);
    }
}

/// Makes one node feel what is on; of several faults of a kind the strongest counts.
fn apply(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let (mut slow, mut spike) = (Ratio::ONE, Ratio::ONE);
    let (mut delay, mut hung, mut paused) = (Span::ZERO, false, false);
    let mut leaks = [Bytes::default(); 2];
    let (mut errors, mut crashed, mut full) = (Ratio::ZERO, false, false);
    let (mut poison, mut crash_before_ack) = (Ratio::ZERO, Ratio::ZERO);
    let id = match &world.nodes[node.0 as usize] {
        NodeState::Client(source) => &source.id,
        NodeState::Service(server) => &server.id,
        NodeState::Broker(exchange) => &exchange.id,
        NodeState::Gone => return,
    };
    let faults = world.trouble.active.iter();
    for fault in faults.filter(|fault| matches!(&fault.on, Target::Node(on) if on == id)) {
        match fault.kind {
            FaultKind::Slow(by) => slow = stronger(slow, by),
            FaultKind::Spike(by) => spike = stronger(spike, by),
            FaultKind::Delay(by) => delay = delay.max(by),
            FaultKind::Hang => hung = true,
            FaultKind::Pause => paused = true,
            FaultKind::Leak(by) => leaks[0] = leaks[0].max(by),
            FaultKind::LeakPerRequest(by) => leaks[1] = leaks[1].max(by),
            FaultKind::Errors(share) => errors = errors.max(share),
            FaultKind::Crash => crashed = true,
            FaultKind::Full => full = true,
            FaultKind::Poison(share) => poison = poison.max(share),
            FaultKind::CrashBeforeAck(share) => crash_before_ack = crash_before_ack.max(share),
            // They befall edges; a flush has acted when it began.
            FaultKind::Latency(_)
            | FaultKind::Loss(_)
            | FaultKind::Partition
            | FaultKind::Hold
            | FaultKind::CacheFlush => {}
        }
    }
    match &mut world.nodes[node.0 as usize] {
        NodeState::Client(source) => {
            if source.spike != spike {
                source.spike = spike;
                client::replan(world, out, node);
            }
        }
        NodeState::Service(server) => {
            (server.slow, server.errors) = (slow, errors);
            server.delay = delay;
            (server.poison, server.crash_before_ack) = (poison, crash_before_ack);
            let turns = server.crashed != crashed;
            server.crashed = crashed;
            let replicas: Vec<ReplicaIx> = server.all(node).collect();
            let stalls = (server.hung, server.paused) != (hung, paused);
            let begins = (hung && !server.hung, paused && !server.paused);
            (server.hung, server.paused) = (hung, paused);
            for at in replicas {
                if turns {
                    crash(world, out, at, crashed);
                }
                if stalls {
                    stand(world, out, at, begins);
                }
            }
            leak::set(world, out, node, leaks);
        }
        NodeState::Broker(_) => exchange::suffer(world, out, node, (slow, crashed, full)),
        NodeState::Gone => {}
    }
}

/// A replica begins to stand still if it runs when that begins; what has ended ends for each.
fn stand(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, begins: (bool, bool)) {
    let Some((server, replica)) = world.replica(at) else {
        return;
    };
    let hung = server.hung && (replica.stall.hung || begins.0 && replica.up());
    let paused = server.paused && (replica.stall.paused || begins.1 && replica.up());
    stall::set(world, out, at, hung, paused);
}

/// A replica goes down or may come up again.
fn crash(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, crashed: bool) {
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    let was_up = replica.up();
    replica.crashed = crashed;
    let up = replica.up();
    if was_up && !up {
        life::stop(world, out, at, Stop::Fault);
    } else if !was_up && up {
        life::rise(world, out, at);
    }
}

/// Of two factors the one further from doing nothing, upwards first.
fn stronger(a: Ratio, b: Ratio) -> Ratio {
    if a.max(b) > Ratio::ONE {
        a.max(b)
    } else {
        a.min(b)
    }
}
