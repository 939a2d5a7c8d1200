//! What can be done with the screen, and what has to happen outside when it is done.

use std::rc::Rc;

use std::collections::BTreeMap;

use lessons::lesson::Leg;
use sim::Scenario;
use sim::run::Plan;
use sim::scenario::{EdgeId, Edit, Fault, NodeId, Point, Target};
use sim::units::{Span, Time};

use super::{Kind, LessonAct, Over, Panel, Selection};
use crate::export::Format;
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

/// An end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    From,
    To,
}

/// An edge that is being drawn, or an end of one that is being put elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    /// The node at the end that stays.
    pub(crate) from: NodeId,
    /// The node at which it would end.
    pub(crate) to: Option<NodeId>,
    /// Where the pointer is, if a pointer draws it.
    pub(crate) at: Option<Pt>,
    /// The end that is in hand; none where the edge is new.
    pub(crate) end: Option<(EdgeId, End)>,
}

impl Link {
    /// The end that is in hand: a new edge is drawn to the node it calls.
    pub(crate) fn hand(&self) -> End {
        self.end.as_ref().map_or(End::To, |(_, end)| *end)
    }
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
    /// Ends what is being drawn at a node.
    Join(NodeId),
    /// Takes an end of an edge in hand.
    Rewire(EdgeId, End),
    /// Puts an end of an edge elsewhere.
    PutEnd(EdgeId, End, NodeId),
    /// Puts a service beside the selected node, connected with it.
    Grow(Way),
    /// Lays out the board, or several selected nodes.
    Tidy,
    /// Goes to an edge of the selected node, or to the next one.
    NextEdge,
    /// Switches an edge between sync and async.
    Switch(EdgeId),
    /// Takes the selected thing off the board.
    Delete,
    /// The same; who called it then calls what it called.
    Bridge,
    Undo,
    Redo,
    /// Opens a preset.
    Open(&'static str),
    /// Starts with an empty board.
    Clear,
    /// Opens a dialog, or closes it.
    Panel(Option<Panel>),
    /// Opens a board from the shelf or a file, with the preset it came from.
    Bring(Rc<Scenario>, Rc<str>),
    /// Goes back to an earlier state, as a step of its own.
    Revert(Rc<Scenario>),
    /// Makes this the board, in one step that can be undone.
    Put(Rc<Scenario>),
    /// Saves the board as a file.
    Export(Format),
    /// Saves the run as a file: the board with every change and clicked fault at its time.
    SaveRun,
    /// Opens a run from the text of such a file.
    Replay(Rc<Plan>),
    /// A link was opened.
    Receive(Result<Rc<Shared>, LinkError>),
    Select(Selection),
    /// Selects something and brings it into sight.
    GoTo(Selection),
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
    /// Goes to a time of the run.
    Seek(Time),
    /// Goes back so far.
    Back(Span),
    /// Puts the design the run began with beside this one, or takes it away.
    Compare,
    /// The engine tells of the line of time.
    Follow {
        end: Time,
        edits: Vec<Time>,
        board: Option<(Scenario, Vec<Fault>)>,
    },
    Seed(u64),
    /// Clicks a fault on, or off.
    Fault(Fault),
    Heal(Target),
    HealAll,
    /// Does what a step of the guide says.
    Guide(usize),
    GuideOpen(bool),
    /// Makes the page one for a projector, or one to work with.
    Present(bool),
    /// Does something with a lesson.
    Lesson(LessonAct),
    Pan(Pt),
    /// Looks at a place of the board.
    LookAt(Pt),
    /// Moves the view by a third of its size.
    Glance(Way),
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
    /// Whether keys of a single letter or sign do something.
    Letters(bool),
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
    /// The engine goes to a time of the run.
    Seek(Time),
    /// The engine runs both designs from the start.
    Compare,
    /// The engine ends the run beside.
    Alone,
    /// The engine runs these legs, one after the other, in a run that starts anew.
    Walk(Rc<Vec<Leg>>),
    /// Figures are gathered from so long after now until so long after now.
    Gauge(Span, Span),
    /// No figures are gathered.
    Ungauge,
    /// The page takes the whole screen, if the browser lets it, or gives it back.
    Fullscreen(bool),
    /// How far one is in the lesson that is on is kept.
    KeepProgress,
    /// The board is saved.
    Remember,
    /// A file is handed to the person.
    Export(Format),
    /// The engine is asked for the run as a file.
    SaveRun,
    /// The engine starts anew with this run.
    Replay(Rc<Plan>),
    /// The theme is put on the page, and remembered if a person chose it.
    Theme { remember: bool },
    /// Whether single keys work is remembered.
    Letters,
    /// Cards glide to where they are now from where they were.
    Glide(BTreeMap<NodeId, Point>),
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
    /// The title of the lesson.
    Lesson,
    /// What lies over the page.
    Over,
}
