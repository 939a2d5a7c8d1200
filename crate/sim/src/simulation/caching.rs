//! Caching: a job looks its request up in what a cache remembers, and keeps what it has fetched.

use super::outbox::Outbox;
use super::purpose;
use super::world::World;
use crate::cache::Store;
use crate::event::{JobKey, NodeIx};
use crate::fact::Fact;
use crate::scenario::Role;

/// Looks a request up in what a cache remembers: whether it is there. If not, it is kept once it is fetched.
pub fn looked_up(world: &mut World, out: &mut Outbox<'_>, key: JobKey) -> bool {
    let Some(job) = world.jobs.get(key) else {
        return false;
    };
    let (at, request) = (job.at, job.request);
    if !world
        .server(at.node)
        .is_some_and(|s| s.spec.role == Role::Cache)
    {
        return false;
    }
    // The request's own luck: it asks for the same key everywhere, and in every run of the seed.
    let Some(of) = world.requests.get(request.key) else {
        return false;
    };
    let luck = of.luck.part(purpose::KEY);
    let Some(cache) = world.replica_mut(at).and_then(|r| r.cache.as_mut()) else {
        return false;
    };
    let wanted = cache.key(&mut luck.stream());
    let hit = cache.has(wanted, out.now);
    world.jobs[key].fetches = Some(wanted).filter(|_| !hit);
    out.say(Fact::LookedUp {
        node: at.node,
        request: request.name,
        hit,
    });
    hit
}

/// A job's calls have returned well: a cache keeps what it has fetched.
pub fn keep(world: &mut World, out: &Outbox<'_>, key: JobKey) {
    let job = &mut world.jobs[key];
    let (at, Some(fetched)) = (job.at, job.fetches.take()) else {
        return;
    };
    if let Some(cache) = world.replica_mut(at).and_then(|r| r.cache.as_mut()) {
        cache.fill(fetched, out.now);
    }
}

impl World {
    /// A cache forgets everything.
    pub fn flush(&mut self, node: NodeIx) {
        if let Some(server) = self.server_mut(node) {
            let caches = server.replicas.iter_mut().filter_map(|r| r.cache.as_mut());
            caches.for_each(Store::flush);
        }
    }
}
