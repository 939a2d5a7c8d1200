//! Share: a board as the fragment of a link, and back. What comes from a link is not trusted: its length and what it
//! unpacks to are limited, and an error says what is wrong with it and what to do.
//!
//! `#s=1.<board>&p=<preset>&v=<x,y,width,height>`: version, then the scenario's JSON by zlib and base64url. The fragment
//! is never sent to a server.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lessons::Preset;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use sim::Scenario;
use sim::scenario::LoadError;

use crate::geometry::Rect;

/// The version of links that this page writes.
const VERSION: u32 = 1;
/// The longest packed board that is read, in signs.
const LONGEST: usize = 400_000;
/// The longest board that it may unpack to, in bytes: the largest one that ships has 5,000.
const LARGEST: usize = 1 << 20;

/// What a link brings along.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shared {
    pub(crate) scenario: Scenario,
    /// The preset that the board was opened from, whose guide goes with it.
    pub(crate) preset: &'static str,
    /// The part of the board to look at; all of it if none is said.
    pub(crate) view: Option<Rect>,
}

/// Why a link cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkError {
    /// It does not begin with a version.
    NoVersion,
    Newer(u32),
    /// It has more signs than any board needs.
    TooLong(usize),
    /// A sign that no link has, and its place from 1.
    Sign(char, usize),
    /// Its end is missing.
    Cut,
    /// Something in it was changed.
    Damaged,
    /// It would unpack to more than a board.
    TooLarge,
    Board(LoadError),
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkError::NoVersion => write!(
                f,
                "What follows \u{201c}s=\u{201d} does not begin with a version, as in \u{201c}s={VERSION}.\u{201d}. \
                 Copy the link anew from where it came from."
            ),
            LinkError::Newer(found) => write!(
                f,
                "The link is of version {found}; this page knows version {VERSION}. Reload the page to get the newest one."
            ),
            LinkError::TooLong(signs) => write!(
                f,
                "The link has {signs} signs; a board has at most {LONGEST}. Ask for the board as a file instead."
            ),
            LinkError::Sign(sign, place) => write!(
                f,
                "Sign {place} of the board in the link is \u{201c}{sign}\u{201d}, which no link has: a program on its way \
                 has changed it. Copy the link anew, as a whole and without what stands around it."
            ),
            LinkError::Cut => write!(
                f,
                "The end of the link is missing: some programs cut off long links. Copy it anew as a whole, or ask for \
                 the board as a file."
            ),
            LinkError::Damaged => write!(
                f,
                "Something in the link was changed on its way: what it holds does not agree with its check digits. Copy \
                 it anew from where it came from."
            ),
            LinkError::TooLarge => write!(
                f,
                "The link unpacks to more than {} kB, which is no board. It was not opened.",
                LARGEST / 1024
            ),
            LinkError::Board(error) => write!(f, "The board in the link cannot be read. {error}."),
        }
    }
}

/// A text in few signs that may stand in a link.
pub(crate) fn pack(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(text.as_bytes(), 9))
}

/// The text that was packed.
pub(crate) fn unpack(packed: &str) -> Result<String, LinkError> {
    if packed.len() > LONGEST {
        return Err(LinkError::TooLong(packed.len()));
    }
    let bad =
        |(_, sign): &(usize, char)| !sign.is_ascii_alphanumeric() && *sign != '-' && *sign != '_';
    if let Some((place, sign)) = packed.chars().enumerate().find(bad) {
        return Err(LinkError::Sign(sign, place + 1));
    }
    // Of signs that all belong there, the wrong number or a wrong last one means that the end is missing.
    let bytes = URL_SAFE_NO_PAD.decode(packed).map_err(|_| LinkError::Cut)?;
    let text = decompress_to_vec_zlib_with_limit(&bytes, LARGEST).map_err(|error| {
        let status = error.status;
        if status == TINFLStatus::HasMoreOutput {
            LinkError::TooLarge
        } else if status == TINFLStatus::NeedsMoreInput
            || status == TINFLStatus::FailedCannotMakeProgress
        {
            LinkError::Cut
        } else {
            LinkError::Damaged
        }
    })?;
    String::from_utf8(text).map_err(|_| LinkError::Damaged)
}

impl Shared {
    /// The fragment of a link to this, without the `#`.
    pub(crate) fn fragment(&self) -> String {
        let mut link = format!("s={VERSION}.{}", pack(&compact(&self.scenario)));
        if !self.preset.is_empty() {
            link = format!("{link}&p={}", self.preset);
        }
        if let Some(Rect { x, y, w, h }) = self.view {
            link = format!("{link}&v={x:.0},{y:.0},{w:.0},{h:.0}");
        }
        link
    }

    /// What the fragment of an address brings along: nothing, if it is none of these links.
    ///
    /// # Errors
    /// Says what is wrong with the link and what to do.
    pub(crate) fn read(fragment: &str) -> Result<Option<Shared>, LinkError> {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let part = |name: &str| {
            let mut parts = fragment.split('&').filter_map(|part| part.split_once('='));
            parts.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let Some(board) = part("s") else {
            return Ok(None);
        };
        let (version, packed) = board.split_once('.').ok_or(LinkError::NoVersion)?;
        match version.parse() {
            Ok(VERSION) => {}
            Ok(found) if found > VERSION => return Err(LinkError::Newer(found)),
            Ok(_) | Err(_) => return Err(LinkError::NoVersion),
        }
        let text = unpack(packed)?;
        let scenario = Scenario::load(&text).map_err(LinkError::Board)?;
        let preset = part("p").and_then(Preset::find).map_or("", |p| p.slug);
        // A view that cannot be read is no reason to hide the board.
        let view = part("v").and_then(view);
        Ok(Some(Shared {
            scenario,
            preset,
            view,
        }))
    }
}

/// The scenario's file without the spaces.
fn compact(scenario: &Scenario) -> String {
    let file = scenario.save();
    let value: Result<serde_json::Value, _> = serde_json::from_str(&file);
    value.map_or(file, |value| value.to_string())
}

/// Four whole numbers: to read fractions, a table of 10 kB would come along.
fn view(text: &str) -> Option<Rect> {
    let mut numbers = text.split(',').map(|number| number.parse::<i32>().ok());
    let [x, y, w, h] = [(); 4].map(|()| numbers.next().flatten());
    let (w, h) = (w.filter(|w| *w > 0)?, h.filter(|h| *h > 0)?);
    Some(Rect {
        x: f64::from(x?),
        y: f64::from(y?),
        w: f64::from(w),
        h: f64::from(h),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::PRESETS;
    use proptest::prelude::*;

    fn shop() -> Shared {
        Shared {
            scenario: PRESETS[0].scenario().unwrap(),
            preset: "shop",
            view: Some(Rect {
                x: -40.0,
                y: 12.0,
                w: 900.0,
                h: 500.0,
            }),
        }
    }

    #[test]
    fn a_board_comes_through_a_link_as_it_was() {
        for preset in PRESETS {
            let scenario = preset.scenario().unwrap();
            let shared = Shared { scenario, ..shop() };
            let link = shared.fragment();
            assert_eq!(Shared::read(&format!("#{link}")), Ok(Some(shared)));
            assert!(link.len() < 2_000, "{}: {} signs", preset.slug, link.len());
        }
    }

    #[test]
    fn a_link_of_version_1_still_opens() {
        // {"name":"A","nodes":{"a":{"kind":{"client":{"rate":7}}}},"seed":3,"version":1}
        let link = "s=1.eNqrVspLzE1VslJyVNJRystPSS1WsqpWSgQR2Zl5KSA6OSczNa8ExCpKLAEqNa8FAh2l4tRUoLSxjlJZalFxZn6ekpVhLQDGSRkA";
        let shared = Shared::read(link);
        let shared = shared.unwrap().unwrap();
        assert_eq!(
            (shared.scenario.name.as_str(), shared.scenario.seed),
            ("A", 3)
        );
        assert_eq!(shared.view, None);
    }

    #[test]
    fn an_address_without_a_board_is_no_link() {
        for fragment in ["", "#", "#diagram", "#x=1", "#view"] {
            assert_eq!(Shared::read(fragment), Ok(None), "{fragment}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_link_is_named() {
        let link = shop().fragment();
        let board = link.split('&').next().unwrap();
        let read = |link: &str| Shared::read(link).unwrap_err();
        assert_eq!(read("s=hello"), LinkError::NoVersion);
        assert_eq!(read("s=9.abc"), LinkError::Newer(9));
        assert_eq!(read("s=1."), LinkError::Cut);
        assert_eq!(read(&board[..board.len() / 2]), LinkError::Cut);
        assert_eq!(read("s=1.ab%20"), LinkError::Sign('%', 3));
        assert_eq!(
            read(&format!("s=1.{}", "A".repeat(LONGEST + 1))),
            LinkError::TooLong(LONGEST + 1)
        );
        let foreign = |text: &str| read(&format!("s=1.{}", pack(text)));
        assert!(foreign("7").to_string().contains("board in the link"));
        let unknown = foreign(r#"{"nodes":{"a":{"kind":{"service":{"threds":3}}}}}"#);
        assert!(unknown.to_string().contains("threds"), "{unknown}");
        // A small link that would fill the memory.
        assert_eq!(foreign(&" ".repeat(LARGEST + 1)), LinkError::TooLarge);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_fragment_whatever_stops_the_page(fragment in any::<String>(), signs in "[A-Za-z0-9_.=&,-]{0,200}") {
            for link in [&fragment, &signs, &format!("s=1.{signs}"), &format!("s=1.{fragment}")] {
                if let Err(error) = Shared::read(link) {
                    prop_assert!(error.to_string().len() > 40);
                }
            }
        }

        #[test]
        fn a_packed_text_unpacks_to_itself(text in any::<String>()) {
            prop_assert_eq!(unpack(&pack(&text)), Ok(text));
        }

        /// A link of which signs were changed opens as it was, or not at all: the check digits see to it.
        #[test]
        fn a_changed_link_is_never_another_board(place in 4_usize..600, sign in "[A-Za-z0-9_-]", cut in any::<bool>()) {
            let shared = Shared { preset: "", view: None, ..shop() };
            let mut link = shared.fragment();
            let place = place % (link.len() - 4) + 4;
            if cut {
                link.truncate(place);
            } else {
                link.replace_range(place..=place, &sign);
            }
            if let Ok(read) = Shared::read(&link) {
                prop_assert_eq!(read, Some(shared));
            }
        }

        #[test]
        fn any_json_in_a_link_is_a_board_or_an_error(text in r#"[\[\]{}":,a-z0-9. ]{0,80}"#) {
            if let Ok(read) = Shared::read(&format!("s=1.{}", pack(&text))) {
                prop_assert!(read.is_some_and(|shared| shared.scenario.problems().is_empty()));
            }
        }
    }
}
