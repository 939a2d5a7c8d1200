//! Express: a plain call that a free thread takes at once needs one record, that of its job, and no event between its
//! steps. A short cut, no second model: it states the facts that the usual way would, in their order, while nothing else
//! is due at this instant. What is not plain (a caller gives up, a replica is killed) unpacks the job into call and attempt.

use super::call::Parent;
use super::client;
use super::group;
use super::job;
use super::layers;
use super::leak;
use super::loops::Seat;
use super::outbox::Outbox;
use super::service;
use super::work::{Attempt, Call, Job, Level, Lookup, MOST_HOPS, MOST_PARTS, Origin, Phase, Place};
use super::world::{Link, NodeState, World};
use crate::balance::Host;
use crate::dist::Dist;
use crate::event::{CallKey, EdgeIx, Event, JobKey, LaneIx, Owner, ReplicaIx};
use crate::fact::Fact;
use crate::outcome::{Cause, Outcome};
use crate::policy::Policy;
use crate::scenario::{Mode, Model, Role};
use crate::units::{Ratio, Span};

/// How an edge lets plain calls pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The timer of its timeout, if it has one.
    timer: Option<LaneIx>,
}

/// Finds the edges that let plain calls pass, after settings or trouble have changed.
pub fn mark(world: &mut World) {
    for place in 0..world.edges.len() {
        let way = way(world, &world.edges[place]).filter(|_| world.bounds.express);
        world.edges[place].express = way;
    }
}

/// Whether calls over an edge may be plain: nothing takes time or chance on the way, and no policy but a timeout
/// looks at them.
fn way(world: &World, link: &Link) -> Option<Way> {
    let spec = &link.spec;
    let at_once = |dist: &Dist| dist.constant() == Some(Span::ZERO);
    let plain = link.alive
        && spec.mode == Mode::Sync
        && at_once(&spec.latency)
        && at_once(spec.back())
        && !link.network.troubled
        && !spec.dedup.on
        && world.server(link.to).is_some_and(|server| {
            let spec = &server.spec;
            let own = server.leaks_by_request() || server.drags();
            // An autoscaler wants to know what is done where.
            let blocking = spec.model == Model::Blocking;
            blocking && spec.role != Role::Cache && !spec.autoscale.on && !own
        })
        // What stands still is put off event by event.
        && !world.trouble.stalls;
    let stack = world.stacks.get(link.stack).filter(|_| plain)?;
    match stack.policies[..] {
        [] => Some(Way { timer: None }),
        [Policy::Timeout(ref timeout)] if !timeout.propagate => Some(Way {
            timer: stack.lanes[0],
        }),
        _ => None,
    }
}

/// Makes a call whose job begins at once, if it is that plain.
pub fn begin(
    world: &mut World,
    out: &mut Outbox<'_>,
    parent: &Parent,
    edge: EdgeIx,
) -> Option<JobKey> {
    let link = &world.edges[edge.0 as usize];
    let Way { timer } = link
        .express
        .filter(|_| parent.threaded && !world.is_crowded())?;
    let NodeState::Service(server) = &mut world.nodes[link.to.0 as usize] else {
        return None;
    };
    let [replica] = &mut server.replicas[..] else {
        return None;
    };
    if !replica.takes()
        || replica.has_waiting()
        || !server.spec.threads.admits(replica.busy)
        || parent.hops >= MOST_HOPS
        || !out.is_quiet()
    {
        return None;
    }
    let of = world.requests.get_mut(parent.request.key);
    let of = of.filter(|of| of.parts < MOST_PARTS)?;
    // The attempt and the job.
    of.parts += 2;
    world.bounds.plain += 1;
    replica.busy += 1;
    // First of all what takes its time: no step of a draw can begin before the one before.
    let luck = parent.luck.part(link.number).part(1);
    let number = replica.number;
    let work = server.before(luck);
    let limited = server.spec.memory.limit.is_some();
    let (node, request, orphan) = (link.to, parent.request.name, parent.orphan);
    let at = ReplicaIx { node, number };
    out.say(Fact::Called {
        edge,
        replica: parent.replica,
        request,
        waits: true,
    });
    out.say(Fact::Sent {
        edge,
        request,
        attempt: 1,
        mode: Mode::Sync,
        orphan,
        again: parent.again,
    });
    out.say(Fact::Offered {
        node,
        edge,
        request,
    });
    out.say(Fact::Started {
        node,
        replica: at.number,
        request,
        waited: Span::ZERO,
        message: false,
        orphan,
    });
    let key = world.jobs.insert(Job {
        at,
        origin: Origin::Call(parent.owner),
        request: parent.request,
        luck,
        identity: parent.identity.part(link.number),
        edge,
        came: out.now,
        started: out.now,
        after: false,
        step: 0,
        fetches: None,
        calls: None,
        express: None,
        awaits: 0,
        seat: Seat::Thread,
        resumed: None,
        orphan,
        again: parent.again,
        deadline: parent.deadline,
        cancelled: false,
        works: false,
        hops: parent.hops + 1,
        lookup: Lookup::Off,
        stood: Span::ZERO,
        rows: Vec::new(),
    });
    if let Some(lane) = timer {
        out.arm(lane, Event::Overdue(key));
    }
    out.after(work, Event::Worked(key));
    if limited {
        leak::check_memory(world, out, at);
    }
    Some(key)
}

/// Whether a job that is at its end may go as it came. If not it is unpacked.
pub fn may_finish(world: &mut World, out: &mut Outbox<'_>, key: JobKey) -> bool {
    let job = &world.jobs[key];
    let plain = job.rows.is_empty()
        && out.is_quiet()
        && world.link(job.edge).express.is_some()
        && world
            .replica(job.at)
            .is_some_and(|(_, replica)| !replica.draining);
    if !plain {
        unpack(world, out, key);
    }
    plain
}

/// Ends a job that has nothing left to do, and then those of its callers that wait for nothing else; whether it did.
///
/// What chance or further work has a part in goes the longer way by `job`.
pub fn conclude(world: &mut World, out: &mut Outbox<'_>, key: JobKey) -> bool {
    let Some(job) = world.jobs.get(key) else {
        return false;
    };
    let Origin::Call(owner) = job.origin else {
        return false;
    };
    let NodeState::Service(server) = &world.nodes[job.at.node.0 as usize] else {
        return false;
    };
    let [replica] = &server.replicas[..] else {
        return false;
    };
    let done = job.after
        || server
            .plan
            .last()
            .is_none_or(|step| step.number <= job.step)
            && server.spec.after.constant() == Some(Span::ZERO);
    let certain = server.spec.errors.max(server.errors).max(server.poison) == Ratio::ZERO;
    let plain = done
        && certain
        && !job.cancelled
        && job.lookup == Lookup::Off
        && job.rows.is_empty()
        && !replica.draining
        && world.edges[job.edge.0 as usize].express.is_some()
        && out.is_quiet();
    if plain {
        finish(world, out, key, owner, (Outcome::Ok, Cause::Own));
    }
    plain
}

/// Ends a job whose caller goes on at once.
pub fn finish(
    world: &mut World,
    out: &mut Outbox<'_>,
    key: JobKey,
    owner: Owner,
    (outcome, cause): (Outcome, Cause),
) {
    let Some(job) = world.jobs.get(key) else {
        return;
    };
    let (at, edge, request, piece) = (job.at, job.edge, job.request, job.identity.name());
    let (came, started, orphan) = (job.came, job.started, job.orphan);
    world.jobs.remove(key);
    world.bounds.plain -= 1;
    let mut waiting = false;
    if let Some(replica) = world.replica_mut(at) {
        replica.busy -= 1;
        waiting = replica.has_waiting();
    }
    out.say(Fact::Finished {
        node: at.node,
        replica: at.number,
        request: request.name,
        outcome,
        cause,
        held: out.now.since(started),
        took: out.now.since(came),
        orphan,
    });
    let mut again = false;
    if let Some(of) = world.requests.get_mut(request.key) {
        // The caller is still under way: these are not the last parts of the request.
        of.parts -= 2;
        if outcome.is_ok() {
            again = !of.done.insert(piece);
        }
    }
    let request = request.name;
    if again {
        let node = at.node;
        out.say(Fact::Duplicate {
            node,
            edge,
            request,
        });
    }
    out.say(Fact::Answered {
        edge,
        request,
        outcome,
        late: false,
    });
    out.say(Fact::Settled {
        edge,
        replica: caller(world, owner),
        request,
        outcome,
        took: out.now.since(came),
        attempts: 1,
        waited: true,
    });
    if waiting {
        service::dispatch(world, out, at);
    }
    match owner {
        Owner::Job(key) if outcome.is_ok() && conclude(world, out, key) => {}
        Owner::Job(key) => job::resume(world, out, key, outcome),
        Owner::Request(key) => client::resume(world, out, key, outcome),
    }
}

/// The replica of a caller; 0 for a client.
fn caller(world: &World, owner: Owner) -> u32 {
    match owner {
        Owner::Job(key) => world.jobs.get(key).map_or(0, |job| job.at.number),
        Owner::Request(_) => 0,
    }
}

/// The timeout of a plain call ends.
pub fn overdue(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    if let Some(call) = open(world, key) {
        layers::expire(world, out, call, 0, TOKEN);
    }
}

/// The number of the wait for the timeout of a plain call.
const TOKEN: u32 = 1;

/// Makes the call and the attempt of all jobs that have none of their own.
pub fn unpack_all(world: &mut World, out: &mut Outbox<'_>) {
    let plain = |(key, job): (JobKey, &Job)| matches!(job.origin, Origin::Call(_)).then_some(key);
    let keys: Vec<JobKey> = world.jobs.iter().filter_map(plain).collect();
    for key in keys {
        unpack(world, out, key);
    }
}

/// Makes the call and the attempt of the job that another one waits for, if it has none of its own.
pub fn unpack_under(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    if let Some(under) = world.jobs.get(key).and_then(|job| job.express) {
        unpack(world, out, under);
    }
}

/// Makes the call and the attempt of a job that has none of its own.
pub fn unpack(world: &mut World, out: &mut Outbox<'_>, key: JobKey) {
    let Some(key) = open(world, key) else {
        return;
    };
    let call = &world.calls[key];
    let timeout = world.stacks[call.stack]
        .policies
        .first()
        .and_then(Policy::timeout);
    if let Some(timeout) = timeout {
        let at = (call.began + timeout.after).max(out.now);
        out.at(at, Event::Expire(key, 0, TOKEN));
    }
}

/// Makes the call and the attempt of a job, but for the timer.
fn open(world: &mut World, key: JobKey) -> Option<CallKey> {
    let job = world.jobs.get(key)?;
    let Origin::Call(owner) = job.origin else {
        return None;
    };
    let link = world.link(job.edge);
    let (number, stack, mode) = (link.number, link.stack, link.spec.mode);
    let luck = match owner {
        Owner::Job(key) => world.jobs.get(key)?.luck,
        Owner::Request(key) => world.requests.get(key)?.luck,
    };
    let policies = world.stacks.get_mut(stack)?;
    policies.users += 1;
    let level = Level {
        phase: Phase::Inside,
        token: TOKEN,
        began: job.came,
        ..Level::default()
    };
    let layers = vec![level; policies.policies.len()];
    let mut call = Call {
        owner,
        replica: caller(world, owner),
        edge: job.edge,
        mode,
        waits: true,
        holds: true,
        counted: true,
        beside: [None; 2],
        within: None,
        tries: None,
        request: job.request,
        luck: luck.part(number),
        identity: job.identity,
        stack,
        waits_so_far: layers.len() as u32,
        layers,
        turns: 1,
        attempt: None,
        sent: 1,
        began: job.came,
        orphan: job.orphan,
        again: job.again,
        deadline: job.deadline,
        hops: job.hops - 1,
    };
    let attempt = Attempt {
        call: None,
        row: None,
        edge: job.edge,
        mode,
        request: job.request,
        luck: job.luck,
        identity: job.identity,
        replica: Some(job.at.number),
        place: Place::Working(key),
        orphan: job.orphan,
        again: job.again,
        deadline: job.deadline,
        cancelled: false,
        hops: job.hops,
    };
    let attempt = world.attempts.insert(attempt);
    call.attempt = Some(attempt);
    let call = world.calls.insert(call);
    world.attempts[attempt].call = Some(call);
    world.jobs[key].origin = Origin::Attempt(attempt);
    world.bounds.plain -= 1;
    if let Owner::Job(key) = owner {
        world.jobs[key].express = None;
    }
    group::join(world, call);
    Some(call)
}
