//! The audit of broker nodes and of queues that edges share.

use std::collections::BTreeMap;

use crate::broker::Kind;
use crate::event::{EdgeIx, NodeIx};
use crate::simulation::Simulation;
use crate::simulation::work::{Place, Station};
use crate::simulation::world::{Link, NodeState};

impl Simulation {
    /// What broker nodes count is there, and what waits at them will be woken.
    pub(super) fn audit_brokers(&self, found: &mut Vec<String>) {
        let world = self.world();
        let mut kept = BTreeMap::<EdgeIx, u64>::new();
        for message in world.messages.values() {
            if message.copy_of.is_none() && !message.acked && message.kind != Kind::Log {
                *kept.entry(message.edge).or_default() += 1;
            }
            let in_hand = matches!(message.place, Station::Buffered | Station::Working(_));
            if in_hand
                && !message.acked
                && message.copy_of.is_none()
                && world.is_cut_off(message.edge)
            {
                found.push("a consumer has a message of a broker that is down".into());
            }
        }
        for (place, link) in world.edges.iter().enumerate() {
            let ix = EdgeIx(place as u32);
            let counted = kept.get(&ix).copied().unwrap_or(0);
            if counted != link.kept {
                found.push(format!(
                    "{}: keeps {}, messages {counted}",
                    link.id, link.kept
                ));
            }
            let waits = !link.connection.line.is_empty();
            if waits && !world.is_throttled(ix) {
                found.push(format!(
                    "{}: its connection is free and publishes wait",
                    link.id
                ));
            }
            let home = world.link(link.home);
            if link.alive && link.home != ix && !(home.alive && home.via == link.via) {
                found.push(format!("{}: its queue is elsewhere", link.id));
            }
            if link.alive && link.books.members.iter().any(|by| !world.link(*by).alive) {
                found.push(format!("{}: a consumer of its queue is gone", link.id));
            }
            for key in &link.connection.line {
                if world.attempts.get(*key).map(|a| a.place) != Some(Place::Out) {
                    found.push(format!("{}: a publish that waits is elsewhere", link.id));
                }
            }
        }
        for (place, node) in world.nodes.iter().enumerate() {
            let NodeState::Broker(broker) = node else {
                continue;
            };
            let node = NodeIx(place as u32);
            let through = |link: &&Link| link.via == Some(node);
            let messages: u64 = world.edges.iter().filter(through).map(|l| l.kept).sum();
            if messages != broker.messages {
                let counted = broker.messages;
                found.push(format!(
                    "{}: {counted} counted, {messages} there",
                    broker.id
                ));
            }
            if broker.is_busy == broker.intake.is_empty() {
                found.push(format!(
                    "{}: it works on nothing, or does not work",
                    broker.id
                ));
            }
            if broker.down && (broker.alarm || !broker.intake.is_empty()) {
                found.push(format!("{}: it is down and has work", broker.id));
            }
            if !broker.looks && !broker.down && (broker.alarm || broker.alarms()) {
                found.push(format!("{}: nothing will end its alarm", broker.id));
            }
        }
    }
}
