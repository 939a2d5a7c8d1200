//! Which member of a group reads which partition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How partitions are given to members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assignor {
    /// Neighbours together; the first members get one more where it does not come out even.
    Range,
    /// One after the other.
    RoundRobin,
    /// As evenly, and each keeps what it has as far as that goes.
    Sticky,
}

/// Gives so many partitions to members, each told with those that it has; what each gets, in the same order.
pub fn assign(how: Assignor, partitions: u32, members: &[&[u32]]) -> Vec<Vec<u32>> {
    let count = members.len() as u32;
    let mut given = vec![Vec::new(); members.len()];
    if count == 0 {
        return given;
    }
    let (each, more) = (partitions / count, partitions % count);
    match how {
        Assignor::Range => {
            let mut next = 0;
            for (place, given) in given.iter_mut().enumerate() {
                let size = each + u32::from((place as u32) < more);
                given.extend(next..next + size);
                next += size;
            }
        }
        Assignor::RoundRobin => {
            for partition in 0..partitions {
                given[(partition % count) as usize].push(partition);
            }
        }
        Assignor::Sticky => sticky(partitions, members, (each, more), &mut given),
    }
    given
}

/// Each keeps what it has up to its share, the first of those that have more get one more; the rest goes to those
/// that have the least.
fn sticky(partitions: u32, members: &[&[u32]], (each, more): (u32, u32), given: &mut [Vec<u32>]) {
    let mut free: Vec<bool> = vec![true; partitions as usize];
    let mut more = more;
    for (has, given) in members.iter().zip(given.iter_mut()) {
        let mut may = each as usize;
        let has = || {
            let there = has.iter().copied();
            there.filter(|partition| *partition < partitions)
        };
        if more > 0 && has().count() > may {
            more -= 1;
            may += 1;
        }
        for partition in has() {
            if given.len() < may && free[partition as usize] {
                free[partition as usize] = false;
                given.push(partition);
            }
        }
    }
    for (partition, _) in free.iter().enumerate().filter(|(_, free)| **free) {
        if let Some(least) = given.iter_mut().min_by_key(|given| given.len()) {
            least.push(partition as u32);
        }
    }
    for given in given {
        given.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[u32] = &[];

    #[test]
    fn range_gives_neighbours_and_the_first_get_more() {
        assert_eq!(
            assign(Assignor::Range, 7, &[NONE; 3]),
            [vec![0, 1, 2], vec![3, 4], vec![5, 6]]
        );
        // Members beyond the partitions have nothing to do.
        assert_eq!(
            assign(Assignor::Range, 2, &[NONE; 3]),
            [vec![0], vec![1], vec![]]
        );
        assert_eq!(assign(Assignor::Range, 2, &[]), Vec::<Vec<u32>>::new());
    }

    #[test]
    fn round_robin_gives_one_after_the_other() {
        assert_eq!(
            assign(Assignor::RoundRobin, 5, &[NONE; 2]),
            [vec![0, 2, 4], vec![1, 3]]
        );
    }

    #[test]
    fn sticky_moves_as_few_as_it_can() {
        let has: [&[u32]; 3] = [&[0, 1, 2], &[3, 4, 5], NONE];
        assert_eq!(
            assign(Assignor::Sticky, 6, &has),
            [vec![0, 1], vec![3, 4], vec![2, 5]]
        );
        // One has left.
        let has: [&[u32]; 2] = [&[0, 1], &[4]];
        assert_eq!(
            assign(Assignor::Sticky, 5, &has),
            [vec![0, 1, 3], vec![2, 4]]
        );
    }

    #[test]
    fn every_partition_has_one_reader_and_shares_differ_by_one() {
        for how in [Assignor::Range, Assignor::RoundRobin, Assignor::Sticky] {
            for (partitions, count) in [(1, 1), (12, 5), (3, 8), (100, 7)] {
                let has: Vec<&[u32]> = (0..count)
                    .map(|n| [&[0, 1, 2, 9][..], NONE][n % 2])
                    .collect();
                let given = assign(how, partitions, &has);
                let mut all: Vec<u32> = given.iter().flatten().copied().collect();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..partitions), "{how:?}");
                let sizes = || given.iter().map(Vec::len);
                let spread = sizes().max().unwrap() - sizes().min().unwrap();
                assert!(spread <= 1, "{how:?} {given:?}");
            }
        }
    }
}
