//! Groups: the calls of a step, begun at once and awaited together.
//!
//! The calls under way of one owner form a list, so that each can leave it by itself. Its thread waits for all of
//! them and is counted once: as waiting for one that is still open.

use super::call::{self, Parent};
use super::express;
use super::outbox::Outbox;
use super::plan;
use super::work::Call;
use super::world::World;
use crate::event::{CallKey, EdgeIx, NodeIx, OpIx, Owner};
use crate::fact::Fact;
use crate::policy::{Cancel, Policy};
use crate::scenario::Group;

/// Begins the calls of the first step after `done` that has any for this luck: its number, and how many. Each of
/// them resumes its owner by an event, those that have settled already (fire and forget) included.
pub fn begin(
    world: &mut World,
    out: &mut Outbox<'_>,
    node: NodeIx,
    parent: Parent,
    mut done: u32,
) -> Option<(u32, u32)> {
    loop {
        let steps = world.plan(node)?;
        let place = steps.iter().position(|step| step.number > done)?;
        let step = &steps[place];
        let operation = if step.picks {
            world.operation(parent.request)
        } else {
            OpIx::default()
        };
        let chosen = world.choose(step, parent.luck, operation);
        done = step.number;
        if step.single {
            let made = |ix: &EdgeIx| plan::makes(world.link(*ix), parent.luck);
            let Some(edge) = chosen.filter(made) else {
                continue;
            };
            match (express::begin(world, out, &parent, edge), parent.owner) {
                (None, _) => call::begin(world, out, parent, edge, 0),
                (under, Owner::Job(key)) => world.jobs[key].express = under,
                (Some(_), Owner::Request(_)) => {}
            }
            return Some((done, 1));
        }
        let mut begun = 0;
        let mut nth = 0;
        while let Some(edge) = world.plan(node).and_then(|p| p[place].edges.get(nth)) {
            let edge = *edge;
            nth += 1;
            let link = world.link(edge);
            let beside = link.spec.group == Group::Parallel && link.serves(operation);
            let taken = beside || chosen == Some(edge);
            if taken && plan::makes(link, parent.luck) {
                let calls = link.spec.fan_out;
                for nth in 0..calls {
                    call::begin(world, out, parent, edge, nth);
                }
                begun += calls;
            }
        }
        if begun > 0 {
            return Some((done, begun));
        }
    }
}

/// Whose calls a list has.
#[derive(Debug, Clone, Copy)]
pub enum List {
    /// Those of an owner.
    Of(Owner),
    /// The tries of a hedged call.
    In(CallKey),
}

impl List {
    /// The one that a call stands in.
    fn with(call: &Call) -> Self {
        call.within
            .map_or(List::Of(call.owner), |(hedged, _)| List::In(hedged))
    }
}

/// Where a list begins; none where whose it is is gone.
fn head(world: &mut World, list: List) -> Option<&mut Option<CallKey>> {
    match list {
        List::Of(Owner::Request(key)) => world.requests.get_mut(key).map(|of| &mut of.calls),
        List::Of(Owner::Job(key)) => world.jobs.get_mut(key).map(|of| &mut of.calls),
        List::In(key) => world.calls.get_mut(key).map(|of| &mut of.tries),
    }
}

/// The calls of an owner that are under way.
fn open(world: &World, owner: Owner) -> impl Iterator<Item = (CallKey, &Call)> {
    let mut next = match owner {
        Owner::Request(key) => world.requests.get(key).and_then(|of| of.calls),
        Owner::Job(key) => world.jobs.get(key).and_then(|of| of.calls),
    };
    std::iter::from_fn(move || {
        let key = next?;
        let call = world.calls.get(key)?;
        next = call.next();
        Some((key, call))
    })
}

/// Whether what an owner works on is held by one of its calls.
pub fn is_held(world: &World, owner: Owner) -> bool {
    open(world, owner).any(|(_, call)| call.holds)
}

/// Whether an owner waits for one of its calls.
pub fn is_waited_for(world: &World, owner: Owner) -> bool {
    open(world, owner).any(|(_, call)| call.waits)
}

/// A call is under way.
pub fn join(world: &mut World, key: CallKey) {
    let list = List::with(&world.calls[key]);
    let Some(first) = head(world, list) else {
        return;
    };
    let next = first.replace(key);
    world.calls[key].beside = [next, None];
    if let Some(next) = next {
        world.calls[next].beside[1] = Some(key);
    }
}

/// Takes a call off the books. If its owner's thread was counted as waiting for it and another call of the owner
/// is waited for, it is for that one from now on, and no more for this one.
pub fn leave(world: &mut World, out: &mut Outbox<'_>, key: CallKey) -> Option<Call> {
    let mut call = world.remove_call(key)?;
    let [next, before] = call.beside;
    match before {
        Some(before) => world.calls[before].beside[0] = next,
        None => {
            if let Some(first) = head(world, List::with(&call)) {
                *first = next;
            }
        }
    }
    if let Some(next) = next {
        world.calls[next].beside[1] = before;
    }
    if !call.counted || call.beside == [None; 2] {
        return Some(call);
    }
    let heir = open(world, call.owner).find(|(_, other)| other.holds);
    if let Some(heir) = heir.map(|(key, _)| key) {
        call.counted = false;
        let heir = &mut world.calls[heir];
        heir.counted = true;
        if heir.edge != call.edge {
            out.say(Fact::WaitsOn {
                edge: heir.edge,
                instead: call.edge,
                replica: call.replica,
                request: call.request.name,
            });
        }
    }
    Some(call)
}

/// Gives up all calls of an owner: so, or each as its own timeout would do it.
pub fn give_up(world: &mut World, out: &mut Outbox<'_>, owner: Owner, how: Option<Cancel>) {
    while let Some(key) = head(world, List::Of(owner)).and_then(|first| *first) {
        let Some(call) = world.calls.get(key) else {
            return;
        };
        let policies = &world.stacks[call.stack].policies;
        let own = || {
            policies
                .iter()
                .find_map(Policy::timeout)
                .map(|of| of.cancel)
        };
        let how = how.or_else(own).unwrap_or_default();
        call::drop_call(world, out, key, how);
    }
}
