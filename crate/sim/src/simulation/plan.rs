//! Plans: a node's calls step by step, and which of them a request makes.

use super::purpose;
use super::world::{Link, NodeState, World};
use crate::event::{EdgeIx, NodeIx, OpIx};
use crate::rng::Luck;
use crate::scenario::Group;
use crate::units::Ratio;

/// A node's calls: its steps, in order.
pub type Plan = Vec<Step>;

/// The calls of a step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its number; they need not follow each other.
    pub number: u32,
    /// Its edges, in the order of their ids.
    pub edges: Vec<EdgeIx>,
    /// Whether some of its calls are for certain operations only.
    pub picks: bool,
    /// Whether no request makes more than one of its calls.
    pub single: bool,
}

/// Puts an edge into the step of a plan that it belongs to.
pub fn join(plan: &mut Plan, edges: &[Link], edge: EdgeIx) {
    let spec = &edges[edge.0 as usize].spec;
    let place = plan.partition_point(|step| step.number < spec.step);
    match plan.get_mut(place) {
        Some(step) if step.number == spec.step => {
            let alternatives = |ix: &EdgeIx| edges[ix.0 as usize].spec.group == Group::Choice;
            step.edges.push(edge);
            step.picks |= !spec.operations.is_empty();
            step.single = step.single && step.edges.iter().all(alternatives) && spec.fan_out == 1;
        }
        _ => plan.insert(
            place,
            Step {
                number: spec.step,
                edges: vec![edge],
                picks: !spec.operations.is_empty(),
                single: spec.fan_out == 1,
            },
        ),
    }
}

/// Whether this luck makes a call over an edge that it has come to.
pub fn makes(link: &Link, luck: Luck) -> bool {
    let share = link.spec.probability;
    let luck = || luck.part(purpose::PROBABILITY).part(link.number);
    share >= Ratio::ONE || luck().stream().below(Ratio::ONE.as_micros()) < share.as_micros()
}

impl World {
    /// The calls of a node that is on the board.
    pub fn plan(&self, ix: NodeIx) -> Option<&Plan> {
        match &self.nodes[ix.0 as usize] {
            NodeState::Client(source) => Some(&source.plan),
            NodeState::Service(server) => Some(&server.plan),
            NodeState::Broker(_) | NodeState::Gone => None,
        }
    }

    /// Which of the alternatives of a step this luck takes for an operation; none where there are none.
    pub fn choose(&self, step: &Step, luck: Luck, operation: OpIx) -> Option<EdgeIx> {
        if let [only] = step.edges[..] {
            return self.link(only).serves(operation).then_some(only);
        }
        let is_alternative = |ix: &EdgeIx| {
            let link = self.link(*ix);
            link.spec.group == Group::Choice && link.serves(operation)
        };
        let weight = |ix: EdgeIx| self.link(ix).spec.weight.as_micros();
        let mut edges = step.edges.iter().copied().filter(is_alternative);
        let total: u64 = edges.clone().map(weight).sum();
        let first = edges.next()?;
        let mut at = match edges.next() {
            Some(_) if total > 0 => luck
                .part(purpose::CHOICE)
                .part(u64::from(step.number))
                .stream()
                .below(total),
            _ => return Some(first),
        };
        for ix in step.edges.iter().copied().filter(is_alternative) {
            if at < weight(ix) {
                return Some(ix);
            }
            at -= weight(ix);
        }
        None
    }
}
