//! The code that puts a board into another page.

use crate::store::Theme;

/// A size for the frame: its name, and width and height as they stand in its code.
pub(crate) const SIZES: [(&str, &str, &str); 4] = [
    ("In a text", "640", "480"),
    ("As wide as the text", "100%", "520"),
    ("On a slide", "1280", "640"),
    ("Small", "360", "320"),
];

/// What a person chooses of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The place among the sizes.
    pub(crate) size: usize,
    pub(crate) autoplay: bool,
    pub(crate) readonly: bool,
    /// Whether the inspector and the story stand beside the board.
    pub(crate) side: bool,
    /// As the reader's system has it, if none is said.
    pub(crate) theme: Option<Theme>,
}

/// The code of a frame with a board: one that ships by its slug, any other by the fragment of its link.
pub(crate) fn code(page: &str, name: &str, board: Result<&str, &str>, choice: &Choice) -> String {
    let mut words = vec!["embed=1".to_owned()];
    let fragment = match board {
        Ok(slug) => {
            words.push(format!("scenario={slug}"));
            String::new()
        }
        Err(fragment) => format!("#{fragment}"),
    };
    for (on, word) in [
        (choice.autoplay, "autoplay=1"),
        (choice.readonly, "readonly=1"),
        (choice.side, "panels=side,requests"),
    ] {
        if on {
            words.push(word.into());
        }
    }
    words.extend(choice.theme.map(|theme| format!("theme={}", theme.word())));
    let source = escaped(&format!("{page}?{}{fragment}", words.join("&")));
    let (_, width, height) = SIZES[choice.size.min(SIZES.len() - 1)];
    let title = escaped(&format!("{name}: a simulation by Tailback"));
    format!(
        "<iframe src=\"{source}\"\n  title=\"{title}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" style=\"border: 0\"\n  \
         sandbox=\"allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads\"\n  \
         allow=\"clipboard-write; fullscreen\"></iframe>"
    )
}

/// A text as it stands in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::super::Visit;
    use super::*;

    #[test]
    fn the_code_asks_for_what_was_chosen_and_escapes_names() {
        let choice = Choice {
            size: 1,
            autoplay: true,
            readonly: true,
            side: true,
            theme: Some(Theme::Dark),
        };
        let text = code("https://a.org/t/", "\"<b>&", Ok("shop"), &choice);
        let from = text.find("src=\"").unwrap() + 5;
        let source = text[from..]
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&");
        let visit = Visit::read(source.split_once('?').unwrap().1);
        assert!(visit.embed && visit.autoplay && visit.readonly && visit.wrong.is_empty());
        assert_eq!(
            (visit.scenario, visit.theme),
            (Some("shop"), Some(Theme::Dark))
        );
        assert!(
            text.contains("title=\"&quot;&lt;b>&amp;: a simulation"),
            "{text}"
        );
        assert!(text.contains("width=\"100%\" height=\"520\""), "{text}");
        let own = Choice {
            theme: None,
            autoplay: false,
            readonly: false,
            side: false,
            size: 9,
        };
        let text = code("https://a.org/t/", "x", Err("s=1.abc&p=shop"), &own);
        assert!(
            text.contains("src=\"https://a.org/t/?embed=1#s=1.abc&amp;p=shop\""),
            "{text}"
        );
    }
}
