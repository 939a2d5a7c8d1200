//! What can be done with the screen, and what has to happen outside when it is done.

use std::rc::Rc;

use sim::scenario::{EdgeId, Edit, Fault, NodeId, Point, Target};

use super::{Kind, Over, Panel, Selection};
use crate::geometry::{Pt, Rect};
use crate::share::{LinkError, Shared};

/// A direction on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Left,
    Right,
    Up,
    Down,
}

/// How nodes are put in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrange {
    /// At one height.
    Row,
    /// Under each other.
    Column,
    /// Evenly from left to right.
    Across,
    /// Evenly from top to bottom.
    Down,
}

/// An edge that is being drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    pub(crate) from: NodeId,
    /// The node it would end at.
    pub(crate) to: Option<NodeId>,
    /// Where the pointer is, if a pointer draws it.
    pub(crate) at: Option<Pt>,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub(crate) const fn other(self) -> Theme {
        match self {
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Light,
        }
    }
}

/// Something a person does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// Changes the board while a slider moves; not kept yet.
    Try(Edit),
    /// Changes the board in one step that can be undone; without an edit it takes the tries back.
    Keep(Option<Edit>),
    /// Moves cards, as a try or for good.
    Move {
        to: Vec<(NodeId, Point)>,
        keep: bool,
    },
    /// Puts something from the palette on the board, where there is room or at a place.
    Add(Kind, Option<Point>),
    /// Puts something from the palette into an edge.
    Insert(Kind, Point, EdgeId),
    /// Puts something new at the end of an edge from a node.
    Sprout(NodeId, Kind, Point),
    /// Adds a node to what is selected, or takes it out.
    Toggle(NodeId),
    SelectAll,
    /// Draws the box that selects what is in it.
    Marquee(Option<Rect>),
    /// Puts a copy of what is selected beside it.
    Duplicate,
    /// Puts what is selected on the clipboard, and takes it off the board.
    Copy {
        cut: bool,
    },
    /// Asks the clipboard for a board.
    AskPaste,
    /// Puts the board in a text beside what stands there.
    Paste(String),
    Arrange(Arrange),
    /// Draws an edge.
    Connect(NodeId, NodeId),
    /// Switches an edge between sync and async.
    Switch(EdgeId),
    /// Takes the selected thing off the board.
    Delete,
    Undo,
    Redo,
    /// Opens a preset.
    Open(&'static str),
    /// Starts with an empty board.
    Clear,
    /// Opens a dialog, or closes it.
    Panel(Option<Panel>),
    /// A link was opened.
    Receive(Result<Rc<Shared>, LinkError>),
    Select(Selection),
    /// Selects the nearest node in a direction, or aims the edge being drawn at it.
    Walk(Way),
    /// Moves the selected node by a step of the grid.
    Nudge(Way),
    /// Goes to the inspector, or ends the edge being drawn where it aims.
    Enter,
    /// Goes to the name of what is selected.
    Rename,
    Escape,
    LinkFrom(NodeId),
    LinkTo {
        to: Option<NodeId>,
        at: Option<Pt>,
    },
    LinkEnd,
    /// Something from the palette is over the board.
    Ghost(Option<(Kind, Pt)>),
    Play(bool),
    /// Runs the next event.
    Step,
    Speed(usize),
    /// Starts the run anew.
    Reset,
    Seed(u64),
    /// Clicks a fault on, or off.
    Fault(Fault),
    Heal(Target),
    HealAll,
    /// Does what a step of the guide says.
    Guide(usize),
    GuideOpen(bool),
    Pan(Pt),
    Zoom {
        factor: f64,
        about: Pt,
    },
    /// Zooms to 100 %.
    Actual,
    Fit,
    /// The board's view has another size.
    Resize(Pt),
    /// Changes the theme; a person's choice is remembered.
    Theme(Theme, bool),
    Dots(bool),
    /// Opens or closes the list of keys.
    Sheet(bool),
    /// Lays something over the page, or takes it away.
    Over(Option<Over>),
}

/// Something that has to happen outside the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The engine starts anew with this board.
    Load,
    /// The engine carries on with this board.
    Adopt,
    /// The engine runs one event.
    Step,
    /// The board is saved.
    Remember,
    /// The theme is put on the page, and remembered if a person chose it.
    Theme { remember: bool },
    /// The keyboard goes there.
    Focus(Focus),
    /// A text is put on the clipboard.
    Copy(String),
    /// The clipboard is asked for a text to paste.
    AskPaste,
    /// Said to people who do not see the screen.
    Say(String),
}

/// Where the keyboard can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Focus {
    /// What is selected, or the board if nothing is.
    Selected,
    Inspector,
    /// The field with the name.
    Name,
    /// What lies over the page.
    Over,
}
