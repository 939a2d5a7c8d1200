//! The prober: asks each replica when it is due, and acts on what the answers say.

use super::outbox::Outbox;
use super::probe::{self, Asked, Watch};
use super::purpose;
use super::scaling;
use super::service;
use super::world::World;
use crate::event::{Event, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::probe::{Health, Which};
use crate::units::Span;

/// Takes over the settings of a service. What is outstanding ends as it began; a replica that was not asked so
/// far is taken for ready and alive, and first asked somewhere in its period, as one among many.
pub fn follow(world: &mut World, out: &mut Outbox<'_>, node: NodeIx) {
    let Some(server) = world.server(node) else {
        return;
    };
    let luck = world.luck.part(server.id.number()).part(purpose::PROBE);
    let rules = Which::ALL.map(|which| probe::rule(&server.spec, which));
    let replicas: Vec<ReplicaIx> = server.all(node).collect();
    for at in replicas {
        let luck = luck.part(u64::from(at.number));
        for (which, rule) in Which::ALL.into_iter().zip(rules) {
            let Some(replica) = world.replica_mut(at) else {
                continue;
            };
            let asks = rule.on && replica.up() && !replica.draining;
            let watch = replica
                .probes
                .as_mut()
                .and_then(|probes| *probes.watch(which));
            match watch {
                None if asks => {
                    let phase = luck.part(which as u64).stream();
                    let first = { phase }.below(rule.period.as_nanos());
                    // One that has just joined has to say that it is ready.
                    if replica.ready || which == Which::Liveness {
                        begin(world, out, at, which, true, Span::nanos(first));
                    } else {
                        begin(world, out, at, which, false, rule.delay);
                    }
                }
                Some(watch) if rule.on && watch.period != rule.period => {
                    plan(world, out, at, which, rule.period);
                }
                Some(_) if !rule.on => {
                    if let Some(probes) = &mut replica.probes {
                        *probes.watch(which) = None;
                        probes.line.retain(|asked| asked.which != which);
                    }
                    left(world, out, at);
                }
                None | Some(_) => {}
            }
            if which == Which::Readiness && !rule.on {
                probe::set_ready(world, out, at, true);
            }
        }
    }
    probe::list(world, node);
}

/// A replica begins to run: it is alive, and not ready before it says so.
pub fn rise(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some(server) = world.server(at.node) else {
        return;
    };
    let rules = Which::ALL.map(|which| probe::rule(&server.spec, which));
    if !rules.iter().any(|rule| rule.on) {
        return;
    }
    for (which, rule) in Which::ALL.into_iter().zip(rules) {
        if rule.on {
            begin(world, out, at, which, which == Which::Liveness, rule.delay);
        }
    }
    if rules[Which::Readiness as usize].on {
        probe::set_ready(world, out, at, false);
    }
    probe::list(world, at.node);
}

/// Begins to ask.
fn begin(
    world: &mut World,
    out: &mut Outbox<'_>,
    at: ReplicaIx,
    which: Which,
    ok: bool,
    first: Span,
) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let period = probe::rule(spec, which).period;
    let probes = replica.probes.get_or_insert_default();
    *probes.watch(which) = Some(Watch {
        health: Health::new(ok),
        period,
        due: 0,
        asked: None,
    });
    plan(world, out, at, which, first);
}

/// Plans the next time.
fn plan(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, which: Which, wait: Span) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let period = probe::rule(spec, which).period;
    let Some(probes) = &mut replica.probes else {
        return;
    };
    let number = probes.next();
    if let Some(watch) = probes.watch(which) {
        (watch.due, watch.period) = (number, period);
        out.after(wait, Event::Probe(at, which, number));
    }
}

/// A replica is due to be asked, if that is still the same plan.
pub fn due(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, which: Which, number: u32) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let rule = probe::rule(spec, which);
    let stays = replica.up() && !replica.draining;
    let Some(probes) = replica.probes.as_mut().filter(|_| stays) else {
        return;
    };
    let next = probes.next();
    let Some(watch) = probes.watch(which).as_mut().filter(|w| w.due == number) else {
        return;
    };
    let waits = watch.asked.is_some();
    if !waits {
        watch.asked = Some(next);
    }
    plan(world, out, at, which, rule.period);
    if !waits {
        out.after(rule.timeout, Event::ProbeLate(at, which, next));
        ask(world, out, at, which, next);
    }
}

fn ask(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, which: Which, number: u32) {
    // A thread that became free at this very instant goes to who came before.
    service::dispatch(world, out, at);
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let mut asked = Asked {
        which,
        number,
        ticket: 0,
        thread: false,
        stood: Span::ZERO,
    };
    let apart = probe::rule(spec, which).apart;
    let free = spec.slots().admits(replica.busy);
    let waiting = replica.accept.len() + replica.probes.as_ref().map_or(0, |p| p.line.len());
    let room = free || spec.queue.admits(waiting);
    if apart || free && !replica.stall.paused && !replica.has_waiting() {
        probe::answer(world, out, at, asked);
    } else if room {
        asked.ticket = replica.next_ticket();
        if let Some(probes) = &mut replica.probes {
            probes.line.push_back(asked);
        }
    } else {
        result(world, out, at, which, number, false);
    }
}

/// An answer has come.
pub fn done(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, which: Which, number: u32) {
    if probe::ended(world, out, at, number).is_none() {
        return;
    }
    result(world, out, at, which, number, true);
    left(world, out, at);
}

/// An answer has taken too long. The one who asks closes the connection: what waits for a thread goes.
pub fn late(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, which: Which, number: u32) {
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    let Some(probes) = &mut replica.probes else {
        return;
    };
    probes.line.retain(|asked| asked.number != number);
    result(world, out, at, which, number, false);
    left(world, out, at);
}

/// A probe has left the line or its thread: who waits is next, and a replica that is to go may go.
fn left(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    match world.replica(at) {
        Some((_, replica)) if replica.has_waiting() => out.soon(Event::Dispatch(at)),
        Some((_, replica)) if replica.draining => scaling::retire(world, out, at),
        Some(_) | None => {}
    }
}

/// A result, if it was still waited for.
fn result(
    world: &mut World,
    out: &mut Outbox<'_>,
    at: ReplicaIx,
    which: Which,
    number: u32,
    ok: bool,
) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let rule = probe::rule(spec, which);
    let life = replica.life;
    let watch = replica.probes.as_mut().map(|probes| probes.watch(which));
    let Some(watch) = watch.and_then(Option::as_mut) else {
        return;
    };
    if watch.asked != Some(number) {
        return;
    }
    watch.asked = None;
    let changes = watch.health.take(&rule, ok);
    out.say(Fact::Probed {
        node: at.node,
        replica: at.number,
        which,
        ok,
    });
    match which {
        Which::Readiness if changes => probe::set_ready(world, out, at, ok),
        Which::Liveness if changes && !ok => out.soon(Event::Unhealthy(at, life)),
        Which::Readiness | Which::Liveness => {}
    }
}
