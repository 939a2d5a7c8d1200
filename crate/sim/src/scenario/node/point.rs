//! Where something is drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place on the board, in whole canvas units; x grows to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(from = "(i32, i32)", into = "(i32, i32)")]
#[schemars(with = "(i32, i32)")]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

impl From<(i32, i32)> for Point {
    fn from((x, y): (i32, i32)) -> Self {
        Point { x, y }
    }
}

impl From<Point> for (i32, i32) {
    fn from(at: Point) -> Self {
        (at.x, at.y)
    }
}
