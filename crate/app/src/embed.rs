//! Embed: what the address asks of the page when it stands in another one, and the code that puts it there.
//!
//! `?embed=1&scenario=shop&autoplay=1&readonly=1&controls=slim&theme=dark&panels=side,latency&speed=2&origin=https://example.org`

mod ask;
mod code;

use lessons::{PRESETS, Preset};

use crate::store::{SPEEDS, Theme, speed_word};
pub(crate) use ask::{Ask, Bring, Wrong, answer, event, read};
pub(crate) use code::{Choice, SIZES, code};

/// The charts by the names they have in addresses, in the order of the charts.
pub(crate) const CHART_NAMES: [&str; 4] = ["latency", "requests", "threads", "queues"];

/// How much there is to press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Controls {
    /// Play, reset, the clock, trouble, and the way to the whole page.
    #[default]
    Slim,
    /// The transport of the whole page.
    Full,
    /// Nothing: the page around has buttons of its own.
    None,
}

/// A part of the page that an embedded one can have beside the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Palette,
    /// The inspector and the story.
    Side,
    Legend,
    /// A chart, by its place.
    Chart(usize),
}

impl Part {
    fn named(name: &str) -> Option<Part> {
        match name {
            "palette" => Some(Part::Palette),
            "side" => Some(Part::Side),
            "legend" => Some(Part::Legend),
            chart => CHART_NAMES
                .iter()
                .position(|known| *known == chart)
                .map(Part::Chart),
        }
    }
}

/// Whose messages are heard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Host {
    /// Nobody's.
    #[default]
    Nobody,
    /// Those of the page with this origin around this one.
    Origin(String),
    /// Those of whatever page is around this one.
    Any,
}

impl Host {
    /// Whether messages from a page of this origin are heard.
    pub(crate) fn hears(&self, origin: &str) -> bool {
        match self {
            Host::Nobody => false,
            Host::Origin(named) => named == origin,
            Host::Any => true,
        }
    }
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Visit {
    /// Whether the page stands in another one. What follows counts only then, but for the scenario.
    pub(crate) embed: bool,
    pub(crate) scenario: Option<&'static str>,
    /// Whether it plays as soon as it is seen.
    pub(crate) autoplay: bool,
    /// Whether the board stays as it is.
    pub(crate) readonly: bool,
    pub(crate) controls: Controls,
    pub(crate) theme: Option<Theme>,
    /// The parts beside the board; none said is one chart where there is room.
    pub(crate) parts: Option<Vec<Part>>,
    /// The place among the speeds.
    pub(crate) speed: Option<usize>,
    pub(crate) host: Host,
    /// What is wrong with it: what, where, and what to do.
    pub(crate) wrong: Vec<String>,
}

impl Visit {
    /// Reads the query of an address, with its question mark or without. What cannot be read counts as not said, and is
    /// told.
    pub(crate) fn read(query: &str) -> Visit {
        let mut visit = Visit::default();
        let query = query.strip_prefix('?').unwrap_or(query);
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs: Vec<(&str, String)> = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (key, plain(value)))
            .collect();
        visit.embed = pairs
            .iter()
            .any(|(key, value)| *key == "embed" && value == "1");
        for (key, value) in &pairs {
            if let Err(what) = visit.take(key, value) {
                visit.wrong.push(format!("{key}={value}: {what}"));
            }
        }
        visit
    }

    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        if key == "scenario" {
            let found = Preset::find(value).ok_or_else(|| {
                let slugs: Vec<&str> = PRESETS.iter().map(|preset| preset.slug).collect();
                format!(
                    "no scenario of that name ships. Take one of {}, or put a board into the address by its link",
                    slugs.join(", ")
                )
            })?;
            self.scenario = Some(found.slug);
            return Ok(());
        }
        // The whole page has addresses of its own, which this one knows nothing of.
        if !self.embed {
            return Ok(());
        }
        match key {
            "autoplay" => self.autoplay = switch(value)?,
            "readonly" => self.readonly = switch(value)?,
            "controls" => {
                self.controls = match value {
                    "slim" => Controls::Slim,
                    "full" => Controls::Full,
                    "none" => Controls::None,
                    _ => return Err("write slim, full or none".into()),
                }
            }
            "theme" => {
                self.theme = match value {
                    "light" => Some(Theme::Light),
                    "dark" => Some(Theme::Dark),
                    "auto" => None,
                    _ => return Err("write light, dark or auto".into()),
                }
            }
            "panels" if value == "none" => self.parts = Some(vec![]),
            "panels" => {
                let parts = value.split(',').map(|name| {
                    Part::named(name).ok_or_else(|| {
                        format!(
                            "\u{201c}{name}\u{201d} is no panel. Write none, or some of palette, side, legend, {}, with \
                             commas between them",
                            CHART_NAMES.join(", ")
                        )
                    })
                });
                self.parts = Some(parts.collect::<Result<_, _>>()?);
            }
            "speed" => {
                let place = (0..SPEEDS.len())
                    .find(|place| speed_word(*place).trim_end_matches('\u{d7}') == value);
                self.speed = Some(place.ok_or_else(|| {
                    let speeds: Vec<String> = SPEEDS.iter().map(f64::to_string).collect();
                    format!("write one of {}", speeds.join(", "))
                })?);
            }
            "origin" => self.host = host(value)?,
            // `worker` is for tests, `embed` was read before all others.
            "embed" | "worker" => {}
            _ => {
                return Err(
                    "an embedded page knows no such word. It knows scenario, autoplay, readonly, controls, theme, panels, \
                     speed and origin"
                        .into(),
                );
            }
        }
        Ok(())
    }

    /// Whether a part is asked for; where nothing is said, one chart is.
    pub(crate) fn shows(&self, part: Part) -> bool {
        self.parts
            .as_ref()
            .map_or(part == Part::Chart(1), |parts| parts.contains(&part))
    }

    /// The charts that are asked for.
    pub(crate) fn charts(&self) -> impl Iterator<Item = usize> {
        (0..CHART_NAMES.len()).filter(|place| self.shows(Part::Chart(*place)))
    }
}

fn switch(value: &str) -> Result<bool, String> {
    match value {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err("write 1 or 0".into()),
    }
}

fn host(value: &str) -> Result<Host, String> {
    if value == "*" {
        return Ok(Host::Any);
    }
    let name = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"));
    // A page from a file, or in a closed frame, has this one.
    let whole = value == "null" || name.is_some_and(|name| !name.is_empty() && !name.contains('/'));
    if whole {
        Ok(Host::Origin(value.to_owned()))
    } else {
        Err(
            "write the origin of the page around this one, without a path, such as https://example.org, or * for any"
                .into(),
        )
    }
}

/// A value without the percent signs of addresses; what is no proper one stands as it is.
fn plain(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after
            .get(..2)
            .and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            (byte, _) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_query_asks_for_nothing() {
        for query in ["", "?", "?worker=off", "?utm_source=mail"] {
            assert_eq!(Visit::read(query), Visit::default(), "{query}");
        }
    }

    #[test]
    fn every_word_is_read() {
        let visit = Visit::read(
            "?embed=1&scenario=retry-storm&autoplay=1&readonly=1&controls=full&theme=dark&panels=side,latency,queues\
             &speed=0.05&origin=https%3A%2F%2Fexample.org%3A8080",
        );
        let wanted = Visit {
            embed: true,
            scenario: Some("retry-storm"),
            autoplay: true,
            readonly: true,
            controls: Controls::Full,
            theme: Some(Theme::Dark),
            parts: Some(vec![Part::Side, Part::Chart(0), Part::Chart(3)]),
            speed: Some(0),
            host: Host::Origin("https://example.org:8080".into()),
            wrong: vec![],
        };
        assert_eq!(visit, wanted);
        assert_eq!(visit.charts().collect::<Vec<_>>(), [0, 3]);
        assert_eq!(Visit::read("embed=1&panels=none").parts, Some(vec![]));
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_right_and_nothing_else_is_lost() {
        let visit = Visit::read(
            "?embed=1&scenario=shoop&autoplay=yes&panels=side,graphs&speed=3&origin=example.org&colour=red&theme=dark",
        );
        assert_eq!(visit.wrong.len(), 6, "{:#?}", visit.wrong);
        for (word, right) in [
            ("scenario=shoop", "retry-storm"),
            ("autoplay=yes", "1 or 0"),
            ("panels=side,graphs", "queues"),
            ("speed=3", "0.05"),
            ("origin=example.org", "https://"),
            ("colour=red", "readonly"),
        ] {
            let told = visit.wrong.iter().find(|what| what.starts_with(word));
            assert!(
                told.is_some_and(|what| what.contains(right)),
                "{word}: {told:?}"
            );
        }
        assert_eq!(visit.theme, Some(Theme::Dark));
        assert_eq!(visit.host, Host::Nobody);
    }

    #[test]
    fn only_the_named_origin_is_heard() {
        let host = |word: &str| Visit::read(&format!("embed=1&origin={word}")).host;
        assert!(host("https://a.org").hears("https://a.org"));
        assert!(!host("https://a.org").hears("https://a.org.evil.net"));
        assert!(!host("https://a.org").hears("http://a.org"));
        assert!(host("*").hears("https://b.org") && host("null").hears("null"));
        assert!(!host("").hears("") && !Host::default().hears("null"));
    }

    #[test]
    fn percent_signs_are_taken_out_and_nonsense_is_left() {
        for (value, plain_one) in [
            ("a%2Fb", "a/b"),
            ("a+b", "a b"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("%ff", "%ff"),
            ("%C3%A9", "é"),
        ] {
            assert_eq!(plain(value), plain_one);
        }
    }
}
