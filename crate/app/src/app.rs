//! The app: owns the store, lets actions in, performs the effects that come out, and lays out the page.

mod address;
mod beside;
mod clipboard;
mod commands;
mod desk;
mod effects;
mod embedded;
mod host;
mod input;
mod layout;
mod lesson;
mod over;
mod panels;
mod present;
mod pulse;

use std::collections::BTreeMap;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use lessons::lesson::Gauge;
use sim::scenario::{NodeId, Point};
use web_sys::{KeyboardEvent, MessageEvent, PointerEvent, WheelEvent};
use worker::Report;
use yew::prelude::*;

use crate::board::{Flow, Hands};
use crate::charts::{self, CHARTS, Entry};
use crate::embed::Visit;
use crate::geometry::Pt;
use crate::gesture::{Gesture, Phase};
use crate::home_panel::DeskAct;
use crate::ink::Inks;
use crate::live::Live;
use crate::pinch::Pinch;
use crate::recovery;
use crate::series::Series;
use crate::share_panel::Tell;
use crate::store::{Action, Effect, Focus, Kind, Panel, Store};
use crate::story::Story;
use crate::wall::Wall;
use desk::Desk;
pub(crate) use desk::read_file;
use pulse::Pulse;

/// The page.
pub(crate) struct App {
    store: Store,
    /// What the address asks for.
    visit: Visit,
    sight: host::Sight,
    /// Why the remembered board could not be read, if so.
    unread: Option<String>,
    wall: Wall,
    live: Live,
    series: Series,
    /// What a lesson wants to know of the run.
    gauge: Option<Gauge>,
    story: Story,
    flow: Flow,
    /// The run beside, while there is one.
    beside: Option<Box<beside::Side>>,
    gesture: Gesture,
    pinch: Pinch,
    /// Cards on their way: since when, and from where.
    gliding: Option<(f64, BTreeMap<NodeId, Point>)>,
    /// A finger that may come to rest on something.
    holding: Option<Timeout>,
    /// What was copied last, for where there is no clipboard.
    copied: String,
    link: yew::html::Scope<App>,
    pulse: Pulse,
    inks: Inks,
    hands: Hands,
    palette: layout::PaletteHands,
    refs: Refs,
    legends: [Rc<Vec<Entry>>; CHARTS.len()],
    spoken: [AttrValue; CHARTS.len()],
    /// Where the keyboard goes after the next drawing.
    focus: Option<Focus>,
    voice: effects::Voice,
    /// Whether the engine has answered.
    answered: bool,
    desk: Desk,
    ways: Ways,
    _listeners: Vec<EventListener>,
}

/// The ways from the dialogs to the app.
struct Ways {
    desk: Callback<DeskAct>,
    file: Tell,
}

/// Parts of the page that are written to by hand.
#[derive(Default)]
struct Refs {
    board: NodeRef,
    svg: NodeRef,
    dots: NodeRef,
    charts: [NodeRef; CHARTS.len()],
}

/// What comes to the app.
#[expect(
    clippy::large_enum_variant,
    reason = "a message is moved once, and there is one at a time"
)]
pub(crate) enum Msg {
    Act(Action),
    Report(Report),
    /// The screen is about to be drawn; real time in milliseconds.
    Frame(f64),
    Pointer(Phase, PointerEvent),
    Wheel(WheelEvent),
    Key(KeyboardEvent),
    /// Something is taken from the palette.
    Lift(Kind, PointerEvent),
    /// Something in the palette was pressed, perhaps by the keyboard.
    Press(Kind, bool),
    Clip(clipboard::Clip, web_sys::ClipboardEvent),
    /// A finger has rested in a place of the board's view.
    Held(Pt),
    /// A context menu is asked for on the board.
    Menu(MouseEvent),
    /// Something on the board was pressed twice.
    Twice(MouseEvent),
    Desk(DeskAct),
    /// A file that was chosen or dropped, and its text if it has one.
    File(String, Option<String>),
    /// Another tab wrote under this key.
    Elsewhere(Option<String>),
    /// The keyboard came to something on the board.
    Focus(FocusEvent),
    /// Another page says something.
    Message(MessageEvent),
    /// The page has come into sight, or gone out of it.
    Seen(bool),
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let visit = Visit::read(&address::query());
        // An embedded page has nothing to do with the boards of who reads it.
        let (desk, remembered, unread) = if visit.embed {
            (Desk::apart(), None, None)
        } else {
            Desk::start()
        };
        let theme = visit.theme.unwrap_or_else(effects::remembered_theme);
        let store = Store::new(
            remembered,
            theme,
            !effects::prefers("(prefers-reduced-motion: reduce)"),
        );
        let mut app = App {
            store,
            sight: host::Sight::start(&visit, &link.callback(Msg::Seen)),
            visit,
            unread,
            wall: Wall::start(link.callback(Msg::Report), effects::wants_no_worker()),
            live: Live::default(),
            series: Series::default(),
            gauge: None,
            story: Story::default(),
            flow: Flow::default(),
            beside: None,
            gesture: Gesture::default(),
            pinch: Pinch::default(),
            gliding: None,
            holding: None,
            copied: String::new(),
            link: link.clone(),
            pulse: Pulse::start(link.callback(Msg::Frame)),
            inks: Inks::default(),
            hands: Hands {
                pointer: link.callback(|(phase, event)| Msg::Pointer(phase, event)),
                wheel: link.callback(Msg::Wheel),
                act: link.callback(Msg::Act),
                focus: link.callback(Msg::Focus),
                menu: link.callback(Msg::Menu),
                twice: link.callback(Msg::Twice),
            },
            palette: layout::PaletteHands::of(link),
            refs: Refs::default(),
            legends: Default::default(),
            spoken: std::array::from_fn(|place| charts::spoken(place, &[])),
            focus: None,
            voice: effects::Voice::default(),
            answered: false,
            desk,
            ways: Ways {
                desk: link.callback(Msg::Desk),
                file: link.callback(|(name, text)| Msg::File(name, text)),
            },
            _listeners: input::listeners(link)
                .into_iter()
                .chain(desk::listeners(link))
                .chain(present::listener(link))
                .chain(host::listener(link.callback(Msg::Message)))
                .collect(),
        };
        app.store.letters = crate::files::letters();
        app.perform(Effect::Theme { remember: false });
        app.arrive();
        app.perform(Effect::Load);
        app.resume_lesson();
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => self.act(action),
            Msg::Report(report) => self.hear(report),
            Msg::Frame(now) => self.frame(now),
            Msg::Pointer(phase, event) => self.pointer(phase, &event),
            Msg::Wheel(event) => self.wheel(&event),
            Msg::Key(event) => self.key(&event),
            Msg::Lift(kind, event) => {
                self.gesture = Gesture::lift(kind, self.place(&event));
                input::capture(&event);
                false
            }
            Msg::Press(kind, by_keyboard) => {
                (by_keyboard || self.gesture.click_is_free()) && self.act(Action::Add(kind, None))
            }
            Msg::Clip(clip, event) => self.clip(clip, &event),
            Msg::Held(at) => self.held(at),
            Msg::Menu(event) => self.asked_for_menu(&event),
            Msg::Twice(event) => self.twice(&event),
            Msg::Focus(event) => self.focused(&event),
            Msg::Message(event) => self.message(&event),
            Msg::Seen(seen) => self.seen(seen),
            Msg::Desk(act) => self.desk_act(act),
            Msg::File(name, text) => self.open_file(&name, text.as_deref()),
            Msg::Elsewhere(key) => self.elsewhere(key.as_deref()),
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        if self.visit.embed {
            self.embedded()
        } else {
            self.layout()
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.send_focus();
        if self.answered && self.store.view != Pt::default() {
            self.tell_ready();
        }
    }
}

impl App {
    /// Does something, and everything that follows.
    fn act(&mut self, action: Action) -> bool {
        // What the address asks for is not the system's to change.
        if self.visit.theme.is_some() && matches!(action, Action::Theme(_, false)) {
            return false;
        }
        let playing = self.store.playing;
        self.pulse.redraw();
        // Whatever is done next, it is done with cards that have arrived.
        if self.gliding.take().is_some() {
            self.store.arrive();
        }
        let by_link = matches!(action, Action::Receive(_));
        if action == Action::Panel(Some(Panel::Home)) {
            self.list_boards();
        }
        for effect in self.store.update(action) {
            self.perform(effect);
        }
        self.mirror();
        self.follow_desk(by_link);
        self.tell_playing(playing);
        true
    }

    /// The engine reports.
    fn hear(&mut self, report: Report) -> bool {
        match report {
            Report::Ready => {}
            Report::Broke { what } => recovery::show(&what),
            Report::Frame {
                run,
                frame,
                jump,
                line,
                beside,
                ..
            } => {
                self.wall.answered();
                // What an older run still had to say is of no interest.
                if run == self.store.run {
                    if let Some(line) = line {
                        self.hear_line(*line);
                    }
                    if jump {
                        self.live = Live::default();
                        self.story = Story::default();
                        self.flow.clear();
                        self.pulse.redraw();
                    }
                    self.fold(&frame);
                    let changed = self.hear_beside(beside.map(|beside| *beside), jump);
                    let first = !std::mem::replace(&mut self.answered, true);
                    effects::mark_page("engine", self.wall.place());
                    return first || changed || jump;
                }
            }
            Report::Plan { plan } => {
                self.wall.answered();
                self.hand_over_run(&plan);
            }
            Report::Unread { what } => {
                self.wall.answered();
                return self.act(Action::Panel(Some(Panel::Trouble {
                    title: "This run could not be opened",
                    what: what.into(),
                })));
            }
        }
        false
    }
}
