//! The audit of operations: every number is that of a name, and clients and edges know those of their settings.

use crate::event::OpIx;
use crate::operation::OperationName;
use crate::simulation::Simulation;
use crate::simulation::world::NodeState;

impl Simulation {
    /// Who knows operations by numbers knows those that it was given by name.
    pub(super) fn audit_operations(&self, found: &mut Vec<String>) {
        let world = self.world();
        let is = |of: OpIx, name: &OperationName| world.operation_name(of) == Some(name);
        for node in &world.nodes {
            if let NodeState::Client(source) = node {
                let named = source.spec.operations.iter().map(|of| &of.name);
                let known = source.operations.iter().map(|of| of.operation);
                if named.len() != known.len() || !known.zip(named).all(|(of, name)| is(of, name)) {
                    found.push(format!("{}: it sends other operations", source.id));
                }
            }
        }
        for link in world.edges.iter().filter(|link| link.alive) {
            let named = &link.spec.operations;
            let mut both = link.only.iter().zip(named);
            if named.len() != link.only.len() || !both.all(|(of, name)| is(*of, name)) {
                found.push(format!("{}: it is for other operations", link.id));
            }
        }
        for request in world.requests.values() {
            let of = request.operation;
            if of != OpIx::default() && world.operation_name(of).is_none() {
                found.push(format!(
                    "a request asks for operation {of:?}, which has no name"
                ));
            }
        }
    }
}
