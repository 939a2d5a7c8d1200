//! Live figures: folds the frames of the engine, sixty a second, into what is shown eight times a second.

use std::collections::BTreeMap;
use std::rc::Rc;

use sim::Frame;
use sim::frame::{BrokerFrame, ClientFrame, EdgeFrame, ServiceFrame};
use sim::scenario::{EdgeId, NodeId};
use sim::units::Time;

/// What is shown of the run at the moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Shown {
    pub(crate) at: Time,
    pub(crate) events: u64,
    pub(crate) clients: BTreeMap<NodeId, ClientFrame>,
    pub(crate) services: BTreeMap<NodeId, ServiceFrame>,
    pub(crate) brokers: BTreeMap<NodeId, BrokerFrame>,
    pub(crate) edges: BTreeMap<EdgeId, EdgeFrame>,
}

/// Gathers frames between two beats.
#[derive(Debug, Default)]
pub(crate) struct Live {
    shown: Rc<Shown>,
    gathered: Shown,
    /// Simulated seconds gathered, by which levels are weighted.
    weight: f32,
    fresh: bool,
}

impl Live {
    /// Nothing is known yet of a run that has come to this time.
    pub(crate) fn from(at: Time) -> Live {
        let mut live = Live::default();
        live.gathered.at = at;
        live
    }

    /// What was shown at the last beat.
    pub(crate) fn shown(&self) -> &Rc<Shown> {
        &self.shown
    }

    /// The time of the newest frame.
    pub(crate) fn now(&self) -> Time {
        self.gathered.at
    }

    /// Takes a frame in. Levels are means over all frames since the last beat; rates are the newest.
    pub(crate) fn fold(&mut self, frame: &Frame) {
        let span = frame.at.since(frame.from).as_secs_f64() as f32;
        let before = if self.fresh { self.weight } else { 0.0 };
        // A frame of no length, after a single step, still says how things stand.
        let span = span.max(1e-9);
        let (old_share, new_share) = (before / (before + span), span / (before + span));
        let mix = |a: f32, b: f32| a * old_share + b * new_share;
        let past = std::mem::take(&mut self.gathered);
        let mut next = Shown {
            at: frame.at,
            events: frame.events,
            ..Shown::default()
        };
        for client in &frame.clients {
            next.clients.insert(client.id.clone(), client.clone());
        }
        for service in &frame.services {
            let mut new = service.clone();
            if let Some(old) = past.services.get(&service.id).filter(|_| before > 0.0) {
                new.working = mix(old.working, new.working);
                new.queue = mix(old.queue, new.queue);
                new.prefetched = mix(old.prefetched, new.prefetched);
                new.memory = mix(old.memory, new.memory);
                new.orphans = mix(old.orphans, new.orphans);
                new.waiting = mixed(&old.waiting, &new.waiting, &mix);
                new.gc = mix(old.gc, new.gc);
                new.running = mix(old.running, new.running);
                for (new, old) in new.off.iter_mut().zip(old.off) {
                    *new = mix(old, *new);
                }
                let mix = |a: f64, b: f64| a * f64::from(old_share) + b * f64::from(new_share);
                for new in &mut new.replicas {
                    if let Some(old) = old.replicas.iter().find(|one| one.id == new.id) {
                        new.busy = mix(old.busy, new.busy);
                        new.waiting = mix(old.waiting, new.waiting);
                        new.queue = mix(old.queue, new.queue);
                    }
                }
            }
            next.services.insert(service.id.clone(), new);
        }
        for broker in &frame.brokers {
            let mut new = broker.clone();
            if let Some(old) = past.brokers.get(&broker.id).filter(|_| before > 0.0) {
                new.messages = mix(old.messages, new.messages);
                new.intake = mix(old.intake, new.intake);
                new.held_up = mix(old.held_up, new.held_up);
                new.blocked = mix(old.blocked, new.blocked);
                new.memory = mix(old.memory, new.memory);
            }
            next.brokers.insert(broker.id.clone(), new);
        }
        for edge in &frame.edges {
            let mut new = edge.clone();
            if let Some(old) = past.edges.get(&edge.id).filter(|_| before > 0.0) {
                new.in_flight = mix(old.in_flight, new.in_flight);
                new.queue.ready = mix(old.queue.ready, new.queue.ready);
                new.queue.unacked = mix(old.queue.unacked, new.queue.unacked);
            }
            next.edges.insert(edge.id.clone(), new);
        }
        self.gathered = next;
        self.weight = before + span;
        self.fresh = true;
    }

    /// Shows what was gathered; false if nothing was.
    pub(crate) fn beat(&mut self) -> bool {
        if !std::mem::take(&mut self.fresh) {
            return false;
        }
        self.weight = 0.0;
        self.shown = Rc::new(self.gathered.clone());
        true
    }
}

type Waiting = Vec<(EdgeId, f32)>;

/// The mean of who waits on what, most first.
fn mixed(old: &Waiting, new: &Waiting, mix: &impl Fn(f32, f32) -> f32) -> Waiting {
    let on =
        |list: &Waiting, id: &EdgeId| list.iter().find(|(e, _)| e == id).map_or(0.0, |(_, n)| *n);
    let mut all = Waiting::new();
    // A handful: put in place one by one, they need no sorting machinery in the wasm.
    let mut put = |id: &EdgeId, n: f32| {
        let before =
            |other: &(EdgeId, f32)| n.total_cmp(&other.1).then_with(|| other.0.cmp(id)).is_lt();
        all.insert(all.partition_point(before), (id.clone(), n));
    };
    for (id, n) in new {
        put(id, mix(on(old, id), *n));
    }
    for (id, n) in old
        .iter()
        .filter(|(id, _)| !new.iter().any(|(e, _)| e == id))
    {
        put(id, mix(*n, 0.0));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(from: u64, at: u64, working: f32, waiting: f32) -> Frame {
        let edge = EdgeId::new("a-b").unwrap();
        let service = ServiceFrame {
            id: NodeId::new("a").unwrap(),
            state: sim::health::State::Healthy,
            working,
            waiting: if waiting > 0.0 {
                vec![(edge, waiting)]
            } else {
                vec![]
            },
            queue: 0.0,
            prefetched: 0.0,
            memory: 0.0,
            orphans: 0.0,
            offered: working,
            completed: 0.0,
            errors: 0.0,
            refused: 0.0,
            refused_by: Vec::new(),
            latency: None,
            hit_rate: None,
            kills: 0,
            running: 1.0,
            off: [0.0; 2],
            starting: 0,
            wanted: None,
            unready: 0,
            gc: 0.0,
            replicas: Vec::new(),
        };
        let time = |ms: u64| Time::from_nanos(ms * 1_000_000);
        Frame {
            from: time(from),
            at: time(at),
            services: vec![service],
            ..Frame::default()
        }
    }

    #[test]
    fn levels_are_means_over_time_and_rates_the_newest() {
        let mut live = Live::default();
        live.fold(&frame(0, 30, 4.0, 0.0));
        live.fold(&frame(30, 40, 8.0, 4.0));
        assert!(live.beat());
        let a = &live.shown().services[&NodeId::new("a").unwrap()];
        assert!((a.working - 5.0).abs() < 1e-3, "{}", a.working);
        assert!((a.waiting_total() - 1.0).abs() < 1e-3);
        assert!((a.offered - 8.0).abs() < 1e-3);
        assert!(!live.beat(), "nothing new");
        live.fold(&frame(40, 50, 2.0, 0.0));
        live.beat();
        let a = &live.shown().services[&NodeId::new("a").unwrap()];
        assert!(
            (a.working - 2.0).abs() < 1e-3,
            "the past beat does not count again"
        );
    }
}
