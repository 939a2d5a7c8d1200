//! The queue of an async edge: a stack that fills, how deep it is, and how old its oldest message.

use sim::broker::Kind;
use sim::frame::QueueFrame;
use sim::scenario::Edge;
use yew::prelude::*;

use super::log;
use crate::words;

/// All that a queue shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct QueueView {
    depth: u32,
    unacked: u32,
    /// In tenths of a second.
    oldest: u32,
    drain: AttrValue,
    /// Messages that will not be done: dead-lettered, dropped, expired or refused.
    lost: u64,
    /// Whether it is full.
    full: bool,
    kind: Kind,
    /// What each partition of a log is behind, and how many consumers share them.
    lags: Vec<u32>,
    members: u32,
}

const COLUMNS: u32 = 10;
const ROWS: u32 = 4;
const CELL: f64 = 7.6;
/// The width of the box.
pub(crate) const WIDTH: f64 = 88.0;
/// An age below this is that of a message just being worked on.
const WORTH_TELLING: u32 = 5;

impl QueueView {
    pub(crate) fn of(frame: Option<&QueueFrame>, edge: &Edge) -> QueueView {
        let Some(frame) = frame else {
            return QueueView {
                kind: edge.broker,
                ..QueueView::default()
            };
        };
        let depth = frame.ready.round().max(0.0) as u32;
        QueueView {
            depth,
            unacked: frame.unacked.round().max(0.0) as u32,
            oldest: (frame.oldest * 10.0).round().max(0.0) as u32,
            drain: frame
                .drain
                .filter(|_| depth >= 10)
                .map_or(String::new(), |secs| {
                    format!("drains in {}", words::rough(f64::from(secs)))
                })
                .into(),
            lost: frame.dead_lettered + frame.dropped + frame.rejected + frame.expired,
            full: match edge.broker {
                Kind::Queue => edge.queue.max_length.number(),
                Kind::Bus | Kind::Log => None,
            }
            .is_some_and(|most| most > 0 && depth >= most),
            kind: edge.broker,
            lags: frame.lags.clone(),
            members: frame.members,
        }
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    pub(crate) fn oldest(&self) -> f64 {
        f64::from(self.oldest) / 10.0
    }

    /// Whether messages are in it, or at work.
    pub(crate) fn holds_any(&self) -> bool {
        self.depth + self.unacked > 0
    }

    /// In words, for the edge's name.
    pub(crate) fn spoken(&self) -> String {
        let text = format!("{} messages queued", self.depth);
        if self.oldest >= WORTH_TELLING {
            format!("{text}, oldest {}", words::rough(self.oldest()))
        } else {
            text
        }
    }

    /// How many messages a cell stands for, and how many cells are full.
    fn cells(&self) -> (u32, u32) {
        const STEPS: [u32; 3] = [1, 2, 5];
        let room = COLUMNS * ROWS;
        let each = (0..9)
            .flat_map(|power| STEPS.map(|step| step * 10u32.pow(power)))
            .find(|each| self.depth.div_ceil(*each) <= room)
            .unwrap_or(u32::MAX);
        (each, self.depth.div_ceil(each))
    }
}

/// A queue's box, around the middle of its edge.
pub(crate) fn queue(v: &QueueView) -> Html {
    let (each, cells) = v.cells();
    let bars = log::bars(&v.lags);
    let rows = cells.div_ceil(COLUMNS).max(1);
    let cell = |n: u32| {
        let (x, y) = (f64::from(n % COLUMNS) * CELL, f64::from(n / COLUMNS) * CELL);
        let side = CELL - 1.4;
        format!("M{x:.1} {y:.1}h{side:.1}v{side:.1}h-{side:.1}z")
    };
    let path = |from: u32, to: u32| (from..to).map(cell).collect::<String>();
    let mut lines = Vec::new();
    if each > 1 && bars.is_none() {
        lines.push((format!("▪ = {each}"), "each"));
    }
    if v.oldest >= WORTH_TELLING {
        lines.push((format!("oldest {}", words::rough(v.oldest())), "age"));
    }
    if !v.drain.is_empty() {
        lines.push((v.drain.to_string(), "drain"));
    }
    if v.lost > 0 {
        lines.push((format!("{} lost", words::count(v.lost as f64)), "lost"));
    }
    if v.members > 0 {
        lines.push((log::readers(v.members), "each"));
    }
    let stack = match &bars {
        Some(bars) => bars.height,
        None => f64::from(rows) * CELL,
    };
    let height = 8.0 + stack + 19.0 + lines.len() as f64 * 15.0;
    let left = -WIDTH / 2.0;
    let top = -height / 2.0;
    let number = words::count(f64::from(v.depth));
    let class = classes!("queue", v.full.then_some("full"));
    html! {
        <g {class}>
            <rect class="box" x={left.to_string()} y={top.to_string()} width={WIDTH.to_string()} height={height.to_string()} rx="7" />
            <g transform={format!("translate({:.1} {:.1})", left + 6.6, top + 7.0)}>
                if let Some(bars) = &bars {
                    <path class="cell empty" d={bars.troughs.clone()} />
                    <path class="cell" d={bars.levels.clone()} />
                } else {
                    <path class="cell empty" d={path(cells, rows * COLUMNS)} />
                    <path class="cell" d={path(0, cells)} />
                }
            </g>
            <text class="kind" y={(top - 5.0).to_string()}>{ kind_word(v.kind) }</text>
            <text class="depth" y={(top + stack + 20.5).to_string()}>{ number }</text>
            for (place, (words, class)) in lines.into_iter().enumerate() {
                <text {class} y={(top + stack + 35.5 + place as f64 * 15.0).to_string()}>{ words }</text>
            }
        </g>
    }
}

/// A queue is drawn as what it is; what else carries messages says so.
const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Queue => "",
        Kind::Bus => "bus",
        Kind::Log => "log",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deep(depth: u32) -> QueueView {
        QueueView {
            depth,
            ..QueueView::default()
        }
    }

    #[test]
    fn a_cell_stands_for_a_round_number_of_messages() {
        assert_eq!(deep(0).cells(), (1, 0));
        assert_eq!(deep(40).cells(), (1, 40));
        assert_eq!(deep(41).cells(), (2, 21));
        assert_eq!(deep(1_284).cells(), (50, 26));
        assert_eq!(deep(u32::MAX).cells().0, 200_000_000);
    }
}
