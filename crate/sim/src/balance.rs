//! Load balancing: which replica of a service gets a request.
//!
//! It is judged when the request arrives at the service, as one proxy in front of all replicas sees them: its
//! counts of active requests are exact. Client-side balancers choose when they send and count their own
//! requests only, so with many callers they choose worse. Terms and ties are Envoy's where nothing else is said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rng::Luck;

/// How a replica is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Balance {
    /// One after the other.
    #[default]
    RoundRobin,
    /// Any, each as likely as the other.
    Random,
    /// Of two drawn at random, maybe twice the same, the one with fewer active requests; the first wins a tie.
    LeastOfTwo,
    /// The same of two that differ.
    LeastOfTwoDistinct,
    /// Of all the one with the fewest active requests; ties at random.
    LeastOfAll,
    /// By the request: always the same one, as long as it is there.
    RingHash,
}

impl Balance {
    /// Every way, in the order of the form.
    pub const ALL: [Balance; 6] = [
        Balance::RoundRobin,
        Balance::Random,
        Balance::LeastOfTwo,
        Balance::LeastOfTwoDistinct,
        Balance::LeastOfAll,
        Balance::RingHash,
    ];
}

/// Something that can be chosen.
pub trait Host {
    /// Its number; hosts stand in order of it.
    fn number(&self) -> u32;
    /// Whether it may be chosen.
    fn takes(&self) -> bool;
    /// Its active requests, those that wait included.
    fn load(&self) -> usize;
}

/// What a balancer remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balancer {
    /// The number of the one chosen last, plus one.
    turn: u32,
    /// The points of the ring, each with its host.
    ring: Vec<(u64, u32)>,
}

/// Where the points of hosts come from: the same in every run.
const RING: Luck = Luck::of_seed(1);
/// Where the points of keys come from.
const KEYS: Luck = Luck::of_seed(2);
/// Points of one host on the ring (libketama: 40 hashes of 4 points).
const POINTS: u64 = 160;

impl Balancer {
    /// Takes notice of who is there now.
    pub fn follow<H: Host>(&mut self, balance: Balance, hosts: &[H]) {
        self.ring.clear();
        if balance == Balance::RingHash && hosts.len() > 1 {
            for host in hosts {
                let of = RING.part(u64::from(host.number()));
                let points = (0..POINTS).map(|point| (of.part(point).name(), host.number()));
                self.ring.extend(points);
            }
            self.ring.sort_unstable();
        }
    }

    /// The place of the host that gets a request with this key; none if nobody takes it.
    pub fn choose<H: Host>(
        &mut self,
        balance: Balance,
        hosts: &[H],
        key: u64,
        luck: Luck,
    ) -> Option<usize> {
        let able = hosts.iter().filter(|host| host.takes()).count();
        if able < 2 {
            return hosts.iter().position(H::takes);
        }
        let nth = |n: u64| {
            let mut able = (0..hosts.len()).filter(|place| hosts[*place].takes());
            able.nth(n as usize).unwrap_or_default()
        };
        let able = able as u64;
        Some(match balance {
            Balance::RoundRobin => self.next(hosts, H::takes).unwrap_or_default(),
            Balance::Random => nth(luck.stream().below(able)),
            Balance::LeastOfTwo | Balance::LeastOfTwoDistinct => {
                let mut stream = luck.stream();
                let first = stream.below(able);
                let second = if balance == Balance::LeastOfTwo {
                    stream.below(able)
                } else {
                    (first + 1 + stream.below(able - 1)) % able
                };
                let (first, second) = (nth(first), nth(second));
                if hosts[second].load() < hosts[first].load() {
                    second
                } else {
                    first
                }
            }
            Balance::LeastOfAll => least(hosts, luck),
            Balance::RingHash => self.on_ring(hosts, key),
        })
    }

    /// The place of the next host in turn that fits.
    pub fn next<H: Host>(&mut self, hosts: &[H], fits: impl Fn(&H) -> bool) -> Option<usize> {
        let start = hosts.partition_point(|host| host.number() < self.turn);
        let place = (start..hosts.len())
            .chain(0..start)
            .find(|place| fits(&hosts[*place]))?;
        self.turn = hosts[place].number() + 1;
        Some(place)
    }

    /// The first host from the key's point on that takes requests.
    fn on_ring<H: Host>(&self, hosts: &[H], key: u64) -> usize {
        let at = KEYS.part(key).name();
        let start = self.ring.partition_point(|(point, _)| *point < at);
        let (before, after) = self.ring.split_at(start);
        let place = after.iter().chain(before).find_map(|(_, number)| {
            let place = hosts.partition_point(|host| host.number() < *number);
            hosts.get(place).filter(|host| host.takes()).map(|_| place)
        });
        place.unwrap_or_default()
    }
}

/// The one with the fewest active requests; each of several is as likely.
fn least<H: Host>(hosts: &[H], luck: Luck) -> usize {
    let mut stream = luck.stream();
    let (mut best, mut load, mut ties) = (0, usize::MAX, 0);
    for (place, host) in hosts.iter().enumerate().filter(|(_, host)| host.takes()) {
        if host.load() < load {
            (best, load, ties) = (place, host.load(), 1);
        } else if host.load() == load {
            ties += 1;
            if stream.below(ties) == 0 {
                best = place;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    struct Pod(u32, bool, usize);

    impl Host for Pod {
        fn number(&self) -> u32 {
            self.0
        }
        fn takes(&self) -> bool {
            self.1
        }
        fn load(&self) -> usize {
            self.2
        }
    }

    fn pods(n: u32) -> Vec<Pod> {
        (0..n).map(|number| Pod(number, true, 0)).collect()
    }

    fn choices(balance: Balance, pods: &[Pod], n: u64) -> Vec<usize> {
        let mut balancer = Balancer::default();
        balancer.follow(balance, pods);
        let luck = Luck::of_seed(1);
        (0..n)
            .map(|key| {
                let place = balancer.choose(balance, pods, key, luck.part(key));
                place.expect("somebody is able")
            })
            .collect()
    }

    #[test]
    fn round_robin_goes_round_and_skips_who_is_down() {
        let mut some = pods(4);
        some[1].1 = false;
        assert_eq!(choices(Balance::RoundRobin, &some, 5), [0, 2, 3, 0, 2]);
    }

    #[test]
    fn nobody_able_is_nobody_chosen() {
        let none = [Pod(0, false, 0), Pod(1, false, 0)];
        for balance in Balance::ALL {
            let mut balancer = Balancer::default();
            balancer.follow(balance, &none);
            let luck = Luck::of_seed(1);
            assert_eq!(balancer.choose(balance, &none, 7, luck), None);
        }
    }

    /// With replacement the most loaded of N is drawn twice with probability 1/N²; else it never wins.
    #[test]
    fn two_draws_with_and_without_replacement() {
        let some = [Pod(0, true, 9), Pod(1, true, 0), Pod(2, true, 0)];
        let loaded = |balance| {
            let all = choices(balance, &some, 90_000);
            all.iter().filter(|place| **place == 0).count()
        };
        let with = loaded(Balance::LeastOfTwo);
        assert!(with.abs_diff(10_000) < 300, "{with}");
        assert_eq!(loaded(Balance::LeastOfTwoDistinct), 0);
    }

    #[test]
    fn least_of_all_breaks_ties_at_random() {
        let some = [Pod(0, true, 1), Pod(1, true, 0), Pod(2, true, 0)];
        let all = choices(Balance::LeastOfAll, &some, 10_000);
        let ones = all.iter().filter(|place| **place == 1).count();
        assert!(ones.abs_diff(5_000) < 200, "{ones}");
        assert!(!all.contains(&0));
    }

    #[test]
    fn the_ring_moves_only_the_keys_of_who_leaves() {
        let whole = pods(10);
        let before = choices(Balance::RingHash, &whole, 20_000);
        let mut less = whole.clone();
        less[3].1 = false;
        let after = choices(Balance::RingHash, &less, 20_000);
        let moved = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        let had = before.iter().filter(|place| **place == 3).count();
        assert_eq!(moved, had, "only what was on the one that left has moved");
        assert!(moved.abs_diff(2_000) < 600, "about a tenth: {moved}");
        // Gone for good is the same as down.
        let gone: Vec<Pod> = whole.iter().copied().filter(|pod| pod.0 != 3).collect();
        let after: Vec<u32> = choices(Balance::RingHash, &gone, 20_000)
            .iter()
            .map(|place| gone[*place].0)
            .collect();
        assert!(
            after
                .iter()
                .zip(&before)
                .all(|(a, b)| *b == 3 || *a == *b as u32)
        );
    }
}
