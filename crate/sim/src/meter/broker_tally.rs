//! The tally of a broker node, and its figures in frames and reports.

use serde::Serialize;

use super::awake::Calm;
use super::edge_tally::EdgeTally;
use super::flow::BrokerFlow;
use super::gauge::Gauge;
use super::recent::Recent;
use super::window::Window;
use crate::frame::BrokerFrame;
use crate::scenario::NodeId;
use crate::simulation::exchange::Exchange;
use crate::units::{Span, Time};

/// An alarm is marked on the time line unless the one before it ended less than this ago: near the watermark it
/// comes and goes.
const QUIET: Span = Span::secs(30);

/// A broker node's tally.
#[derive(Debug, Clone, Default)]
pub struct BrokerTally {
    pub id: Option<NodeId>,
    pub taken_in: u64,
    /// Messages to be taken in.
    pub intake: Gauge,
    /// Publishes on connections that are blocked.
    pub held_up: Gauge,
    /// 1 while it blocks all who publish.
    pub blocked: Gauge,
    /// Whether it is down.
    pub down: bool,
    /// When it did so last.
    pub freed: Option<Time>,
    pub recent: Recent<BrokerFlow>,
    pub calm: Calm,
}

/// Areas under the levels of a broker node at an instant.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrokerAreas {
    intake: i128,
    held_up: i128,
    blocked: i128,
}

/// A broker node.
#[derive(Debug, Clone, Serialize)]
pub struct BrokerReport {
    /// Its id.
    pub id: String,
    /// Messages taken in.
    pub taken_in: u64,
    /// The same, per second.
    pub taken_in_per_s: f64,
    /// Messages to be taken in, the one being worked on included, mean.
    pub intake: f64,
    /// From a message's turn in that line to its end, mean, in milliseconds.
    pub intake_ms: Option<f64>,
    /// Publishes that waited on blocked connections, mean.
    pub held_up: f64,
    /// The same at the end.
    pub held_up_at_end: i64,
    /// The share of the time in which it blocked all who publish.
    pub blocked_share: f64,
    /// Messages in its queues that are not acknowledged, mean.
    pub messages: f64,
    /// The same at the end.
    pub messages_at_end: u64,
    /// Memory held by those and by messages to be taken in, mean, in bytes.
    pub memory_bytes: f64,
}

impl BrokerTally {
    /// A publish is in line no more; taken in if it is `done`.
    pub fn left_line(&mut self, now: Time, done: bool) {
        self.intake.add(now, -1);
        self.taken_in += u64::from(done);
    }

    /// It blocks no more.
    pub fn freed(&mut self, now: Time) {
        self.blocked.set(now, 0);
        self.freed = Some(now);
    }

    /// Whether an alarm that begins now is news.
    pub fn is_news(&self, now: Time) -> bool {
        self.freed.is_none_or(|freed| now.since(freed) >= QUIET)
    }

    /// Counts anew from here; what is under way stays.
    pub fn restart(&mut self, now: Time) {
        for gauge in [&mut self.intake, &mut self.held_up, &mut self.blocked] {
            gauge.restart(now);
        }
        self.taken_in = 0;
        self.recent = Recent::default();
    }

    /// The areas at an instant.
    pub fn areas(&self, now: Time) -> BrokerAreas {
        BrokerAreas {
            intake: self.intake.area_at(now),
            held_up: self.held_up.area_at(now),
            blocked: self.blocked.area_at(now),
        }
    }

    /// The frame since `last`, with so many messages in its queues; a level is itself where no time has passed.
    pub fn frame(
        &self,
        exchange: &Exchange,
        messages: f32,
        last: BrokerAreas,
        level: impl Fn(i128, &Gauge) -> f32,
    ) -> BrokerFrame {
        let (second, secs) = self.recent.second();
        let intake = level(last.intake, &self.intake);
        let memory = &exchange.spec.memory;
        BrokerFrame {
            id: exchange.id.clone(),
            messages,
            intake,
            held_up: level(last.held_up, &self.held_up),
            blocked: level(last.blocked, &self.blocked),
            down: exchange.down,
            memory: (messages + intake) * memory.per_message.get() as f32,
            taken_in: if secs > 0.0 {
                (second.taken_in as f64 / secs) as f32
            } else {
                0.0
            },
        }
    }

    /// The report of a broker that is on the board; `all` are the tallies of all edges.
    pub(super) fn report(
        &self,
        exchange: Option<&Exchange>,
        all: &[EdgeTally],
        window: Window,
    ) -> Option<BrokerReport> {
        let exchange = exchange?;
        let edges = exchange.edges.iter().map(|edge| &all[edge.0 as usize]);
        let each = |tally: &EdgeTally| {
            window.mean(&tally.ready) + window.mean(&tally.unacked) + window.mean(&tally.delayed)
        };
        let messages = edges.map(each).sum::<f64>();
        let intake = window.mean(&self.intake);
        let per_message = exchange.spec.memory.per_message.get() as f64;
        let rate = window.rate(self.taken_in);
        Some(BrokerReport {
            id: exchange.id.to_string(),
            taken_in: self.taken_in,
            taken_in_per_s: rate,
            intake,
            intake_ms: (self.taken_in > 0).then(|| intake / rate * 1e3),
            held_up: window.mean(&self.held_up),
            held_up_at_end: self.held_up.level(),
            blocked_share: window.mean(&self.blocked),
            messages,
            messages_at_end: exchange.messages,
            memory_bytes: (messages + intake) * per_message,
        })
    }
}
