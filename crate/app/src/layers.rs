//! Layers: where the cards of a board stand when it is laid out by itself. Callers stand to the left of what they call,
//! a layer for each length of the way from where requests come in; within a layer, cards stand near those they are
//! connected with. The order that a person gave is where it starts from, so that a tidy board stays as it is.
//!
//! After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981), with
//! longest paths for the layers and means for the order. A library that does it costs forty kilobytes of wasm.

use std::collections::BTreeMap;

use crate::geometry::{Pt, Rect, pt};

/// The room between two layers: a queue stands there.
const ACROSS: f64 = 136.0;
/// The room between two cards of a layer.
const DOWN: f64 = 46.0;
/// The room for an edge that passes a layer.
const LANE: f64 = 20.0;
/// How often the order and the heights are gone over, there and back.
const SWEEPS: usize = 8;

/// A card, or the place where an edge passes a layer.
#[derive(Debug, Clone)]
struct Item {
    /// Which card; none where an edge passes.
    card: Option<usize>,
    size: Pt,
    layer: usize,
    /// The middle of its height.
    y: f64,
    /// Those that it is connected with, in the layers before and after.
    before: Vec<usize>,
    after: Vec<usize>,
}

/// The middles of cards that are called along these edges; they stay around the middle of where they are now.
pub(crate) fn laid_out(cards: &[Rect], edges: &[(usize, usize)]) -> Vec<Pt> {
    let Some(all) = cards.iter().copied().reduce(Rect::union) else {
        return vec![];
    };
    let edges = without_cycles(cards.len(), edges);
    let layers = longest_ways(cards.len(), &edges);
    let mut items: Vec<Item> = (0..cards.len())
        .map(|card| Item {
            card: Some(card),
            size: pt(cards[card].w, cards[card].h),
            layer: layers[card],
            y: cards[card].centre().y,
            before: vec![],
            after: vec![],
        })
        .collect();
    for (from, to) in edges {
        pass(&mut items, from, to);
    }
    let mut columns = columns(&items);
    for sweep in 0..SWEEPS {
        order(&mut items, &mut columns, sweep % 2 == 0);
    }
    for sweep in 0..SWEEPS {
        settle(&mut items, &columns, sweep % 2 == 0);
    }
    let mut places = vec![Pt::default(); cards.len()];
    let mut x = 0.0;
    for column in &columns {
        let wide = column
            .iter()
            .map(|item| items[*item].size.x)
            .fold(0.0, f64::max);
        for item in column.iter().map(|item| &items[*item]) {
            if let Some(card) = item.card {
                places[card] = pt(x + wide / 2.0, item.y);
            }
        }
        x += wide + ACROSS;
    }
    let around = |(card, place): (&Rect, &Pt)| Rect::around(*place, card.w, card.h);
    let now = cards.iter().zip(&places).map(around).reduce(Rect::union);
    let by = all.centre() - now.map_or(Pt::default(), Rect::centre);
    places.into_iter().map(|place| place + by).collect()
}

/// The edges without those that lead back to where their way came from.
fn without_cycles(count: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // From those that nobody calls first: what leads back is then what a person would call so.
    let called = |node: &usize| edges.iter().any(|(from, to)| to == node && from != to);
    let (inner, first): (Vec<_>, Vec<_>) = (0..count).partition(called);
    let mut state = vec![0_u8; count];
    let mut kept = Vec::new();
    for root in first.into_iter().chain(inner) {
        // Each entry: a node, and the place of its next edge.
        let mut way = vec![(root, 0)];
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        while let Some((node, next)) = way.pop() {
            let Some((place, to)) = (next..edges.len())
                .map(|place| (place, edges[place]))
                .find(|(_, (from, _))| *from == node)
                .map(|(place, (_, to))| (place, to))
            else {
                state[node] = 2;
                continue;
            };
            way.push((node, place + 1));
            // An edge to a node whose way is not at its end leads back.
            if state[to] != 1 {
                kept.push((node, to));
            }
            if state[to] == 0 {
                state[to] = 1;
                way.push((to, 0));
            }
        }
    }
    kept
}

/// The layer of each node: the longest way that leads to it.
fn longest_ways(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layers = vec![0; count];
    // Without cycles no way is longer than there are nodes.
    for _ in 0..count {
        let mut changed = false;
        for (from, to) in edges {
            if layers[*to] < layers[*from] + 1 {
                layers[*to] = layers[*from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    layers
}

/// Connects two cards, with a place for the edge in each layer between.
fn pass(items: &mut Vec<Item>, from: usize, to: usize) {
    let mut last = from;
    let (start, end) = (items[from].layer, items[to].layer);
    for layer in start + 1..end {
        let part = (layer - start) as f64 / (end - start) as f64;
        let y = items[from].y + (items[to].y - items[from].y) * part;
        items.push(Item {
            card: None,
            size: pt(0.0, LANE),
            layer,
            y,
            before: vec![last],
            after: vec![],
        });
        let place = items.len() - 1;
        items[last].after.push(place);
        last = place;
    }
    items[last].after.push(to);
    items[to].before.push(last);
}

/// The items of each layer, as they stand from top to bottom.
fn columns(items: &[Item]) -> Vec<Vec<usize>> {
    let mut all: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let column = all.entry(item.layer).or_default();
        let above = |other: &usize| items[*other].y <= item.y;
        column.insert(column.partition_point(above), place);
    }
    all.into_values().collect()
}

/// The mean height of what an item is connected with on one side; its own where it is not.
fn wish(items: &[Item], item: usize, forth: bool) -> f64 {
    let of = &items[item];
    let near = if forth { &of.before } else { &of.after };
    if near.is_empty() {
        return of.y;
    }
    near.iter().map(|other| items[*other].y).sum::<f64>() / near.len() as f64
}

/// Puts each layer in the order of its wishes, and its heights in that order.
fn order(items: &mut [Item], columns: &mut [Vec<usize>], forth: bool) {
    let count = columns.len();
    for nth in 0..count {
        let column = &mut columns[if forth { nth } else { count - 1 - nth }];
        let mut next: Vec<(f64, usize)> = Vec::new();
        for item in column.iter() {
            let wish = wish(items, *item, forth);
            next.insert(
                next.partition_point(|(other, _)| *other <= wish),
                (wish, *item),
            );
        }
        *column = next.into_iter().map(|(_, item)| item).collect();
        stack(items, column, |items, item| wish(items, item, forth));
    }
}

/// Moves each layer towards its wishes, in the order it has.
fn settle(items: &mut [Item], columns: &[Vec<usize>], forth: bool) {
    let count = columns.len();
    for nth in 0..count {
        let column = &columns[if forth { nth } else { count - 1 - nth }];
        stack(items, column, |items, item| {
            let (a, b) = (wish(items, item, true), wish(items, item, false));
            f64::midpoint(a, b)
        });
    }
}

/// Gives the items of a layer heights near their wishes, so that none covers another: those that would are put
/// together, around the mean of what they wish.
fn stack(items: &mut [Item], column: &[usize], wish: impl Fn(&[Item], usize) -> f64) {
    // Groups of items that touch: how far down the first one's upper edge is, the sum of wishes for it, how many, height.
    let mut groups: Vec<(f64, usize, f64)> = Vec::new();
    let room = |item: &Item| item.size.y + if item.card.is_some() { DOWN } else { 0.0 };
    let mut members: Vec<Vec<usize>> = Vec::new();
    for item in column {
        let height = room(&items[*item]);
        let mut group = (wish(items, *item) - height / 2.0, 1, height);
        let mut of = vec![*item];
        while let Some((top, count, tall)) = groups.last().copied()
            && top + tall > group.0
        {
            groups.pop();
            let mut joined = members.pop().unwrap_or_default();
            joined.append(&mut of);
            of = joined;
            let sum = top * count as f64 + (group.0 - tall) * group.1 as f64;
            group = (
                sum / (count + group.1) as f64,
                count + group.1,
                tall + group.2,
            );
        }
        groups.push(group);
        members.push(of);
    }
    for ((top, _, _), of) in groups.into_iter().zip(members) {
        let mut y = top;
        for item in of {
            let height = room(&items[item]);
            items[item].y = y + height / 2.0;
            y += height;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards(count: usize) -> Vec<Rect> {
        (0..count)
            .map(|nth| {
                Rect::around(
                    pt(0.0, nth as f64 * 37.0 % 211.0),
                    200.0,
                    100.0 + (nth % 3) as f64 * 40.0,
                )
            })
            .collect()
    }

    fn check(cards: &[Rect], edges: &[(usize, usize)]) -> Vec<Pt> {
        let places = laid_out(cards, edges);
        assert_eq!(places.len(), cards.len());
        let now: Vec<Rect> = cards
            .iter()
            .zip(&places)
            .map(|(card, place)| Rect::around(*place, card.w, card.h))
            .collect();
        for (nth, card) in now.iter().enumerate() {
            for other in &now[nth + 1..] {
                assert!(!card.meets(*other), "{card:?} covers {other:?}");
            }
        }
        places
    }

    #[test]
    fn callers_stand_to_the_left_and_nothing_covers_anything() {
        let edges = [(0, 1), (1, 2), (1, 3), (3, 4), (2, 4), (0, 4), (1, 5)];
        let places = check(&cards(6), &edges);
        for (from, to) in edges {
            assert!(places[from].x + 200.0 < places[to].x);
        }
    }

    #[test]
    fn cycles_lone_cards_and_empty_boards_are_laid_out_too() {
        check(&cards(5), &[(0, 1), (1, 2), (2, 1), (2, 0), (3, 3)]);
        check(&cards(40), &[]);
        assert!(laid_out(&[], &[]).is_empty());
        let one = cards(1);
        assert_eq!(laid_out(&one, &[]), [one[0].centre()]);
    }

    #[test]
    fn large_boards_of_any_shape_are_laid_out() {
        let mut luck = 7_u64;
        let mut draw = |below: usize| {
            luck = luck
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (luck >> 33) as usize % below
        };
        for _ in 0..30 {
            let count = 2 + draw(40);
            let edges: Vec<_> = (0..draw(90)).map(|_| (draw(count), draw(count))).collect();
            check(&cards(count), &edges);
        }
    }

    #[test]
    fn a_board_that_is_laid_out_stays() {
        let edges = [(0, 1), (1, 2), (1, 3), (3, 4)];
        let cards = cards(5);
        let first = laid_out(&cards, &edges);
        let again: Vec<Rect> = cards
            .iter()
            .zip(&first)
            .map(|(card, place)| Rect::around(*place, card.w, card.h))
            .collect();
        for (a, b) in first.iter().zip(laid_out(&again, &edges)) {
            assert!((*a - b).length() < 12.0, "{a:?} {b:?}");
        }
    }
}
