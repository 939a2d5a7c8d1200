//! How a pool is drawn: threads as squares in rows, grouped where they are many.

use sim::units::Limit;

/// From one square to the next.
pub(crate) const PITCH: f64 = 18.0;
/// The side of a square.
pub(crate) const SIDE: f64 = 14.0;
const COLUMNS: u32 = 11;
/// More threads than this are drawn in groups.
const MOST: u32 = 64;
/// How many squares an unbounded pool has room for.
const OPEN_ROOM: u32 = 3 * COLUMNS;

/// The squares of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    /// How many squares.
    pub(crate) cells: u32,
    /// How many threads a square stands for.
    pub(crate) each: u32,
    rows: u32,
}

/// Round group sizes, so that "×4" can be multiplied in the head.
const GROUPS: [u32; 12] = [1, 2, 4, 5, 10, 20, 25, 50, 100, 200, 500, 1_000];

fn group(threads: u32, room: u32) -> u32 {
    GROUPS
        .into_iter()
        .find(|each| threads.div_ceil(*each) <= room)
        .unwrap_or(threads.div_ceil(room).max(1))
}

impl Grid {
    /// The squares of a pool; of an unbounded one only the busy threads are drawn.
    pub(crate) fn of(threads: Limit, busy: u32) -> Grid {
        match threads {
            Limit::Of(threads) => {
                let each = group(threads, MOST);
                let cells = threads.div_ceil(each);
                Grid {
                    cells,
                    each,
                    rows: cells.div_ceil(COLUMNS),
                }
            }
            Limit::Unbounded => {
                let each = group(busy, OPEN_ROOM);
                Grid {
                    cells: busy.div_ceil(each),
                    each,
                    rows: OPEN_ROOM / COLUMNS,
                }
            }
        }
    }

    pub(crate) fn height(self) -> f64 {
        f64::from(self.rows.max(1)) * PITCH
    }

    /// How many squares stand for so many of the pool's threads: any at all shows.
    pub(crate) fn share(self, threads: u32) -> u32 {
        threads.div_ceil(self.each).min(self.cells)
    }

    /// The squares `from..to` as the `d` of an SVG path; loops and carriers are round, for what turns in them.
    pub(crate) fn path(self, from: u32, to: u32, round: bool) -> String {
        use std::fmt::Write;
        let mut path = String::new();
        let corner = if round { SIDE / 2.0 - 0.5 } else { 3.0 };
        let side = SIDE - 1.0 - 2.0 * corner;
        for cell in from..to.min(self.cells) {
            let x = f64::from(cell % COLUMNS) * PITCH + 0.5 + corner;
            let y = f64::from(cell / COLUMNS) * PITCH + 0.5;
            let arc =
                |x: &str, y: &str| format!("a{corner} {corner} 0 0 1 {x}{corner} {y}{corner}");
            // Writing to a string cannot fail.
            let _ = write!(
                path,
                "M{x} {y}h{side}{}v{side}{}h-{side}{}v-{side}{}z",
                arc("", ""),
                arc("-", ""),
                arc("-", "-"),
                arc("", "-"),
            );
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pools_have_a_square_a_thread_and_large_ones_groups() {
        assert_eq!(
            Grid::of(Limit::Of(24), 0),
            Grid {
                cells: 24,
                each: 1,
                rows: 3
            }
        );
        assert_eq!(Grid::of(Limit::Of(64), 0).each, 1);
        assert_eq!(
            Grid::of(Limit::Of(200), 0),
            Grid {
                cells: 50,
                each: 4,
                rows: 5
            }
        );
        assert_eq!(Grid::of(Limit::Of(200), 0).share(1), 1);
    }

    #[test]
    fn an_unbounded_pool_shows_the_busy_ones_and_keeps_its_size() {
        let (idle, busy) = (
            Grid::of(Limit::Unbounded, 0),
            Grid::of(Limit::Unbounded, 1_000),
        );
        assert_eq!((idle.cells, busy.cells), (0, 20));
        assert!((idle.height() - busy.height()).abs() < 1e-9);
    }

    #[test]
    fn there_is_one_closed_shape_a_square() {
        assert_eq!(
            Grid::of(Limit::Of(8), 0)
                .path(2, 5, false)
                .matches('z')
                .count(),
            3
        );
        assert_eq!(Grid::of(Limit::Of(8), 0).path(5, 5, true), "");
    }
}
