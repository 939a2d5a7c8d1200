//! Export: the board as a file for other programs.

use sim::Scenario;

use crate::drawing;
use crate::store::Theme;

/// What a board can be saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The scenario file, which this page and the command line open again.
    Json,
    Svg,
    Png,
    Mermaid,
}

impl Format {
    pub(crate) const ALL: [Format; 4] = [Format::Json, Format::Svg, Format::Png, Format::Mermaid];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Format::Json => "JSON",
            Format::Svg => "SVG",
            Format::Png => "PNG",
            Format::Mermaid => "Mermaid",
        }
    }

    pub(crate) const fn about(self) -> &'static str {
        match self {
            Format::Json => "The scenario itself: opens here and on the command line.",
            Format::Svg => "A drawing that stays sharp, for documents and slides.",
            Format::Png => "A picture, for chats and where nothing else goes.",
            Format::Mermaid => "A flow chart as text, for Markdown.",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Mermaid => "mmd",
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Svg => "image/svg+xml",
            Format::Png => "image/png",
            Format::Mermaid => "text/plain",
        }
    }

    /// The text of the file; of a picture the drawing that it is made from.
    pub(crate) fn text(self, board: &Scenario, theme: Theme) -> String {
        match self {
            Format::Json => board.save(),
            Format::Svg | Format::Png => drawing::svg(board, theme).0,
            Format::Mermaid => drawing::mermaid(board),
        }
    }

    /// A name for the file: the board's, in letters that every system takes.
    pub(crate) fn file_name(self, board: &Scenario) -> String {
        let safe = |sign: char| {
            if sign.is_ascii_alphanumeric() {
                sign.to_ascii_lowercase()
            } else {
                '-'
            }
        };
        let name: String = board.name.chars().take(60).map(safe).collect();
        let name = name
            .split('-')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        let name = if name.is_empty() { "board" } else { &name };
        format!("{name}.{}", self.ending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::PRESETS;

    #[test]
    fn a_file_has_a_name_that_every_system_takes() {
        let named = |name: &str| {
            let board = Scenario {
                name: name.into(),
                ..Scenario::default()
            };
            Format::Json.file_name(&board)
        };
        assert_eq!(named("A retry storm"), "a-retry-storm.json");
        assert_eq!(named("../../etc/passwd"), "etc-passwd.json");
        assert_eq!(named("日本"), "board.json");
    }

    #[test]
    fn the_json_is_the_board() {
        for preset in PRESETS {
            let board = preset.scenario().unwrap();
            assert_eq!(
                Scenario::load(&Format::Json.text(&board, Theme::Dark)),
                Ok(board)
            );
        }
    }
}
