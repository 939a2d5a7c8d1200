//! What is odd about operations and their classes: calls that nobody asks for, operations that ask for no call, shares
//! of nothing and of too much.

use super::{About, Hint};
use crate::operation::OperationName;
use crate::policy::Policy;
use crate::scenario::{NodeKind, Scenario};
use crate::units::{Limit, Ratio};

impl Scenario {
    /// What is odd about operations.
    pub(super) fn hint_at_operations(&self, hints: &mut Vec<Hint>) {
        self.hint_at_shares(hints);
        for (id, node) in &self.nodes {
            let NodeKind::Client(client) = &node.kind else {
                continue;
            };
            let calls: Vec<_> = self.edges.values().filter(|e| e.from == *id).collect();
            for operation in client.operations.iter().filter(|_| !calls.is_empty()) {
                let name = &operation.name;
                if !calls.iter().any(|edge| edge.serves(name)) {
                    hints.push(Hint {
                        about: About::Node(id.clone()),
                        what: format!(
                            "None of its calls is for its operation \"{name}\": such requests are answered at once. \
                             Let one of its edges serve it."
                        ),
                    });
                }
            }
        }
        for (id, edge) in &self.edges {
            for name in edge.operations.iter().filter(|name| !self.sends(name)) {
                hints.push(Hint {
                    about: About::Edge(id.clone()),
                    what: format!(
                        "It is for the operation \"{name}\", which no client sends. Name one of a client, or give a \
                         client this one."
                    ),
                });
            }
        }
    }

    /// What is odd about the shares of their classes.
    fn hint_at_shares(&self, hints: &mut Vec<Hint>) {
        for (id, node) in &self.nodes {
            let NodeKind::Service(service) = &node.kind else {
                continue;
            };
            if service.shed.is_on() && service.queue == Limit::Unbounded {
                hints.push(Hint {
                    about: About::Node(id.clone()),
                    what: "It sheds by criticality, but its accept queue is unbounded: there is always room in it. \
                           Give the queue a bound."
                        .into(),
                });
            }
        }
        for (id, edge) in &self.edges {
            for policy in &edge.policies {
                if let Policy::AdaptiveLimit(limit) = policy
                    && limit.share.on
                    && limit.share.sum() > Ratio::ONE
                {
                    hints.push(Hint {
                        about: About::Edge(id.clone()),
                        what: "The shares of its adaptive limit are more than 100 % together: they cannot all be kept \
                               within the limit."
                            .into(),
                    });
                }
            }
        }
    }

    /// Whether some client has an operation of this name.
    fn sends(&self, name: &OperationName) -> bool {
        self.nodes.values().any(|node| match &node.kind {
            NodeKind::Client(client) => client.operations.iter().any(|of| of.name == *name),
            NodeKind::Service(_) | NodeKind::Broker(_) => false,
        })
    }
}
