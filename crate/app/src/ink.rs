//! Inks: the colours of the style sheet, as canvases need them.

/// A colour by what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Text,
    Dim,
    Grid,
    Paper,
    Work,
    Wait,
    Trouble,
    Queue,
    Good,
    Retry,
}

impl Ink {
    pub(crate) const ALL: [Ink; 10] = [
        Ink::Text,
        Ink::Dim,
        Ink::Grid,
        Ink::Paper,
        Ink::Work,
        Ink::Wait,
        Ink::Trouble,
        Ink::Queue,
        Ink::Good,
        Ink::Retry,
    ];

    /// Its name in the style sheet.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Ink::Text => "--text",
            Ink::Dim => "--dim",
            Ink::Grid => "--hair",
            Ink::Paper => "--panel",
            Ink::Work => "--work",
            Ink::Wait => "--wait",
            Ink::Trouble => "--trouble",
            Ink::Queue => "--queue",
            Ink::Good => "--good",
            Ink::Retry => "--retry",
        }
    }
}

/// Every ink's red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Inks([(u8, u8, u8); Ink::ALL.len()]);

impl Inks {
    /// The inks of a style sheet that gives each variable as `#rrggbb`.
    pub(crate) fn read(value: impl Fn(&str) -> String) -> Inks {
        Inks(Ink::ALL.map(|ink| parse(&value(ink.variable())).unwrap_or((128, 128, 128))))
    }

    pub(crate) const fn rgb(&self, ink: Ink) -> (u8, u8, u8) {
        self.0[ink as usize]
    }

    /// As the canvas takes it.
    pub(crate) fn css(&self, ink: Ink) -> String {
        let (r, g, b) = self.rgb(ink);
        format!("rgb({r},{g},{b})")
    }
}

fn parse(text: &str) -> Option<(u8, u8, u8)> {
    let digits = text.trim().strip_prefix('#').filter(|d| d.len() == 6)?;
    let part = |at: usize| {
        digits
            .get(at..at + 2)
            .and_then(|two| u8::from_str_radix(two, 16).ok())
    };
    Some((part(0)?, part(2)?, part(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_come_from_the_style_sheet() {
        let inks = Inks::read(|name| {
            if name == "--work" {
                " #56b4e9".into()
            } else {
                "red".into()
            }
        });
        assert_eq!(inks.rgb(Ink::Work), (0x56, 0xb4, 0xe9));
        assert_eq!(inks.css(Ink::Text), "rgb(128,128,128)");
        assert!(
            Ink::ALL
                .iter()
                .enumerate()
                .all(|(place, ink)| *ink as usize == place)
        );
    }
}
