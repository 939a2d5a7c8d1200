//! The store: the board and all that the screen remembers, changed by actions alone. It knows no browser;
//! what has to happen outside comes out as effects.

mod action;
mod draw;
mod group;
mod grow;
mod keep;
mod lesson;
mod line;
mod mend;
mod over;
mod panel;
mod present;
mod readonly;
mod run;
mod selection;
mod stock;
mod tidy;

use std::rc::Rc;

use lessons::{Guide, PRESETS, Preset};
use sim::Scenario;
use sim::scenario::{Fault, FaultKind, Target};

use crate::geometry::{Camera, Pt, Rect};
use crate::history::History;
use crate::scene::Scene;
pub(crate) use action::{Action, Arrange, Effect, End, Focus, Link, Theme, Way};
pub(crate) use keep::Leaf;
pub(crate) use lesson::{LessonAct, Progress, Stage, Taught, read_progress};
pub(crate) use line::{Beside, Line};
pub(crate) use over::Over;
pub(crate) use panel::Panel;
pub(crate) use run::{SPEEDS, speed_word};
pub(crate) use selection::Selection;
pub(crate) use stock::Kind;

/// How far the guide is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Guided {
    /// How many steps are done.
    pub(crate) done: usize,
    /// Whether it was put away.
    pub(crate) away: bool,
}

/// What the screen shows and remembers, besides what the engine reports.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
pub(crate) struct Store {
    pub(crate) scenario: Rc<Scenario>,
    /// Cards and curves of the scenario.
    pub(crate) scene: Rc<Scene>,
    /// The board before the first of a row of tries.
    tried: Option<Rc<Scenario>>,
    pub(crate) history: History<Leaf>,
    /// Which one of this visit's boards this is; and how many there were.
    pub(crate) doc: u32,
    docs: u32,
    /// The preset this board was opened from.
    pub(crate) preset: &'static str,
    pub(crate) selection: Selection,
    /// The faults a person clicked: part of the run, not of the board.
    pub(crate) clicked: Rc<Vec<Fault>>,
    pub(crate) playing: bool,
    /// The place in [`SPEEDS`].
    pub(crate) speed: usize,
    pub(crate) line: Line,
    /// The latest board, while the run stands in its past and shows an earlier one.
    ahead: line::Ahead,
    pub(crate) beside: Beside,
    /// The number of the run; a new one starts at time zero.
    pub(crate) run: u32,
    pub(crate) guided: Guided,
    /// The theme before the page was made one for a projector, if it is one now.
    pub(crate) presenting: Option<Theme>,
    /// The lesson that is on.
    pub(crate) taught: Option<Taught>,
    pub(crate) camera: Camera,
    /// The size of the board's view in pixels.
    pub(crate) view: Pt,
    /// Whether the camera still follows the board and the window.
    fitted: bool,
    /// The part of the board that a link shows, until somebody looks elsewhere.
    frame: Option<Rect>,
    /// An edge that is being drawn.
    pub(crate) link: Option<Link>,
    /// Something on its way from the palette, and where it is.
    pub(crate) ghost: Option<(Kind, Pt)>,
    /// The box that is drawn to select what is in it.
    pub(crate) marquee: Option<Rect>,
    /// Whether cards are being dragged.
    pub(crate) moving: bool,
    pub(crate) theme: Theme,
    /// Whether the board stays as it is.
    pub(crate) readonly: bool,
    /// Whether the page stands in another one.
    pub(crate) embedded: bool,
    /// Whether requests are drawn as dots.
    pub(crate) dots: bool,
    /// Whether keys of a single letter or sign do something.
    pub(crate) letters: bool,
    /// What lies over the page.
    pub(crate) over: Option<Over>,
    /// Where the pointer is on the board's view, if it is there.
    pub(crate) pointer: Option<Pt>,
    /// The dialog that is open.
    pub(crate) panel: Option<Panel>,
    /// How often one was opened or closed: each time it is another one.
    pub(crate) panels: u32,
}

impl Store {
    /// A store with a remembered board, or with the first preset.
    pub(crate) fn new(remembered: Option<(Scenario, String)>, theme: Theme, dots: bool) -> Store {
        let (scenario, preset) = match remembered {
            Some((scenario, slug)) => (scenario, Preset::find(&slug).map_or("", |p| p.slug)),
            None => (PRESETS[0].scenario().unwrap_or_default(), PRESETS[0].slug),
        };
        let scene = Rc::new(Scene::of(&scenario));
        Store {
            scenario: Rc::new(scenario),
            scene,
            tried: None,
            history: History::default(),
            doc: 0,
            docs: 0,
            preset,
            selection: Selection::Nothing,
            clicked: Rc::default(),
            playing: false,
            speed: run::NORMAL,
            line: Line::default(),
            ahead: None,
            beside: Beside::Nothing,
            run: 1,
            guided: Guided::default(),
            presenting: None,
            taught: None,
            camera: Camera::default(),
            view: Pt::default(),
            fitted: true,
            frame: None,
            link: None,
            ghost: None,
            marquee: None,
            moving: false,
            theme,
            readonly: false,
            embedded: false,
            dots,
            letters: true,
            over: None,
            pointer: None,
            panel: None,
            panels: 0,
        }
    }

    /// Does what an action says, and tells what has to happen outside.
    pub(crate) fn update(&mut self, action: Action) -> Vec<Effect> {
        if !self.may(&action) {
            return Self::refused(&action);
        }
        let mut effects = self.act(action);
        effects.extend(self.follow_guide());
        effects.extend(self.follow_lesson());
        if self.taught.is_some() {
            self.keep_for_lesson(&mut effects);
        }
        effects
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Try(edit) => self.attempt([edit]),
            Action::Keep(edit) => self.keep(edit),
            Action::Move { to, keep } => self.move_to(&to, keep),
            Action::Add(kind, at) => self.add(kind, at),
            Action::Insert(kind, at, edge) => self.insert(kind, at, &edge),
            Action::Sprout(from, kind, at) => self.sprout(from, kind, at),
            Action::Toggle(id) => self.toggle(&id),
            Action::SelectAll => self.select_all(),
            Action::Marquee(marquee) => {
                self.marquee = marquee;
                vec![]
            }
            Action::Duplicate => self.duplicate(),
            Action::Copy { cut } => self.copy(cut),
            Action::AskPaste => vec![Effect::AskPaste],
            Action::Paste(text) => self.paste(&text),
            Action::Arrange(how) => self.arrange(how),
            Action::Join(id) => self.join(id),
            Action::Rewire(id, end) => self.rewire(id, end),
            Action::PutEnd(id, end, at) => self.put_end(&id, end, at),
            Action::Grow(way) => self.grow(way),
            Action::Tidy => self.tidy(),
            Action::NextEdge => self.next_edge(),
            Action::Switch(id) => self.switch(&id),
            Action::Delete => self.delete(false),
            Action::Bridge => self.delete(true),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Open(slug) => self.open(slug),
            Action::Clear => self.clear(),
            Action::Panel(panel) => self.open_panel(panel),
            Action::Bring(board, preset) => self.take_up(&board, &preset),
            Action::Revert(board) => self.revert(&board),
            Action::Put(board) => self.settle((*board).clone()),
            Action::Export(format) => vec![Effect::Export(format)],
            Action::SaveRun => vec![Effect::SaveRun],
            Action::Replay(plan) => self.replay(&plan),
            Action::Receive(came) => self.receive(came),
            Action::Select(selection) => self.select(selection),
            Action::GoTo(selection) => self.go_to(selection),
            Action::Walk(way) => self.walk(way),
            Action::Nudge(way) => self.nudge(way),
            Action::Enter => self.enter(),
            Action::Rename => vec![Effect::Focus(Focus::Name)],
            Action::Escape => self.escape(),
            Action::LinkFrom(id) => self.link_from(id),
            Action::LinkTo { to, at } => self.link_to(to, at),
            Action::LinkEnd => self.link_end(),
            Action::Ghost(ghost) => {
                self.ghost = ghost;
                vec![]
            }
            Action::Play(on) => self.play(on),
            Action::Step => self.step(),
            Action::Speed(place) => self.set_speed(place),
            Action::Reset if self.taught.is_some() => self.again(),
            Action::Reset => self.reset(),
            Action::Seek(to) => self.seek(to),
            Action::Back(by) => self.back(by),
            Action::Compare => self.compare(),
            Action::Follow { end, edits, board } => self.follow(end, edits, board),
            Action::Seed(seed) if self.taught.is_some() => self.reseed(seed),
            Action::Seed(seed) => self.seed(seed),
            Action::Present(on) => self.present(on),
            Action::Lesson(act) => self.lesson(act),
            Action::Fault(fault) => self.fault(fault),
            Action::Heal(id) => self.heal(Some(&id)),
            Action::HealAll => self.heal(None),
            Action::Guide(step) => self.guide_act(step),
            Action::GuideOpen(open) => {
                self.guided.away = !open;
                vec![]
            }
            Action::Pan(by) => self.look(self.camera.panned(by)),
            Action::LookAt(at) => self.look(self.camera.at(at, self.view)),
            Action::Glance(way) => self.glance(way),
            Action::Zoom { factor, about } => self.look(self.camera.zoomed(factor, about)),
            Action::Actual => {
                self.look(self.camera.zoomed(1.0 / self.camera.zoom, self.view * 0.5))
            }
            Action::Fit => self.fit_all(),
            Action::Resize(view) => self.resize(view),
            Action::Theme(theme, remember) => {
                self.theme = theme;
                vec![Effect::Theme { remember }]
            }
            Action::Dots(on) => {
                self.dots = on;
                vec![]
            }
            Action::Letters(on) => {
                self.letters = on;
                let word = if on { "on" } else { "off" };
                let said = format!("Keys of a single letter or sign are {word}");
                vec![Effect::Letters, Effect::Say(said)]
            }
            Action::Sheet(open) => self.lay_over(open.then_some(Over::Sheet)),
            Action::Over(over) => self.lay_over(over),
        }
    }

    /// The guide of this board, if it has one and it was not put away.
    pub(crate) fn guide(&self) -> Option<&'static Guide> {
        Guide::of(self.preset).filter(|_| !self.guided.away)
    }

    /// What is selected, as the target of faults, and what can befall it.
    pub(crate) fn selected_target(&self) -> Option<(Target, Vec<FaultKind>)> {
        match &self.selection {
            Selection::Node(id) => {
                let node = self.scenario.nodes.get(id)?;
                Some((id.clone().into(), FaultKind::for_node(&node.kind)))
            }
            Selection::Edge(id) => Some((id.clone().into(), FaultKind::for_edge())),
            Selection::Nothing | Selection::Many(_) => None,
        }
    }

    /// The faults clicked on a node or an edge.
    pub(crate) fn clicked_on(&self, on: &Target) -> impl Iterator<Item = &Fault> {
        self.clicked.iter().filter(move |fault| fault.on == *on)
    }
}

#[cfg(test)]
mod tests;
