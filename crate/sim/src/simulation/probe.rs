//! A replica's probes: what is asked of it, what waits for a thread, and what a thread answers.

use std::collections::VecDeque;

use super::outbox::Outbox;
use super::world::{Server, World};
use crate::event::{Event, NodeIx, ReplicaIx};
use crate::fact::Fact;
use crate::probe::{Health, Rule, Which};
use crate::scenario::{Model, Service};
use crate::units::{Bytes, Ratio, Span};

/// What a replica's probes are up to.
#[derive(Debug, Clone, Default)]
pub struct Probes {
    /// Readiness and liveness, where they are asked.
    pub watches: [Option<Watch>; 2],
    /// Those that wait for a thread.
    pub line: VecDeque<Asked>,
    /// Those that are answered.
    pub working: Vec<Asked>,
    /// The last number that was given to one of them.
    pub numbers: u32,
}

/// One kind of probe of a replica.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// What the results say so far.
    pub health: Health,
    /// How often it is asked, as far as the next time goes.
    pub period: Span,
    /// The number of the next time.
    pub due: u32,
    /// The number of the one whose answer is outstanding.
    pub asked: Option<u32>,
}

/// A probe at the replica.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Which one.
    pub which: Which,
    /// Its number.
    pub number: u32,
    /// Its place in the order of readiness, while it waits.
    pub ticket: u64,
    /// Whether a thread of the pool is at it.
    pub thread: bool,
    /// What the replica's clock of standing still said when the thread began.
    pub stood: Span,
}

impl Probes {
    /// A number for the next one.
    pub const fn next(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    /// A kind of probe, if it is asked.
    pub const fn watch(&mut self, which: Which) -> &mut Option<Watch> {
        &mut self.watches[which as usize]
    }

    /// Threads of the pool that are at probes.
    pub fn threads(&self) -> usize {
        self.working.iter().filter(|asked| asked.thread).count()
    }
}

/// The settings of a kind.
pub fn rule(spec: &Service, which: Which) -> Rule {
    match which {
        Which::Readiness => (&spec.readiness).into(),
        Which::Liveness => (&spec.liveness).into(),
    }
}

impl Server {
    /// How long the answer to a probe takes a thread of a replica that holds so much.
    fn answers(&self, which: Which, held: Bytes) -> Span {
        let rule = rule(&self.spec, which);
        let work = rule.work.times(self.slow);
        if rule.apart {
            return work;
        }
        work + self.delay + work.times(self.spec.memory.drag(held))
    }
}

/// Begins the answer to a probe: by a thread of the pool, unless it is answered apart.
pub fn answer(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, mut asked: Asked) {
    let Some((server, replica)) = world.replica(at) else {
        return;
    };
    let held = Bytes::new(replica.memory(&server.spec));
    let takes = server.answers(asked.which, held);
    // Loops and carriers answer beside their work.
    let blocking = server.spec.model == Model::Blocking;
    asked.thread = blocking && !rule(&server.spec, asked.which).apart;
    let Some(replica) = world.replica_mut(at) else {
        return;
    };
    asked.stood = replica.stall.clock(out.now);
    if asked.thread {
        replica.busy += 1;
        let life = replica.life;
        out.say(Fact::ProbeBegan {
            node: at.node,
            replica: at.number,
        });
        out.soon(Event::OutOfMemory(at, life));
    }
    let probes = replica.probes.get_or_insert_default();
    probes.working.push(asked);
    out.after(takes, Event::Probed(at, asked.which, asked.number));
}

/// A thread takes the probe that waits first.
pub fn take(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let line = world
        .replica_mut(at)
        .and_then(|replica| replica.probes.as_mut());
    if let Some(asked) = line.and_then(|probes| probes.line.pop_front()) {
        answer(world, out, at, asked);
    }
}

/// Takes the answer to a probe off its thread; none where it is not under way any more.
pub fn ended(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, number: u32) -> Option<Asked> {
    let replica = world.replica_mut(at)?;
    let working = &mut replica.probes.as_mut()?.working;
    let place = working.iter().position(|asked| asked.number == number)?;
    let asked = working.remove(place);
    if asked.thread {
        replica.busy -= 1;
        out.say(Fact::ProbeEnded {
            node: at.node,
            replica: at.number,
        });
    }
    Some(asked)
}

/// The replica stops, or goes off the board: nothing is asked of it any more.
pub fn stop(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx) {
    let Some((spec, replica)) = world.seat_mut(at) else {
        return;
    };
    let asks = spec.readiness.on;
    let Some(probes) = &mut replica.probes else {
        return;
    };
    probes.line.clear();
    probes.watches = [None; 2];
    let working: Vec<u32> = probes.working.iter().map(|asked| asked.number).collect();
    for number in working {
        ended(world, out, at, number);
    }
    if asks {
        set_ready(world, out, at, false);
    }
}

/// A replica is ready from now on, or not.
pub fn set_ready(world: &mut World, out: &mut Outbox<'_>, at: ReplicaIx, ready: bool) {
    let Some(replica) = world.replica_mut(at).filter(|r| r.ready != ready) else {
        return;
    };
    replica.ready = ready;
    out.say(Fact::Readiness {
        node: at.node,
        replica: at.number,
        ready,
    });
    list(world, at.node);
}

/// Finds which replicas the balancer has: those that are ready or, with too few of them, all.
pub fn list(world: &mut World, node: NodeIx) {
    let Some(server) = world.server_mut(node) else {
        return;
    };
    let panic = server.spec.readiness.panic;
    let stay = server.replicas.iter().filter(|replica| !replica.draining);
    let (all, ready) = stay.fold((0, 0), |(all, ready), replica| {
        (all + 1, ready + u64::from(replica.up() && replica.ready))
    });
    let panics = ready * Ratio::ONE.as_micros() < panic.as_micros() * all;
    for replica in &mut server.replicas {
        replica.listed = replica.ready || panics;
    }
}
