//! What a container answers at its address.

use std::net::Ipv4Addr;

use sim::World;
use sim::traffic::{Answer, Endpoint, HttpResponse, Question};

use super::logs;
use super::state::{Event, Listener, Socket, State, TaskAt};

/// What answers there; nothing when no container was ever given that address.
pub(crate) fn answer(
    world: &mut World,
    endpoint: &Endpoint,
    question: &Question,
) -> Option<Answer> {
    let place = Socket {
        region: endpoint.region.clone(),
        network: endpoint.network.clone(),
        address: endpoint.address,
        port: endpoint.port,
    };
    let state = world.get::<State>();
    let Some(listener) = state.listeners.get(&place).cloned() else {
        return is_interface(state, &place).then_some(Answer::Refused);
    };
    let run = state.run(&listener.task)?;
    let own = run.containers.get(listener.container)?;
    if let Some(real) = own.real.as_ref() {
        let inside = u16::try_from(listener.port).ok();
        let port = inside.and_then(|port| real.ports.get(&port)).filter(|_| !own.exited);
        let there = |port: &u16| Answer::Real((Ipv4Addr::LOCALHOST, *port).into());
        return Some(port.map_or(Answer::Refused, there));
    }
    let program = own.program.as_ref()?;
    let running = own.started.map(|started| world.now().since(started)).unwrap_or_default();
    let listens = program.port.is_some_and(|port| i64::from(port) == listener.port);
    if own.exited || !listens || running < program.start {
        return Some(Answer::Refused);
    }
    let request = match question {
        Question::Connect => return Some(Answer::Connected),
        Question::Http(request) => request,
    };
    let (response, line) = program.answer(request, &own.environment);
    Some(served(world, &listener, response, line))
}

/// Whether a task has an interface of that address: then a machine is there, and nothing listens.
fn is_interface(state: &State, wanted: &Socket) -> bool {
    let from = Socket { port: 0, ..wanted.clone() };
    let to = Socket { port: u16::MAX, ..wanted.clone() };
    let mut near = state.listeners.range(from..=to);
    near.any(|(_, listener)| state.run(&listener.task).is_some_and(|run| run.interface.is_some()))
}

/// A request was answered: the container prints its line, and perhaps ends.
fn served(
    world: &mut World,
    listener: &Listener,
    response: HttpResponse,
    line: Option<String>,
) -> Answer {
    let mut end = None;
    let mut stream = None;
    if let Some(run) = world.get_mut::<State>().run_mut(&listener.task) {
        let count = run.life;
        if let Some(own) = run.containers.get_mut(listener.container) {
            own.served += 1;
            stream.clone_from(&own.log);
            let exit = own.program.as_ref().and_then(|program| program.exit);
            let over = exit.filter(|exit| exit.after_requests.is_some_and(|n| own.served >= n));
            end = over.map(|exit| (count, exit.code));
        }
    }
    if let (Some(stream), Some(line)) = (stream, line) {
        logs::put(world, &stream, &[line]);
    }
    if let Some((count, code)) = end {
        let now = world.now();
        let at = TaskAt { id: listener.task.clone(), life: count };
        world.schedule::<State>(now, Event::Exit(at, listener.container, code, None));
    }
    Answer::Http(response)
}
