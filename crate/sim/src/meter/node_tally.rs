//! What is counted of a node, whatever it is.

use super::broker_tally::BrokerTally;
use super::tally::{ClientTally, ServiceTally};

/// A node's tally.
#[derive(Debug, Clone)]
pub enum NodeTally {
    Client(Box<ClientTally>),
    Service(Box<ServiceTally>),
    Broker(Box<BrokerTally>),
}

/// Which requests are shown as dots: all dots of a request or none of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sampler {
    /// A request is shown if this many low bits of its name are zero.
    pub bits: u32,
}
