//! The course of a trouble: whether it goes on though its cause is gone, when all is well again, and the list told.

use super::board::{Board, Part};
use super::cause::{self, Link};
use super::kind::{Sustains, Tag, What};
use super::log::{Entry, Log, Place};
use super::{Account, Advice, Cause, Chapter, MOST, target};
use crate::event::{EdgeIx, NodeIx};
use crate::frame::BUCKET;
use crate::meter::Meter;
use crate::scenario::{Mode, Role};
use crate::units::{Span, Time};

/// How long after its causes are gone a failure that goes on keeps itself up.
const KEEPS: Span = Span::secs(10);
/// How long a cache may take to fill again.
const COLD: Span = Span::secs(20);
/// Buckets of peace after which a trouble is over.
const PEACE: u32 = 30;
/// How long customers may be hurt without a reason before it is looked for in plain latency.
const PUZZLED: Span = Span::secs(2);

/// How things go.
#[derive(Debug, Clone, Default)]
pub struct Course {
    links: Vec<Option<Link>>,
    /// Buckets in which nothing told goes on.
    peace: u32,
    /// Whether the end of this trouble has been told.
    ended: bool,
    /// Who was hurt at the last bucket.
    hurt: Vec<(NodeIx, Time)>,
}

fn is_root(entry: &Entry, link: Option<Link>) -> bool {
    link.is_none()
        && !matches!(
            entry.what,
            What::Switched { .. }
                | What::Scaled { .. }
                | What::Metastable { .. }
                | What::Recovered { .. }
        )
}

impl Course {
    /// A bucket has been read.
    pub fn step(&mut self, log: &mut Log, board: &Board, meter: &Meter, now: Time) {
        if log.entries().is_empty() {
            return;
        }
        if log.is_changed {
            self.link(log, board);
        }
        self.explain(log, board, meter, now);
        self.sustain(log, board, meter, now);
        self.recover(log, now);
        if log.settle(now) {
            self.link(log, board);
        }
        self.end(log, now);
    }

    fn link(&mut self, log: &mut Log, board: &Board) {
        self.links = cause::links(log.entries(), board);
        // A pool that was full now and then, as busy ones are, is full for a reason from here on.
        for i in 0..self.links.len() {
            if let Some(link) = self.links[i] {
                let cause = log.entries()[link.to].at;
                let entry = &mut log.entries_mut()[i];
                if !entry.told && entry.what.tag() == Tag::Full && entry.at < cause {
                    entry.at = cause;
                }
            }
        }
        cause::tell(log.entries_mut(), &self.links);
    }

    /// The entries of this trouble that are told, with their causes.
    fn told<'a>(&'a self, log: &'a Log) -> impl Iterator<Item = (&'a Entry, Option<Link>)> + 'a {
        let episode = log.episode;
        log.entries()
            .iter()
            .zip(self.links.iter().copied())
            .filter(move |(entry, _)| entry.told && entry.episode == episode)
    }

    /// Customers are hurt and nothing is wrong anywhere: then it takes too long where it takes longest.
    fn explain(&self, log: &mut Log, board: &Board, meter: &Meter, now: Time) {
        let puzzling = self.told(log).find(|(entry, link)| {
            link.is_none()
                && entry.until.is_none()
                && matches!(entry.what, What::Hurt { late, .. } if late > 0.02)
                && now.since(entry.at) >= PUZZLED
        });
        let Some((hurt, _)) = puzzling else {
            return;
        };
        let (Place::Node(client), at) = (hurt.place, hurt.at) else {
            return;
        };
        let Some(mut edge) = board.outs(client).next() else {
            return;
        };
        let mut fan_out = 1;
        for _ in 0..8 {
            let to = board.edge(edge).to;
            let waits = |edge: &EdgeIx| meter.edge_second(*edge).waiting.cast_signed();
            match board.outs(to).max_by_key(waits) {
                Some(next) if waits(&next) > 0 => {
                    edge = next;
                    fan_out = fan_out.max(board.edge(next).fan_out);
                }
                _ => break,
            }
        }
        let node = board.edge(edge).to;
        if log.find(Place::Node(node), Tag::TooSlow).is_some() {
            return;
        }
        if let Some([median, _, p99]) = meter.service_latency(node) {
            let what = What::TooSlow {
                median,
                p99,
                fan_out,
            };
            log.open(at, Place::Node(node), what, None);
        }
    }

    /// The causes are gone, and the failure is not.
    fn sustain(&self, log: &mut Log, board: &Board, meter: &Meter, now: Time) {
        let mut gone: Option<Time> = None;
        let (mut causes, mut on, mut hurt, mut known) = (0, 0, None, false);
        let mut cold = None;
        for (entry, link) in self.told(log) {
            match (&entry.what, entry.until) {
                (What::Hurt { .. }, None) => hurt = hurt.or(Some(entry.at)),
                (What::Metastable { .. }, None) => known = true,
                (What::ColdCache { hits, .. }, None) if now.since(entry.at) >= COLD => {
                    cold = Some((entry.place, *hits));
                }
                _ => {}
            }
            if is_root(entry, link) {
                causes += 1;
                match entry.until {
                    Some(until) => gone = gone.max(Some(until)),
                    None => on += 1,
                }
            }
        }
        let Some(hurt) = hurt.filter(|_| !known && causes > 0) else {
            return;
        };
        // A cause that came and went before anybody was hurt by it counts from then on.
        let gone = gone.map(|gone| gone.max(hurt));
        let lasts = on == 0 && gone.is_some_and(|gone| now.since(gone) >= KEEPS);
        if lasts {
            let (place, by) = self.keeps(log, board, meter);
            log.open(now, place, What::Metastable { by }, None);
        } else if let Some((place, hits)) = cold.filter(|_| on == 1 && now.since(hurt) >= COLD) {
            let by = Sustains::ColdCache(hits);
            log.open(now, place, What::Metastable { by }, None);
        }
    }

    /// What keeps a failure up, and where.
    fn keeps(&self, log: &Log, board: &Board, meter: &Meter) -> (Place, Sustains) {
        let open = || {
            self.told(log)
                .map(|(entry, _)| entry)
                .filter(|entry| entry.until.is_none())
        };
        // Retries multiply on the way: most of all where they arrive.
        let mut most: Option<(Place, f32)> = None;
        for entry in open() {
            if let (Place::Edge(edge), What::Retries { times, .. }) = (entry.place, &entry.what) {
                let second = meter.edge_second(edge);
                let now = second.attempts as f32 / second.first.max(1) as f32;
                let times = now.min(*times);
                if times >= 1.2 && most.is_none_or(|(_, old)| times > old) {
                    most = Some((entry.place, times));
                }
            }
        }
        if let Some((place, times)) = most {
            return (place, Sustains::Retries(times));
        }
        for entry in open() {
            match entry.what {
                What::ColdCache { hits, .. } => return (entry.place, Sustains::ColdCache(hits)),
                What::Down { stops, .. } if stops > 1 => {
                    return (entry.place, Sustains::Restarts(stops));
                }
                _ => {}
            }
        }
        let full = open().filter(|entry| matches!(entry.what, What::Full { .. }));
        let deep = full.min_by_key(|entry| (entry.at, entry.number));
        let place = deep.map_or_else(
            || open().next().map_or(Place::Node(NodeIx(0)), |e| e.place),
            |entry| entry.place,
        );
        let wasted = board
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| matches!(node.part, Part::Service(..)))
            .map(|(ix, _)| {
                let ix = NodeIx(ix as u32);
                (Place::Node(ix), meter.wasted(ix))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match wasted {
            Some((at, share)) if share >= 0.3 => (at, Sustains::WastedWork(share)),
            _ => (place, Sustains::Backlog),
        }
    }

    /// Those who were hurt are served again.
    fn recover(&mut self, log: &mut Log, now: Time) {
        let hurt: Vec<(NodeIx, Time, Option<Time>)> = self
            .told(log)
            .filter_map(|(entry, _)| match (&entry.what, entry.place) {
                (What::Hurt { .. }, Place::Node(ix)) => Some((ix, entry.at, entry.until)),
                _ => None,
            })
            .collect();
        let before = std::mem::take(&mut self.hurt);
        for (ix, at, until) in &hurt {
            match until {
                None => self.hurt.push((*ix, *at)),
                Some(until) if before.contains(&(*ix, *at)) => {
                    let gone = self
                        .told(log)
                        .filter(|(entry, link)| is_root(entry, *link))
                        .map(|(entry, _)| entry.until)
                        .try_fold(Time::ZERO, |most, until| until.map(|at| most.max(at)));
                    let after = gone
                        .filter(|gone| *gone > Time::ZERO)
                        .map(|gone| until.since(gone));
                    let what = What::Recovered {
                        after: after.map(|span| span.as_secs_f64() as f32),
                        lasted: until.since(*at).as_secs_f64() as f32,
                    };
                    log.note(*until, Place::Node(*ix), what);
                    self.ended = true;
                }
                Some(_) => {}
            }
        }
        if self.hurt.is_empty() && !before.is_empty() {
            let open: Vec<(Place, Tag)> = self
                .told(log)
                .filter(|(entry, _)| entry.until.is_none())
                .map(|(entry, _)| (entry.place, entry.what.tag()))
                .filter(|(_, tag)| matches!(tag, Tag::Metastable | Tag::TooSlow))
                .collect();
            for (place, tag) in open {
                log.close(now, place, tag);
            }
        }
    }

    /// Nothing goes on any more.
    fn end(&mut self, log: &mut Log, now: Time) {
        let mut last: Option<(Time, Place, Time)> = None;
        let mut first: Option<Time> = None;
        let mut on = false;
        for (entry, link) in self.told(log) {
            on |= entry.until.is_none();
            first = Some(first.map_or(entry.at, |first| first.min(entry.at)));
            if is_root(entry, link)
                && let Some(until) = entry.until
                && last.is_none_or(|(_, _, at)| entry.at < at)
            {
                last = Some((until, entry.place, entry.at));
            }
        }
        let Some(first) = first else {
            return;
        };
        self.peace = if on { 0 } else { self.peace + 1 };
        if self.peace < PEACE {
            return;
        }
        if !self.ended
            && let Some((gone, place, _)) = last
        {
            let over = Time::from_nanos(
                now.as_nanos()
                    .saturating_sub(u64::from(PEACE) * BUCKET.as_nanos()),
            );
            let what = What::Recovered {
                after: Some(over.since(gone.min(over)).as_secs_f64() as f32),
                lasted: over.since(first).as_secs_f64() as f32,
            };
            log.note(over, place, what);
            log.settle(now);
        }
        (self.peace, self.ended) = (0, false);
        self.hurt.clear();
        log.turn();
    }

    /// The list as it is told.
    pub fn account(&mut self, log: &mut Log, board: &Board) -> Account {
        log.forget(MOST);
        self.link(log, board);
        let entries = log.entries();
        let mut at: Vec<Time> = entries.iter().map(|entry| entry.at).collect();
        // What came of something began no earlier, whatever was noticed first.
        let mut later = true;
        while later {
            later = false;
            for (i, link) in self.links.iter().enumerate() {
                if let Some(link) = link
                    && at[i] < at[link.to]
                {
                    at[i] = at[link.to];
                    later = true;
                }
            }
        }
        let mut order: Vec<usize> = (0..entries.len()).filter(|i| entries[*i].told).collect();
        let depth = |mut i: usize| {
            let mut depth = 0;
            while let Some(link) = self.links[i]
                && depth < entries.len()
            {
                depth += 1;
                i = link.to;
            }
            depth
        };
        order.sort_by_key(|i| (at[*i], depth(*i), entries[*i].number));
        let left_out = order.len().saturating_sub(MOST);
        // The beginning says why, the end how things stand.
        if left_out > 0 {
            order.drain(MOST * 3 / 4..MOST * 3 / 4 + left_out);
        }
        let id = |edge: EdgeIx| board.edge(edge).id.clone();
        let chapters = order
            .iter()
            .filter_map(|i| {
                let (entry, link) = (&entries[*i], self.links[*i]);
                Some(Chapter {
                    number: entry.number,
                    episode: entry.episode,
                    at: at[*i],
                    until: entry.until,
                    place: target(board, entry.place)?,
                    what: cause::renamed(entry, link),
                    via: entry.via.map(id),
                    cause: link.map(|link| Cause {
                        chapter: entries[link.to].number,
                        edge: link.edge.map(id),
                    }),
                })
            })
            .collect();
        Account {
            chapters,
            decouple: decouple(entries, board),
            left_out: left_out as u32,
        }
    }
}

/// Of the synchronous calls on which full pools wait, the one on which they have waited the longest. What asks a database
/// or a cache needs the answer: it comes last, and a cache's own question not at all.
fn decouple(entries: &[Entry], board: &Board) -> Option<Advice> {
    let last = entries.iter().filter(|e| e.told).map(|e| e.episode).max()?;
    // Once something was decoupled, what still waits then is next.
    let done = entries.iter().any(|entry| {
        entry.episode == last && matches!(entry.what, What::Switched { mode: Mode::Async })
    });
    let waits = entries.iter().filter_map(|entry| match &entry.what {
        What::Full {
            busy, of, waiting, ..
        } if entry.told
            && entry.episode == last
            && *waiting >= 0.5 * *busy
            && (!done || entry.until.is_none()) =>
        {
            let edge = entry.via?;
            let link = board.edge(edge);
            let (from, to) = (board.role(link.from), board.role(link.to)?);
            let asks = matches!(to, Role::Database | Role::Cache);
            let possible = link.alive
                && link.mode == Mode::Sync
                && to != Role::Cache
                && from != Some(Role::Cache);
            possible.then(|| {
                let advice = Advice {
                    edge: link.id.clone(),
                    waiting: *waiting,
                    of: *of,
                    since: entry.at,
                };
                ((asks, entry.at, entry.number), advice)
            })
        }
        _ => None,
    });
    waits
        .min_by_key(|(order, _)| *order)
        .map(|(_, advice)| advice)
}
