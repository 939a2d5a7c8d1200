//! Command and Report: all that crosses the wall, as postcard bytes.
//!
//! State is transferred whole (`Load`, `Adopt`), never as a list of operations, so the two sides cannot
//! drift apart. A scenario crosses as its JSON text: its types are made for files, not for postcard.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sim::Frame;
use sim::run::Score;
use sim::units::{Span, Time};

/// What the page asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Start anew with this board, at time zero.
    Load {
        /// The number of the run; every frame of it carries the number.
        run: u32,
        /// The board.
        board: Board,
    },
    /// Start anew and run these legs, one after the other: each with a board, until a time.
    Walk {
        /// The number of the run.
        run: u32,
        /// Each board, and in nanoseconds from the start until when it runs.
        legs: Vec<(Board, u64)>,
    },
    /// Carry on with the board as it is now; only what differs changes.
    Adopt {
        /// The board.
        board: Board,
    },
    /// Run on for so many nanoseconds of simulated time, or until the budget of real time is used up.
    Advance {
        /// How far, in nanoseconds.
        nanos: u64,
        /// At most so many dots in the frame.
        dots: u16,
    },
    /// Run the next event.
    Step {
        /// At most so many dots in the frame.
        dots: u16,
    },
    /// Stand at another time of the run, exactly as it stood there.
    Seek {
        /// Which, in nanoseconds; no later than the run has been.
        nanos: u64,
    },
    /// Begin two runs at time zero and bring them to now: the design that this run began with, and the design as it is
    /// now, under the same trouble at the same times.
    Compare,
    /// End the run beside.
    Alone,
    /// Tell the run as a file.
    Plan,
    /// Start anew with a run that was told as a file.
    Replay {
        /// The number of the run.
        run: u32,
        /// The file.
        plan: String,
    },
}

/// The board and the faults clicked on it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Board {
    /// The scenario as a file.
    pub scenario: String,
    /// The clicked faults that are on, as JSON.
    pub clicked: String,
}

/// The line of time of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Line {
    /// The latest time the run has been at.
    pub end: Time,
    /// When the board was changed, in order.
    pub edits: Vec<Time>,
    /// The board that is in force, where the page did not put it there.
    pub board: Option<Board>,
}

/// The run beside: design A, where the page's own board is design B.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// The same interval there.
    pub frame: Frame,
    /// Its board, where it is another one than the page was told.
    pub board: Option<Board>,
    /// Where the two part; none: they are two designs from the start.
    pub since: Option<Time>,
    /// The scores of A and of B, now and then.
    pub scores: Option<[Score; 2]>,
}

/// What the runner answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The worker listens; messages sent before this would have been lost.
    Ready,
    /// What happened.
    Frame {
        /// The number of the run.
        run: u32,
        /// The interval.
        frame: Box<Frame>,
        /// Whether the budget ended before the whole span was run.
        short: bool,
        /// Whether the run was put at another time: the frame has the buckets and marks of the way there, and the
        /// levels of the moment.
        jump: bool,
        /// The line of the run, where it is another one than the page was told.
        line: Option<Box<Line>>,
        /// The run beside, if there is one.
        beside: Option<Box<Beside>>,
    },
    /// The run as a file.
    Plan {
        /// Its text.
        plan: String,
    },
    /// A file is no run.
    Unread {
        /// What is wrong, where, and what to do.
        what: String,
    },
    /// The engine cannot go on.
    Broke {
        /// Why, in words.
        what: String,
    },
}

impl Command {
    /// A span to run.
    pub fn advance(span: Span, dots: u16) -> Self {
        Command::Advance {
            nanos: span.as_nanos(),
            dots,
        }
    }
}

/// The bytes of a message.
pub fn encode(message: &impl Serialize) -> Vec<u8> {
    // Writing to memory cannot fail for these types; an empty message is refused by `decode`.
    postcard::to_allocvec(message).unwrap_or_default()
}

/// The message in these bytes.
///
/// # Errors
/// Says that the two sides do not belong together.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes).map_err(|error| {
        format!(
            "a message between the page and its engine cannot be read ({error}). Reload the page"
        )
    })
}
