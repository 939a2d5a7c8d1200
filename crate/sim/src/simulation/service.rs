//! Services: the door, the accept queue, and who gets a free thread.

use super::drag;
use super::hedge;
use super::job;
use super::leak;
use super::loops::{self, Seat};
use super::outbox::Outbox;
use super::probe;
use super::purpose;
use super::replica::Replica;
use super::scaling;
use super::shed;
use super::work::{Job, Lookup, Origin, Place, Station};
use super::world::{Waiting, World};
use crate::balance::Host;
use crate::event::{AttemptKey, EdgeIx, Event, JobKey, MessageKey, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::outcome::{By, Outcome};
use crate::units::{Span, Time};

/// An attempt arrives at the service: one of its replicas gets it.
pub fn reach(world: &mut World, out: &mut Outbox<'_>, key: AttemptKey) {
    let Some(attempt) = world.attempts.get(key) else {
        return;
    };
    let link = world.link(attempt.edge);
    let (node, alive, request, luck) = (link.to, link.alive, attempt.request.name, attempt.luck);
    let edge = attempt.edge;
    if !alive {
        job::reply(world, out, key, Outcome::Cancelled);
        return;
    }
    out.say(Fact::Offered {
        node,
        edge,
        request,
    });
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let balance = server.spec.balance;
    let Some(place) = server.balancer.choose(
        balance,
        &server.replicas,
        request,
        luck.part(purpose::BALANCE),
    ) else {
        let runs = server.replicas.iter().any(Replica::consumes);
        let by = if runs {
            By::UnreadyService
        } else {
            By::DownService
        };
        turn_away(world, out, node, key, by);
        return;
    };
    let number = server.replicas[place].number;
    let number = elsewhere(world, key, number);
    world.attempts[key].replica = Some(number);
    let at = ReplicaIx { node, number };
    // A thread that became free at this very instant goes to who came before.
    dispatch(world, out, at);
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let slots = spec.slots().number().map_or(usize::MAX, |n| n as usize);
    let free = slots.saturating_sub(replica.busy);
    if free > 0 && !replica.stall.paused {
        start_attempt(world, out, at, key, out.now);
        return;
    }
    // While it is paused some of those wait for a thread that is free.
    if let Err(by) = shed::let_in(world, out, at, key, free) {
        turn_away(world, out, node, key, by);
        return;
    }
    if let Some(replica) = world.replica_mut(at) {
        let ticket = replica.next_ticket();
        replica.gauge(out.now);
        if replica.accept.is_empty() {
            replica.filled = out.now;
        }
        replica.accept.push_back(Waiting {
            key,
            since: out.now,
            ticket,
        });
        world.attempts[key].place = Place::Queued;
        out.say(Fact::Queued {
            node,
            replica: number,
            request,
        });
        leak::check_memory(world, out, at);
    }
}

/// The replica that an attempt goes to instead of this one, where that has another try of the same call.
fn elsewhere(world: &World, key: AttemptKey, number: u32) -> u32 {
    let attempt = &world.attempts[key];
    let spared = hedge::spared(world, attempt.call);
    let node = world.link(attempt.edge).to;
    let Some(server) = world.server(node).filter(|_| spared.contains(&number)) else {
        return number;
    };
    // The next one in order, round and round.
    let after = server.replicas.iter().filter(|of| of.number > number);
    let mut round = after.chain(&server.replicas);
    let free = round.find(|of| of.takes() && !spared.contains(&of.number));
    free.map_or(number, |of| of.number)
}

/// A request is not served; its caller is told.
pub fn turn_away(world: &mut World, out: &mut Outbox<'_>, node: NodeIx, key: AttemptKey, by: By) {
    let request = world.attempts[key].request;
    out.say(Fact::TurnedAway {
        node,
        request: request.name,
        by,
        criticality: world.criticality(request),
    });
    job::reply(world, out, key, Outcome::Refused(by));
}

/// Gives free threads to what has waited longest, requests and prefetched messages alike.
pub fn dispatch(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    while let Some((server, replica)) = world.replica(at) {
        if !replica.up() || replica.stall.paused || !server.spec.slots().admits(replica.busy) {
            return;
        }
        if probe_is_next(world, at, out.now) {
            probe::take(world, out, at);
            continue;
        }
        let request = replica.accept.front().map(|w| w.ticket);
        let message = replica
            .inboxes
            .iter()
            .filter_map(|(edge, inbox)| Some((inbox.buffer.front()?.ticket, *edge, inbox.active)))
            .filter(|(_, edge, active)| world.consumers(*edge).admits(*active))
            .min();
        match (request, message) {
            (Some(ticket), Some((other, edge, _))) if other < ticket => {
                take_message(world, out, at, edge);
            }
            (Some(_), _) => take_request(world, out, at),
            (None, Some((_, edge, _))) => take_message(world, out, at, edge),
            (None, None) => break,
        }
    }
    if world
        .replica(at)
        .is_some_and(|(_, replica)| replica.draining)
    {
        scaling::retire(world, out, at);
    }
}

/// Whether a probe waits for a thread, and is next.
fn probe_is_next(world: &World, at: ReplicaIx, now: Time) -> bool {
    let Some((server, replica)) = world.replica(at) else {
        return false;
    };
    let Some(ticket) = replica.probe_ticket() else {
        return false;
    };
    let spec = &server.spec;
    let newest = spec
        .discipline
        .newest_first(replica.filled, now, spec.interval);
    let before_requests = if newest {
        let last = replica.accept.back();
        last.is_none_or(|waiting| waiting.ticket < ticket)
    } else {
        let first = replica.accept.front();
        first.is_none_or(|waiting| ticket < waiting.ticket)
    };
    let messages = replica.inboxes.iter();
    let mut ready = messages.filter(|(edge, inbox)| {
        let spec = &world.link(*edge).spec;
        spec.consumers().admits(inbox.active)
    });
    before_requests
        && ready.all(|(_, inbox)| inbox.buffer.front().is_none_or(|m| ticket < m.ticket))
}

fn take_request(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    replica.gauge(out.now);
    let (target, interval) = (spec.target, spec.interval);
    let newest = spec
        .discipline
        .newest_first(replica.filled, out.now, interval);
    let Some(waiting) = (if newest {
        replica.accept.pop_back()
    } else {
        replica.accept.pop_front()
    }) else {
        return;
    };
    let waited = out.now.since(waiting.since);
    let shed = spec.codel && replica.codel.turns_away(out.now, waited, target, interval);
    let drops = spec.drop_expired;
    let attempt = &world.attempts[waiting.key];
    let request = attempt.request.name;
    let late = attempt.cancelled || drops && attempt.deadline <= out.now;
    out.say(Fact::Dequeued {
        node: at.node,
        replica: at.number,
        request,
    });
    if late || shed {
        let by = if late { By::Expired } else { By::Shed };
        turn_away(world, out, at.node, waiting.key, by);
        return;
    }
    start_attempt(world, out, at, waiting.key, waiting.since);
}

fn take_message(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, edge: EdgeIx) {
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    replica.gauge(out.now);
    let Some(waiting) = replica.inbox(edge).buffer.pop_front() else {
        return;
    };
    replica.buffered -= 1;
    out.say(Fact::Unbuffered {
        edge,
        replica: at.number,
        request: world.messages[waiting.key].request.name,
    });
    start_message(world, out, at, waiting.key, waiting.since);
}

fn start_attempt(
    world: &mut World,
    out: &mut Outbox<'_>,
    at: ReplicaIx,
    key: AttemptKey,
    came: Time,
) {
    let attempt = &world.attempts[key];
    let (edge, luck) = (attempt.edge, attempt.luck);
    let from = (edge, loops::caller(world, key));
    let seat = loops::seat(world, out.now, at, from, luck);
    let attempt = &world.attempts[key];
    let job = Job {
        at,
        origin: Origin::Attempt(key),
        request: attempt.request,
        luck: attempt.luck,
        identity: attempt.identity,
        edge: attempt.edge,
        came,
        started: out.now,
        after: false,
        step: 0,
        fetches: None,
        calls: None,
        express: None,
        awaits: 0,
        seat,
        resumed: None,
        orphan: attempt.orphan,
        again: attempt.again,
        deadline: attempt.deadline,
        cancelled: false,
        works: false,
        hops: attempt.hops,
        lookup: Lookup::Off,
        stood: Span::ZERO,
        rows: Vec::new(),
    };
    let job = start(world, out, job);
    world.attempts[key].place = Place::Working(job);
}

fn start_message(
    world: &mut World,
    out: &mut Outbox<'_>,
    at: ReplicaIx,
    key: MessageKey,
    came: Time,
) {
    let message = &world.messages[key];
    let again = u64::from(message.deliveries - 1);
    let luck = match again {
        0 => message.luck,
        again => message.luck.part(purpose::REDELIVERY).part(again),
    };
    let from = (message.by, 0);
    let seat = loops::seat(world, out.now, at, from, luck);
    let message = &world.messages[key];
    let job = Job {
        at,
        origin: Origin::Message(key),
        request: message.request,
        luck,
        identity: message.identity,
        edge: message.by,
        came,
        started: out.now,
        after: false,
        step: 0,
        fetches: None,
        calls: None,
        express: None,
        awaits: 0,
        seat,
        resumed: None,
        orphan: false,
        again: message.again || again > 0,
        deadline: Time::NEVER,
        cancelled: false,
        works: false,
        hops: message.hops,
        lookup: Lookup::Off,
        stood: Span::ZERO,
        rows: Vec::new(),
    };
    let edge = message.by;
    let job = start(world, out, job);
    world.messages[key].place = Station::Working(job);
    if let Some(replica) = world.replica_mut(at) {
        replica.inbox(edge).active += 1;
    }
}

fn start(world: &mut World, out: &mut Outbox<'_>, mut job: Job) -> JobKey {
    let edge = job.edge;
    let checks = world.link(edge).spec.dedup.on;
    if checks {
        job.lookup = Lookup::UnderWay;
    }
    let (at, request, luck, orphan) = (job.at, job.request, job.luck, job.orphan);
    let waited = job.started.since(job.came);
    let message = matches!(job.origin, Origin::Message(_));
    let has_thread = job.seat == Seat::Thread;
    let key = world.jobs.insert(job);
    world.hold(request);
    out.say(Fact::Started {
        node: at.node,
        replica: at.number,
        request: request.name,
        waited,
        message,
        orphan,
    });
    if let Some(replica) = world.replica_mut(at) {
        replica.gauge(out.now);
        replica.busy += 1;
    }
    if let Some(server) = world.server(at.node) {
        let work = if checks {
            let lookup = luck.part(purpose::LOOKUP);
            world
                .link(edge)
                .spec
                .dedup
                .lookup
                .sample(&mut lookup.stream())
        } else {
            server.before(luck)
        };
        let leaks = server.leak.per_request;
        if has_thread {
            drag::work(world, out, key, work);
        } else {
            loops::enter(world, out, key, true);
        }
        leak::lose(world, out, at, leaks);
    }
    leak::check_memory(world, out, at);
    key
}

/// A prefetched message waits for a thread of the replica it was delivered to.
pub fn buffer(world: &mut World, out: &mut Outbox<'_>, key: MessageKey) {
    let message = &mut world.messages[key];
    message.place = Station::Buffered;
    let (edge, number, request) = (message.by, message.replica, message.request.name);
    let node = world.link(edge).to;
    let at = ReplicaIx { node, number };
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    replica.gauge(out.now);
    replica.buffered += 1;
    let ticket = replica.next_ticket();
    replica.inbox(edge).buffer.push_back(Waiting {
        key,
        since: out.now,
        ticket,
    });
    out.say(Fact::Offered {
        node,
        edge,
        request,
    });
    out.say(Fact::Prefetched {
        edge,
        replica: number,
        request,
    });
    leak::check_memory(world, out, at);
    out.soon(Event::Dispatch(at));
}
