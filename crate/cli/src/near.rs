//! Near names: what somebody may have meant who mistyped one.

/// So many are told at most.
const MOST: usize = 5;

/// How many letters have to be changed, added or taken away to make one text of the other.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The names that are near, or have the name in them, the nearest first.
pub(crate) fn nearest<'a>(
    name: &str,
    all: &'a [String],
    distance: impl Fn(&String) -> usize,
) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let most = (length / 3).max(1);
    let mut near: Vec<(usize, &str)> = all
        .iter()
        .map(|other| (distance(other), other.as_str()))
        .filter(|(far, other)| *far <= most || (length > 2 && other.contains(&name)))
        .collect();
    near.sort_unstable();
    near.truncate(MOST);
    near.into_iter().map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_changed_added_and_taken_away() {
        for (a, b, far) in [
            ("", "", 0),
            ("prefetch", "prefetch", 0),
            ("prefech", "prefetch", 1),
            ("pretfetch", "prefetch", 1),
            ("kitten", "sitting", 3),
            ("", "abc", 3),
        ] {
            assert_eq!(distance(a, b), far, "{a} {b}");
            assert_eq!(distance(b, a), far, "{b} {a}");
        }
    }

    #[test]
    fn far_names_are_not_suggested() {
        let all = ["threads", "queue", "memory.limit"].map(String::from);
        let near = |name: &str| nearest(name, &all, |other| distance(name, other));
        assert_eq!(near("thread"), ["threads"]);
        assert_eq!(near("memory"), ["memory.limit"]);
        assert_eq!(near("xyz"), [""; 0]);
    }
}
