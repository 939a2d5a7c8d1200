//! Keys: within one of them order matters. A request has the same on every broker with as many of them.

use super::purpose;
use super::work::Message;
use super::world::World;
use crate::broker::Kind;

/// The key of a message, if there are keys where it is.
pub fn order_key(world: &World, message: &Message) -> Option<u32> {
    let link = world.link(message.edge);
    let luck = || {
        let request = world.requests.get(message.request.key)?;
        Some(request.luck.part(purpose::ORDER_KEY).stream())
    };
    match message.kind {
        Kind::Queue => {
            let keys = world.link(link.home).spec.queue.keys;
            (keys > 0)
                .then(luck)?
                .map(|mut luck| luck.below(u64::from(keys)) as u32)
        }
        Kind::Bus => None,
        Kind::Log => {
            let (_, _, popularity) = link.log.as_ref()?.keys.as_ref()?;
            luck().map(|mut luck| popularity.rank(luck.unit()))
        }
    }
}
