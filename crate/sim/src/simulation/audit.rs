//! The audit: what must hold after every event. Tests call it; a finding is a bug of the engine.

mod brokers;
mod logs;
mod operations;
mod services;

use std::collections::{BTreeMap, BTreeSet};

use super::Simulation;
use super::work::{Origin, Phase, Place, Station};
use crate::broker::Kind;
use crate::event::{EdgeIx, Owner, RequestKey};
use crate::policy::Memory;

impl Simulation {
    /// Everything that does not add up; empty if all is well.
    pub fn audit(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.audit_services(&mut found);
        self.audit_waiters(&mut found);
        self.audit_groups(&mut found);
        self.audit_messages(&mut found);
        self.audit_requests(&mut found);
        self.audit_brokers(&mut found);
        self.audit_operations(&mut found);
        found
    }

    /// How many requests are under way, the messages they caused included.
    pub fn under_way(&self) -> usize {
        self.world().requests.len()
    }

    /// Nobody waits without something that will wake them.
    fn audit_waiters(&self, found: &mut Vec<String>) {
        let world = self.world();
        for call in world.calls.values() {
            let attempt = call.attempt.and_then(|key| world.attempts.get(key));
            let backs_off = call.layers.iter().any(|level| level.token != 0);
            let hedged = call.layers.iter().any(|level| level.phase == Phase::Hedged);
            if hedged != call.tries.is_some() {
                found.push("a hedged call has no try, or one that is not hedged has".into());
            }
            if attempt.is_none() && !backs_off && !hedged {
                found.push("a call has neither an attempt nor a wait".into());
            }
            if attempt.is_some_and(|a| a.call.and_then(|key| world.calls.get(key)).is_none()) {
                found.push("a call's attempt does not know its call".into());
            }
        }
        for (key, job) in &world.jobs {
            let Origin::Call(Owner::Job(owner)) = job.origin else {
                continue;
            };
            if world.jobs.get(owner).map(|owner| owner.express) != Some(Some(key)) {
                found.push("a plain call is not known to its owner".into());
            }
        }
        let plain = world.jobs.values();
        let plain = plain.filter(|job| matches!(job.origin, Origin::Call(_)));
        if plain.count() != world.bounds.plain {
            found.push("there are other plain calls than are counted".into());
        }
        for (key, stack) in &world.stacks {
            for (place, guard) in stack.guards.iter().enumerate() {
                let in_use = match &guard.memory {
                    Memory::Permits(permits) => permits.in_use(),
                    Memory::Adaptive(limit) => limit.in_use(),
                    Memory::None
                    | Memory::Budget(_)
                    | Memory::Breaker(_)
                    | Memory::RateLimit(_)
                    | Memory::Throttle(_) => continue,
                };
                let inside = world
                    .calls
                    .values()
                    .filter(|call| call.stack == key)
                    .filter(|call| {
                        let phase = call.layers[place].phase;
                        matches!(phase, Phase::Inside | Phase::Pause)
                    })
                    .count();
                if inside != in_use as usize {
                    found.push(format!("{in_use} permits are in use by {inside} calls"));
                }
            }
        }
        for (key, attempt) in &world.attempts {
            let waited_for = attempt
                .call
                .is_some_and(|call| world.calls.contains_key(call))
                // A relay that has died or gone leaves its connection to the operating system.
                || attempt.row.is_some();
            if attempt.place == Place::Lost && !waited_for {
                found.push("a lost attempt is kept although nobody waits for it".into());
            }
            if let Place::Working(job) = attempt.place
                && world.jobs.get(job).map(|job| job.origin) != Some(Origin::Attempt(key))
            {
                found.push("an attempt is at work on no thread".into());
            }
        }
    }

    /// An owner's calls are one list, and its thread is counted as waiting for just one of those it waits for.
    fn audit_groups(&self, found: &mut Vec<String>) {
        let world = self.world();
        let of_requests = world.requests.values().map(|of| (of.calls, of.awaits));
        let of_jobs = world.jobs.values().map(|of| (of.calls, of.awaits));
        let of_calls = world.calls.values().map(|of| (of.tries, u32::MAX));
        let mut listed = 0;
        for (first, awaits) in of_requests.chain(of_jobs).chain(of_calls) {
            let (mut next, mut before) = (first, None);
            let (mut open, mut held, mut counted) = (0, 0, 0);
            while let Some(key) = next {
                let Some(call) = world.calls.get(key) else {
                    found.push("a list of calls has one that is not there".into());
                    break;
                };
                if call.beside[1] != before {
                    found.push("a call does not know the one before it".into());
                }
                open += 1;
                // A try is counted with the call that it is for.
                held += u32::from(call.holds && call.within.is_none());
                counted += u32::from(call.counted);
                (next, before) = (call.next(), next);
            }
            if open > awaits || counted != held.min(1) {
                found.push(format!(
                    "{open} calls of {awaits} awaited: {held} hold it, counted {counted} times"
                ));
            }
            listed += open as usize;
        }
        if listed != world.calls.len() {
            let calls = world.calls.len();
            found.push(format!("{calls} calls under way, {listed} of them listed"));
        }
    }

    /// Every message is ready, unacked or done with, and the books of each queue agree.
    fn audit_messages(&self, found: &mut Vec<String>) {
        let world = self.world();
        let mut ready = BTreeMap::<EdgeIx, usize>::new();
        let mut unacked = BTreeMap::<EdgeIx, usize>::new();
        let mut logged = BTreeMap::<EdgeIx, [usize; 3]>::new();
        let mut subscribed = BTreeMap::<EdgeIx, [usize; 3]>::new();
        for (key, message) in &world.messages {
            let home = world.link(message.edge).home;
            match (message.kind, message.place) {
                (Kind::Queue, Station::Ready) => *ready.entry(home).or_default() += 1,
                // Off the books of those that are handled or wait for a timer.
                (Kind::Queue, Station::Delayed) => {}
                (Kind::Queue, _) => {
                    *unacked.entry(home).or_default() += usize::from(!message.acked);
                }
                (Kind::Log, place) => {
                    let place = match message.copy_of {
                        Some(_) => 2,
                        None => usize::from(place != Station::Ready),
                    };
                    logged.entry(message.edge).or_default()[place] += 1;
                }
                (Kind::Bus, place) => {
                    let place = match message.copy_of {
                        Some(_) => 2,
                        None => usize::from(place != Station::Ready),
                    };
                    subscribed.entry(message.edge).or_default()[place] += 1;
                }
            }
            if let Station::Working(job) = message.place
                && world.jobs.get(job).map(|job| job.origin) != Some(Origin::Message(key))
            {
                found.push("a message is at work on no thread".into());
            }
        }
        for (place, link) in world.edges.iter().enumerate() {
            let ix = EdgeIx(place as u32);
            let stored = world
                .rows
                .values()
                .filter(|row| row.edge == ix && row.committed);
            if stored.count() != link.rows.len() || !link.rows.is_empty() && !link.alive {
                found.push(format!("{}: the outbox and its rows do not agree", link.id));
            }
            let of = |books: &BTreeMap<EdgeIx, usize>| books.get(&ix).copied().unwrap_or(0);
            let books = [
                link.books.backlog.ready().len(),
                link.books.backlog.unacked(),
                link.books.unacked.len(),
            ];
            if books != [of(&ready), of(&unacked), of(&unacked)] {
                found.push(format!(
                    "{}: {books:?}, messages {} {}",
                    link.id,
                    of(&ready),
                    of(&unacked)
                ));
            }
            let counted = subscribed.get(&ix).copied().unwrap_or_default();
            let books = link.bus.as_ref().map_or([0; 3], |bus| {
                let of = &bus.messages;
                [of.visible() + of.delayed(), of.in_flight(), of.held()]
            });
            if books != counted {
                found.push(format!("{}: bus {books:?}, messages {counted:?}", link.id));
            }
            self.audit_log(ix, logged.get(&ix).copied().unwrap_or_default(), found);
            let due = link
                .bus
                .as_ref()
                .and_then(|bus| Some((bus.messages.due(&link.spec.bus)?, bus.looks)));
            if due.is_some_and(|(due, looks)| looks.is_none_or(|looks| looks > due.max(self.now())))
            {
                found.push(format!(
                    "{}: a clock of the bus runs that nobody looks at",
                    link.id
                ));
            }
        }
    }

    /// Every request has just the parts that are under way, and none is kept after its end.
    fn audit_requests(&self, found: &mut Vec<String>) {
        let world = self.world();
        let mut parts = BTreeMap::<RequestKey, u32>::new();
        let of_attempts = world.attempts.values().map(|attempt| attempt.request);
        let of_jobs = world.jobs.values().map(|job| job.request);
        let of_messages = world.messages.values().map(|message| message.request);
        let of_rows = world.rows.values().map(|row| row.request);
        // A plain call is an attempt and a job in one.
        let plain = world
            .jobs
            .values()
            .filter(|job| matches!(job.origin, Origin::Call(_)));
        let of_plain = plain.map(|job| job.request);
        let of_jobs = of_jobs.chain(of_plain);
        for request in of_attempts.chain(of_jobs).chain(of_messages).chain(of_rows) {
            *parts.entry(request.key).or_default() += 1;
        }
        let mut busy = BTreeSet::new();
        for request in world.requests.values().filter(|r| r.answered.is_none()) {
            let Some(user) = request.user else { continue };
            let is_here = world
                .source(request.client)
                .is_none_or(|source| source.users[user as usize].here);
            if !is_here || !busy.insert((request.client, user)) {
                found.push(format!("user {user} waits twice, or has left"));
            }
        }
        for (key, request) in &world.requests {
            let counted = parts.remove(&key).unwrap_or(0);
            if counted != request.parts {
                found.push(format!(
                    "a request of {counted} parts counts {}",
                    request.parts
                ));
            }
            if request.parts == 0 && request.answered.is_some() {
                found.push("a request is kept after its end".into());
            }
        }
        if !parts.is_empty() {
            found.push("something is under way for a request that has ended".into());
        }
    }
}
