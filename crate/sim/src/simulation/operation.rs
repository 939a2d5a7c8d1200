//! Operations at work: names are numbers here, a request draws its own, and calls ask for it.

use super::purpose;
use super::work::Of;
use super::world::{Asked, Link, NodeState, World};
use crate::criticality::Criticality;
use crate::event::{NodeIx, OpIx};
use crate::operation::OperationName;
use crate::rng::Luck;

/// Gives the operations of clients and edges their numbers, after the board has changed.
pub fn follow(world: &mut World) {
    let names = &mut world.operations;
    for node in &mut world.nodes {
        if let NodeState::Client(source) = node {
            let mut sum = 0;
            let all = source.spec.operations.iter().map(|of| {
                sum += of.weight.as_micros();
                Asked {
                    operation: number(names, &of.name),
                    criticality: of.criticality,
                    up_to: sum,
                }
            });
            source.operations = all.collect();
        }
    }
    for link in &mut world.edges {
        let some = link.spec.operations.iter();
        link.only = some.map(|name| number(names, name)).collect();
    }
}

/// The number of a name, for good.
fn number(names: &mut Vec<OperationName>, name: &OperationName) -> OpIx {
    let known = names.iter().position(|other| other == name);
    let place = known.unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    });
    OpIx(place as u32 + 1)
}

/// What a request of this luck asks for, and how much it matters.
pub fn drawn(world: &World, client: NodeIx, luck: Luck) -> (OpIx, Criticality) {
    let operations = match world.source(client) {
        Some(source) => &source.operations[..],
        None => &[],
    };
    let total = operations.last().map_or(0, |of| of.up_to);
    if total == 0 {
        return (OpIx::default(), Criticality::default());
    }
    let at = luck.part(purpose::OPERATION).stream().below(total);
    let drawn = operations.iter().find(|of| at < of.up_to);
    drawn.map_or_else(Default::default, |of| (of.operation, of.criticality))
}

impl World {
    /// What a request asks for.
    pub fn operation(&self, request: Of) -> OpIx {
        let of = self.requests.get(request.key);
        of.map_or(OpIx::default(), |of| of.operation)
    }

    /// What an operation is called; none where it has no name.
    pub fn operation_name(&self, operation: OpIx) -> Option<&OperationName> {
        let place = (operation.0 as usize).checked_sub(1)?;
        self.operations.get(place)
    }
}

impl Link {
    /// Whether requests for this operation make its calls.
    pub fn serves(&self, operation: OpIx) -> bool {
        self.only.is_empty() || self.only.contains(&operation)
    }
}
