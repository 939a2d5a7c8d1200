//! The partitions of a log on its edge: a bar each, as long as what its consumer is behind.

/// So many bars are drawn; with more partitions a bar stands for several.
const MOST: usize = 12;
/// The length of a full bar.
const LONG: f64 = 74.6;

/// All bars as the `d` of two SVG paths.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bars {
    pub(super) troughs: String,
    pub(super) levels: String,
    pub(super) height: f64,
}

/// The bars of a log with these lags; none where it has one partition, which is a queue to look at.
pub(super) fn bars(lags: &[u32]) -> Option<Bars> {
    if lags.len() < 2 {
        return None;
    }
    let each = lags.len().div_ceil(MOST);
    // Of several partitions in a bar the one that is furthest behind counts.
    let worst = lags
        .chunks(each)
        .map(|some| some.iter().max().copied().unwrap_or(0));
    let longest = worst.clone().max().unwrap_or(0).max(SMALL);
    let pitch = if lags.len() > 6 { 5.0 } else { 8.0 };
    let mut bars = Bars {
        troughs: String::new(),
        levels: String::new(),
        height: 0.0,
    };
    for lag in worst {
        let at = bars.height;
        let bar = |long: f64| format!("M0 {at}h{long:.1}v{}h-{long:.1}z", pitch - 2.0);
        bars.troughs += &bar(LONG);
        if lag > 0 {
            bars.levels += &bar((LONG * f64::from(lag) / f64::from(longest)).max(2.0));
        }
        bars.height += pitch;
    }
    Some(bars)
}

/// A lag below this fills no bar, however small those of the others are.
const SMALL: u32 = 20;

/// Who reads, in words.
pub(super) fn readers(members: u32) -> String {
    if members == 1 {
        "1 reader".to_owned()
    } else {
        format!("{members} readers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_has_a_bar_and_many_share_some() {
        assert!(bars(&[7]).is_none());
        let three = bars(&[0, 40, 10]).unwrap();
        assert_eq!(three.troughs.matches('z').count(), 3);
        assert_eq!(
            three.levels.matches('z').count(),
            2,
            "none is behind in the first"
        );
        assert_eq!(bars(&[1; 100]).unwrap().troughs.matches('z').count(), 12);
    }
}
