//! Stacks: an edge's policies with what they remember, shared by the calls that began under them.

use std::collections::VecDeque;

use super::outbox::Outbox;
use super::pieces::Pieces;
use super::work::{Call, Level};
use super::world::World;
use crate::event::{CallKey, EdgeIx, LaneIx, StackKey};
use crate::policy::{Memory, Policy};

/// An edge's policies, shared by the calls that began under them.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Outermost first.
    pub policies: Vec<Policy>,
    /// The lane of each one's timer, where it has one.
    pub lanes: Vec<Option<LaneIx>>,
    /// What each remembers.
    pub guards: Vec<Guard>,
    /// The calls that go by them; one more while the edge does.
    pub users: u32,
}

/// What a policy remembers of its caller's calls, and those that stand in its line.
#[derive(Debug, Clone)]
pub struct Guard {
    /// What it remembers.
    pub memory: Memory,
    /// Who waits for a permit, with the number of the wait, first come first served. Some may have left.
    pub line: VecDeque<(CallKey, u32)>,
}

/// Lists whose owners have ended: an event takes one of them instead of memory.
#[derive(Debug, Clone, Default)]
pub struct Spare {
    /// Of calls.
    pub layers: Vec<Vec<Level>>,
    /// Of requests.
    pub pieces: Vec<Pieces>,
}

impl World {
    /// Whether a call is in this wait of this layer.
    pub fn waits(&self, call: CallKey, place: u8, token: u32) -> bool {
        self.calls
            .get(call)
            .is_some_and(|call| call.layers[usize::from(place)].token == token)
    }

    /// Takes policies into use, with what those before them remember: the n-th of a kind follows the n-th.
    pub fn stack(
        &mut self,
        out: &mut Outbox<'_>,
        policies: &[Policy],
        before: Option<StackKey>,
    ) -> StackKey {
        let mut old: Vec<(&Policy, &Guard)> = match before.and_then(|key| self.stacks.get(key)) {
            Some(stack) => stack.policies.iter().zip(&stack.guards).collect(),
            None => Vec::new(),
        };
        let guards = policies
            .iter()
            .map(|policy| {
                let heir = old
                    .iter()
                    .position(|(other, _)| other.name() == policy.name());
                let memory = match heir.map(|place| old.remove(place)) {
                    Some((_, guard)) => policy.adapt(&guard.memory, out.now),
                    None => policy.memory(out.now),
                };
                Guard {
                    memory,
                    line: VecDeque::new(),
                }
            })
            .collect();
        let lanes = policies
            .iter()
            .map(|policy| policy.arm().map(|wait| out.lane(wait)))
            .collect();
        self.stacks.insert(Stack {
            policies: policies.to_vec(),
            lanes,
            guards,
            users: 1,
        })
    }

    /// Where the first adaptive limit of an edge is, if it has one.
    pub fn adaptive_limit(&self, edge: EdgeIx) -> Option<u32> {
        let stack = self.stacks.get(self.link(edge).stack)?;
        stack.guards.iter().find_map(|guard| match &guard.memory {
            Memory::Adaptive(state) => Some(state.limit()),
            Memory::None
            | Memory::Budget(_)
            | Memory::Breaker(_)
            | Memory::RateLimit(_)
            | Memory::Throttle(_)
            | Memory::Permits(_) => None,
        })
    }

    /// A user of policies goes; the last one takes them along.
    pub fn unstack(&mut self, key: StackKey) {
        if let Some(stack) = self.stacks.get_mut(key) {
            stack.users -= 1;
            if stack.users == 0 {
                self.stacks.remove(key);
            }
        }
    }

    /// Takes a call off the books.
    pub fn remove_call(&mut self, key: CallKey) -> Option<Call> {
        let mut call = self.calls.remove(key)?;
        self.unstack(call.stack);
        if !call.layers.is_empty() {
            let mut layers = std::mem::take(&mut call.layers);
            layers.clear();
            self.spare.layers.push(layers);
        }
        Some(call)
    }
}
