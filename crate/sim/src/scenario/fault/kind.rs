//! The kinds of fault: what each is called, what it befalls, and how strong it can be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::{Control, Value};
use crate::scenario::node::{NodeKind, Role};
use crate::units::{Bytes, Ratio, Span};

/// What can befall a node or an edge.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Work that a service or a broker begins takes so many times longer.
    Slow(Ratio),
    /// What a service begins takes so much longer, before its calls; on top of `slow`.
    Delay(Span),
    /// This share of a service's work ends in an error, on top of its own error rate.
    Errors(Ratio),
    /// The threads of the service stand still, as in a deadlock: it goes on to accept and never answers. A
    /// replica that is restarted is free of it; else all goes on with what was left when this ends.
    Hang,
    /// The whole process stands still, as in a garbage collection that stops the world: it takes nothing out of
    /// its queue, works on nothing and goes on with nothing; then with what was left. Timeouts go on.
    Pause,
    /// The service stops: all in flight there is lost, callers are refused until it starts again. Of a broker:
    /// publishes are refused, nothing is delivered.
    Crash,
    /// Each replica's memory grows by so much a second, and each restart frees it.
    Leak(Bytes),
    /// Each request and message leaves so much behind in the memory of the replica that takes it, until a
    /// restart.
    LeakPerRequest(Bytes),
    /// The cache forgets everything, once, when this begins.
    CacheFlush,
    /// The client sends so many times as many requests.
    Spike(Ratio),
    /// This share of requests and messages makes the service's work fail, each time it is tried.
    Poison(Ratio),
    /// This share of deliveries is worked on to the end, but the consumer's connection drops before the ack.
    CrashBeforeAck(Ratio),
    /// Each crossing of the edge takes so much longer, both ways.
    Latency(Span),
    /// This share of what crosses the edge is lost, each way, on top of the edge's own loss.
    Loss(Ratio),
    /// Nothing passes over the edge, either way: what is sent meanwhile is lost.
    Partition,
    /// What is sent over the edge, either way, is kept and delivered, in order, when this ends. Those who wait
    /// for it go on counting.
    Hold,
    /// The broker is as if above its high watermark: it blocks all publishers.
    Full,
}

/// What a kind can befall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    Client,
    Service,
    Cache,
    /// A service or a broker.
    Either,
    Broker,
    Edge,
}

/// What is to be known of a kind: its word, what it befalls, the bounds of its strength, and what that says
/// after "how".
struct About(&'static str, Site, Option<Control>, &'static str);

const FACTOR: Option<Control> = Some(Control::Factor(Ratio::percent(1), Ratio::whole(1_000)));
const LONGER: Option<Control> = Some(Control::Span(Span::ZERO, Span::secs(600)));
const SHARE: Option<Control> = Some(Control::Share);
const GROWTH: Option<Control> = Some(Control::Bytes(Bytes::new(0), Bytes::mib(1 << 10)));

impl FaultKind {
    /// Every kind, at the strength a click gives, in the order of the buttons.
    pub const ALL: [FaultKind; 17] = [
        FaultKind::Spike(Ratio::whole(3)),
        FaultKind::Slow(Ratio::whole(10)),
        FaultKind::Delay(Span::millis(500)),
        FaultKind::Errors(Ratio::percent(50)),
        FaultKind::Hang,
        FaultKind::Pause,
        FaultKind::Crash,
        FaultKind::Leak(Bytes::mib(16)),
        FaultKind::LeakPerRequest(Bytes::kib(256)),
        FaultKind::Poison(Ratio::percent(1)),
        FaultKind::CrashBeforeAck(Ratio::percent(10)),
        FaultKind::CacheFlush,
        FaultKind::Latency(Span::millis(500)),
        FaultKind::Loss(Ratio::percent(20)),
        FaultKind::Partition,
        FaultKind::Hold,
        FaultKind::Full,
    ];

    const fn about(self) -> About {
        match self {
            FaultKind::Slow(_) => About("slow", Site::Either, FACTOR, "much slower"),
            FaultKind::Delay(_) => About("delay", Site::Service, LONGER, "much longer"),
            FaultKind::Errors(_) => About("errors", Site::Service, SHARE, "many fail"),
            FaultKind::Hang => About("hang", Site::Service, None, ""),
            FaultKind::Pause => About("pause", Site::Service, None, ""),
            FaultKind::Crash => About("crash", Site::Either, None, ""),
            FaultKind::Leak(_) => About("leak", Site::Service, GROWTH, "much a second"),
            FaultKind::LeakPerRequest(_) => {
                About("leak_per_request", Site::Service, GROWTH, "much a request")
            }
            FaultKind::CacheFlush => About("cache_flush", Site::Cache, None, ""),
            FaultKind::Spike(_) => About("spike", Site::Client, FACTOR, "many more"),
            FaultKind::Poison(_) => About("poison", Site::Service, SHARE, "many are poison"),
            FaultKind::CrashBeforeAck(_) => About(
                "crash_before_ack",
                Site::Service,
                SHARE,
                "many lose their ack",
            ),
            FaultKind::Latency(_) => About("latency", Site::Edge, LONGER, "much later"),
            FaultKind::Loss(_) => About("loss", Site::Edge, SHARE, "many are lost"),
            FaultKind::Partition => About("partition", Site::Edge, None, ""),
            FaultKind::Hold => About("hold", Site::Edge, None, ""),
            FaultKind::Full => About("full", Site::Broker, None, ""),
        }
    }

    /// The kinds that can befall an edge, at the strength a click gives.
    pub fn for_edge() -> Vec<FaultKind> {
        let all = Self::ALL.into_iter();
        all.filter(|kind| kind.befalls_edges()).collect()
    }

    /// The kinds that can befall a node of this kind, at the strength a click gives.
    pub fn for_node(kind: &NodeKind) -> Vec<FaultKind> {
        let all = Self::ALL.into_iter();
        all.filter(|fault| fault.befalls(kind)).collect()
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        self.about().0
    }

    /// Its strength, where it has one.
    pub const fn strength(self) -> Option<Value> {
        match self {
            FaultKind::Slow(by)
            | FaultKind::Errors(by)
            | FaultKind::Spike(by)
            | FaultKind::Poison(by)
            | FaultKind::CrashBeforeAck(by)
            | FaultKind::Loss(by) => Some(Value::Ratio(by)),
            FaultKind::Delay(by) | FaultKind::Latency(by) => Some(Value::Span(by)),
            FaultKind::Leak(by) | FaultKind::LeakPerRequest(by) => Some(Value::Bytes(by)),
            FaultKind::Hang
            | FaultKind::Pause
            | FaultKind::Crash
            | FaultKind::CacheFlush
            | FaultKind::Partition
            | FaultKind::Hold
            | FaultKind::Full => None,
        }
    }

    /// The same trouble at another strength; a value of another kind changes nothing.
    #[must_use]
    pub const fn with_strength(self, strength: &Value) -> Self {
        match (self, strength) {
            (FaultKind::Slow(_), Value::Ratio(by)) => FaultKind::Slow(*by),
            (FaultKind::Delay(_), Value::Span(by)) => FaultKind::Delay(*by),
            (FaultKind::Errors(_), Value::Ratio(by)) => FaultKind::Errors(*by),
            (FaultKind::Leak(_), Value::Bytes(by)) => FaultKind::Leak(*by),
            (FaultKind::LeakPerRequest(_), Value::Bytes(by)) => FaultKind::LeakPerRequest(*by),
            (FaultKind::Spike(_), Value::Ratio(by)) => FaultKind::Spike(*by),
            (FaultKind::Poison(_), Value::Ratio(by)) => FaultKind::Poison(*by),
            (FaultKind::CrashBeforeAck(_), Value::Ratio(by)) => FaultKind::CrashBeforeAck(*by),
            (FaultKind::Loss(_), Value::Ratio(by)) => FaultKind::Loss(*by),
            (FaultKind::Latency(_), Value::Span(by)) => FaultKind::Latency(*by),
            _ => self,
        }
    }

    /// What its strength says, after "how".
    pub const fn strength_word(self) -> &'static str {
        self.about().3
    }

    /// Whether it can befall an edge.
    pub const fn befalls_edges(self) -> bool {
        matches!(self.about().1, Site::Edge)
    }

    /// Whether it can befall a node of this kind.
    pub const fn befalls(self, kind: &NodeKind) -> bool {
        match (self.about().1, kind) {
            (Site::Client, NodeKind::Client(_))
            | (Site::Service | Site::Either, NodeKind::Service(_))
            | (Site::Either | Site::Broker, NodeKind::Broker(_)) => true,
            (Site::Cache, NodeKind::Service(service)) => matches!(service.role, Role::Cache),
            (Site::Client | Site::Broker, NodeKind::Service(_))
            | (Site::Client | Site::Service | Site::Cache, NodeKind::Broker(_))
            | (Site::Service | Site::Cache | Site::Either | Site::Broker, NodeKind::Client(_))
            | (Site::Edge, _) => false,
        }
    }

    /// What is wrong with its strength, if something is.
    ///
    /// # Errors
    /// Says what is allowed.
    pub fn check(self) -> Result<(), String> {
        match (self.control(), self.strength()) {
            (Some(control), Some(strength)) => control.check(&strength),
            _ => Ok(()),
        }
    }

    /// The bounds of its strength.
    pub const fn control(self) -> Option<Control> {
        self.about().2
    }

    /// In words: "slow ×10".
    pub fn describe(self) -> String {
        let percent = |share: Ratio| share.as_f64() * 100.0;
        match self {
            FaultKind::Slow(by) => format!("slow ×{by}"),
            FaultKind::Delay(by) => format!("work +{by}"),
            FaultKind::Errors(share) => format!("{} % errors", percent(share)),
            FaultKind::Hang => "hanging".into(),
            FaultKind::Pause => "paused".into(),
            FaultKind::Crash => "down".into(),
            FaultKind::Leak(by) => format!("leak {by}/s"),
            FaultKind::LeakPerRequest(by) => format!("leak {by} a request"),
            FaultKind::CacheFlush => "cache flushed".into(),
            FaultKind::Spike(by) => format!("spike ×{by}"),
            FaultKind::Poison(share) => format!("{} % poison", percent(share)),
            FaultKind::CrashBeforeAck(share) => format!("{} % crash before ack", percent(share)),
            FaultKind::Latency(by) => format!("latency +{by}"),
            FaultKind::Loss(share) => format!("{} % lost", percent(share)),
            FaultKind::Partition => "cut off".into(),
            FaultKind::Hold => "held up".into(),
            FaultKind::Full => "full".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strength_of_another_kind_changes_nothing() {
        let late = FaultKind::Latency(Span::millis(5));
        assert_eq!(late.with_strength(&Value::Ratio(Ratio::ONE)), late);
        let later = Value::Span(Span::millis(7));
        assert_eq!(late.with_strength(&later).strength(), Some(later));
    }

    /// What a table row says of a kind agrees with what its variant holds.
    #[test]
    fn every_kind_has_a_word_and_bounds_for_its_strength_and_is_written_by_that_word() {
        let mut words: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.word()).collect();
        for kind in FaultKind::ALL {
            assert_eq!(kind.control().is_some(), kind.strength().is_some());
            assert_eq!(kind.strength_word().is_empty(), kind.strength().is_none());
            assert_eq!(kind.check(), Ok(()), "{}", kind.word());
            let written = serde_json::to_string(&kind).unwrap();
            assert!(
                written.contains(&format!("\"{}\"", kind.word())),
                "{written}"
            );
            if let Some(strength) = kind.strength() {
                assert_eq!(kind.with_strength(&strength), kind);
            }
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), FaultKind::ALL.len());
    }
}
