//! What the screen shows of a broker node.

use serde::{Deserialize, Serialize};

use crate::scenario::NodeId;

/// A broker node. Levels are means of the interval, rates are of the last full second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrokerFrame {
    /// Which.
    pub id: NodeId,
    /// Messages in its queues that are not acknowledged.
    pub messages: f32,
    /// Messages to be taken in.
    pub intake: f32,
    /// Publishes on connections that are blocked.
    pub held_up: f32,
    /// The share of the interval in which it blocked all who publish.
    pub blocked: f32,
    /// Whether it is down, at the end of the interval.
    pub down: bool,
    /// Memory held, in bytes.
    pub memory: f32,
    /// Messages taken in, per second.
    pub taken_in: f32,
}
