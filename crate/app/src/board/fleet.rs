//! The replicas of a service in a row of small pools: how full each is, and which is down, starting or not ready.

use sim::frame::{ReplicaFigures, ServiceFrame};
use sim::scenario::Service;
use yew::prelude::*;

/// The height of the row on a card that has one.
pub(crate) const HEIGHT: f64 = 26.0;
/// So many are drawn; the rest are counted.
const MOST: usize = 12;
/// The room for them, and the most one takes of it.
const ROOM: f64 = 112.0;
const PITCH: f64 = 28.0;
const TALL: f64 = 17.0;

/// What a replica is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Up,
    /// Its readiness probe fails: it gets no requests.
    Unready,
    Starting,
    Down,
}

impl Mood {
    const fn class(self) -> &'static str {
        match self {
            Mood::Up => "up",
            Mood::Unready => "unready",
            Mood::Starting => "starting",
            Mood::Down => "down",
        }
    }

    /// The sign over its pool, for a width of one: never colour alone.
    fn sign(self, wide: f64) -> String {
        let right = wide - 3.0;
        match self {
            Mood::Up => String::new(),
            Mood::Unready => format!("M3 8.5h{:.1}", right - 3.0),
            Mood::Starting => format!("M{:.1} 6v5M{:.1} 8.5h5", wide / 2.0, wide / 2.0 - 2.5),
            Mood::Down => format!("M3 4L{right:.1} 13M{right:.1} 4L3 13"),
        }
    }
}

/// A replica: how much of its pool is at work and how much waits, in twentieths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct One {
    mood: Mood,
    working: u8,
    waiting: u8,
    queue: bool,
}

/// All that the row shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fleet {
    all: Vec<One>,
    /// What is worth a word, and whether it is trouble.
    note: AttrValue,
    bad: bool,
}

/// Whether a service has a row of replicas: where there is but one and nothing that minds it, the pool says it all.
pub(crate) fn has(service: &Service) -> bool {
    service.replicas > 1 || service.autoscale.on || service.readiness.on || service.liveness.on
}

impl Fleet {
    /// The row of a service, as its frame tells.
    pub(super) fn of(service: &Service, frame: Option<&ServiceFrame>) -> Option<Fleet> {
        if !has(service) {
            return None;
        }
        let Some(frame) = frame.filter(|f| f.offered > 0.0 || f.running > 0.0 || f.kills > 0)
        else {
            let still = ReplicaFigures {
                up: 1.0,
                ..ReplicaFigures::default()
            };
            let all = vec![one(&still, service, false); service.replicas as usize];
            return Some(Fleet {
                all,
                ..Fleet::default()
            });
        };
        let alone = [ReplicaFigures {
            busy: f64::from(frame.working + frame.waiting_total()),
            waiting: f64::from(frame.waiting_total()),
            queue: f64::from(frame.queue),
            up: f64::from(frame.running),
            unready: f64::from(frame.unready),
            ..ReplicaFigures::default()
        }];
        let each = if frame.replicas.is_empty() {
            &alone[..]
        } else {
            &frame.replicas
        };
        // New ones come last in the list.
        let first_new = each.len().saturating_sub(frame.starting as usize);
        let all: Vec<One> = each
            .iter()
            .enumerate()
            .map(|(place, replica)| one(replica, service, place >= first_new))
            .collect();
        let (note, bad) = note(&all, frame.wanted);
        Some(Fleet {
            all,
            note: note.into(),
            bad,
        })
    }

    /// In words, for the card's name.
    pub(super) fn spoken(&self) -> String {
        let count = self.all.len();
        let replicas = if count == 1 { "replica" } else { "replicas" };
        let note = if self.note.is_empty() || self.note.ends_with("replicas") {
            String::new()
        } else {
            format!(" ({})", self.note)
        };
        format!(", {count} {replicas}{note}")
    }
}

fn one(of: &ReplicaFigures, service: &Service, new: bool) -> One {
    let mood = match () {
        () if of.up >= 0.5 && of.unready >= 0.5 => Mood::Unready,
        () if of.up >= 0.5 => Mood::Up,
        () if new => Mood::Starting,
        () => Mood::Down,
    };
    let pool = service.workers().number().map_or_else(
        // Without a bound there is no full: half is where it is as busy as usual pools are large.
        || of.busy + 40.0,
        f64::from,
    );
    let part = |n: f64| ((n / pool.max(1.0)).clamp(0.0, 1.0) * 20.0).round() as u8;
    let waiting = part(of.waiting);
    One {
        mood,
        working: part(of.busy).saturating_sub(waiting),
        waiting,
        queue: of.queue >= 0.5,
    }
}

/// The one thing worth a word: the worst first.
fn note(all: &[One], wanted: Option<u32>) -> (String, bool) {
    let count = |mood: Mood| all.iter().filter(|one| one.mood == mood).count();
    let (down, unready, starting) = (
        count(Mood::Down),
        count(Mood::Unready),
        count(Mood::Starting),
    );
    if down > 0 {
        return (format!("{down} down"), true);
    }
    if unready > 0 {
        return (format!("{unready} not ready"), true);
    }
    match wanted {
        Some(wanted) if wanted as usize != all.len() => (format!("wants {wanted}"), false),
        _ if starting > 0 => (format!("{starting} starting"), false),
        _ if all.len() > 1 => (format!("{} replicas", all.len()), false),
        _ => (String::new(), false),
    }
}

/// The row.
pub(super) fn row(fleet: &Fleet, top: f64, width: f64) -> Html {
    let shown = fleet.all.len().min(MOST);
    let pitch = (ROOM / shown.max(1) as f64).min(PITCH);
    let wide = pitch - 3.0;
    let pool = |(place, one): (usize, &One)| {
        let (working, waiting) = (
            f64::from(one.working) / 20.0 * (TALL - 2.0),
            f64::from(one.waiting) / 20.0 * (TALL - 2.0),
        );
        let level = |class: &'static str, from: f64, high: f64| {
            html! {
                if high > 0.0 {
                    <rect class={classes!("slot", class)} x="1" y={format!("{:.1}", TALL - 1.0 - from - high)} width={format!("{:.1}", wide - 2.0)} height={format!("{high:.1}")} />
                }
            }
        };
        html! {
            <g class={one.mood.class()} transform={format!("translate({:.1} 0)", place as f64 * pitch)}>
                <rect class="pool" width={format!("{wide:.1}")} height={TALL.to_string()} rx="2.5" />
                { level("working", 0.0, working) }
                { level("waiting", working, waiting) }
                <path class="mark" d={one.mood.sign(wide)} />
                if one.queue { <path class="queued" d={format!("M0 -2.5h{wide:.1}")} /> }
            </g>
        }
    };
    let more = fleet.all.len() - shown;
    let told = if more > 0 {
        format!("+{more}, {}", fleet.note)
    } else {
        fleet.note.to_string()
    };
    html! {
        <g class={classes!("fleet", fleet.bad.then_some("bad"))} transform={format!("translate(14 {top})")}>
            <title>{ "Its replicas: how full each pool is. A cross is one that is down, a bar one that is not ready, a plus one that starts." }</title>
            { for fleet.all.iter().take(MOST).enumerate().map(pool) }
            <text x={width.to_string()} y="13">{ told }</text>
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica(busy: f64, up: f64, unready: f64) -> ReplicaFigures {
        ReplicaFigures {
            busy,
            up,
            unready,
            ..ReplicaFigures::default()
        }
    }

    #[test]
    fn the_worst_is_told_first() {
        let service = Service {
            replicas: 3,
            ..Service::default()
        };
        let row = |all: [ReplicaFigures; 3]| all.map(|one_| one(&one_, &service, false));
        let well = replica(1.0, 1.0, 0.0);
        let down = row([well.clone(), replica(0.0, 0.0, 0.0), replica(0.0, 1.0, 1.0)]);
        assert_eq!(note(&down, Some(5)), ("1 down".into(), true));
        let unready = row([well.clone(), well.clone(), replica(0.0, 1.0, 1.0)]);
        assert_eq!(note(&unready, Some(5)), ("1 not ready".into(), true));
        let all = row([well.clone(), well.clone(), well]);
        assert_eq!(note(&all, Some(5)), ("wants 5".into(), false));
        assert_eq!(note(&all, Some(3)), ("3 replicas".into(), false));
    }

    #[test]
    fn a_lone_service_without_probes_has_no_row() {
        assert!(Fleet::of(&Service::default(), None).is_none());
        let two = Service {
            replicas: 2,
            ..Service::default()
        };
        assert_eq!(Fleet::of(&two, None).unwrap().spoken(), ", 2 replicas");
    }
}
