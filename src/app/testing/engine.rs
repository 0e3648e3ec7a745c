//! A made-up engine.

use docker::view::{
    ContainerView, ImageView, LayerView, Member, NetworkView, NodeView, Part, SwarmView, TaskView,
    Usage, View,
};

pub(super) fn view(part: Part) -> View {
    match part {
        Part::Containers => containers(),
        Part::Layers => layers(),
        Part::Networks => networks(),
        Part::Swarm => swarm(),
    }
}

/// A busy half minute.
fn usage() -> Usage {
    Usage {
        cpu: (0..30).map(|i| i * i * 17).collect(),
        memory: (0..30).map(|i| (20 + i % 7) << 20).collect(),
        memory_limit: 64 << 20,
    }
}

fn containers() -> View {
    let container =
        |id: &str, name: &str, image: &str, state: &str, status: &str, ports: &str, lab: &str| {
            ContainerView {
                id: id.into(),
                name: name.into(),
                image: image.into(),
                command: "sh".into(),
                state: state.into(),
                status: status.into(),
                ports: ports.into(),
                lab: lab.into(),
                usage: (state == "running").then(usage),
            }
        };
    let image = |name: &str, id: &str, size, stand_in| ImageView {
        name: name.into(),
        id: id.into(),
        size,
        stand_in,
        layers: Vec::new(),
    };
    View {
        part: Some(Part::Containers),
        containers: vec![
            container(
                "4c01db0b339c",
                "web",
                "nginx:1.27",
                "running",
                "Up 3 minutes",
                "127.0.0.1:8080->80/tcp",
                "first-containers",
            ),
            container(
                "d7886598dbe2",
                "quizzical_ardinghelli",
                "alpine:latest",
                "exited",
                "Exited (0) 2 minutes ago",
                "",
                "first-containers",
            ),
            container(
                "0f1e2d3c4b5a",
                "postgres",
                "postgres:17-alpine",
                "running",
                "Up 4 days",
                "5432/tcp",
                "",
            ),
        ],
        images: vec![
            image("alpine:latest", "91ef0af61f39", 7_800_000, true),
            image("nginx:1.27", "39286ab8a5e1", 187_654_321, false),
        ],
        ..View::default()
    }
}

fn layers() -> View {
    let layer = |digest: &str, size| LayerView { digest: digest.into(), size: Some(size) };
    let base = [layer("5f70bf18a086", 7_340_032)];
    let python = [layer("91a5a28fc3eb", 40_000_000), layer("0c1d2e3f4a5b", 9_000_000)];
    let image = |name: &str, id: &str, layers: Vec<LayerView>| ImageView {
        name: name.into(),
        id: id.into(),
        size: layers.iter().filter_map(|l| l.size).sum(),
        stand_in: false,
        layers,
    };
    let with = |own: &[LayerView]| [&base[..], &python[..], own].concat();
    View {
        part: Some(Part::Layers),
        images: vec![
            image("alpine:latest", "91ef0af61f39", base.to_vec()),
            image("tweets:1", "aa01db0b339c", with(&[layer("1111aaaa2222", 5_000)])),
            image(
                "localhost:5000/ada/tweets:2",
                "bb01db0b339c",
                with(&[layer("3333bbbb4444", 6_000), layer("5555cccc6666", 0)]),
            ),
            image("nginx:1.27", "39286ab8a5e1", vec![layer("777788889999", 187_654_321)]),
        ],
        ..View::default()
    }
}

fn networks() -> View {
    let member = |name: &str, address: &str, aliases: &[&str], also_on: &[&str], ports: &str| {
        let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect();
        Member {
            name: name.into(),
            address: address.into(),
            aliases: words(aliases),
            also_on: words(also_on),
            ports: ports.into(),
        }
    };
    let network =
        |name: &str, subnet: &str, gateway: &str, internal, lab: &str, members| NetworkView {
            name: name.into(),
            driver: "bridge".into(),
            subnet: subnet.into(),
            gateway: gateway.into(),
            internal,
            lab: lab.into(),
            members,
        };
    let published = "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp";
    View {
        part: Some(Part::Networks),
        networks: vec![
            network(
                "back",
                "10.5.1.0/24",
                "10.5.1.1",
                true,
                "bridges",
                vec![
                    member("db", "10.5.1.2", &["mysql", "store"], &[], "3306/tcp"),
                    member("web", "10.5.1.3", &[], &["front"], published),
                ],
            ),
            network("bridge", "172.17.0.0/16", "172.17.0.1", false, "", Vec::new()),
            network(
                "front",
                "10.5.0.0/24",
                "10.5.0.1",
                false,
                "bridges",
                vec![member("web", "10.5.0.2", &["shop"], &["back"], published)],
            ),
        ],
        ..View::default()
    }
}

fn swarm() -> View {
    let task = |name: &str, desired: &str, current: &str, moved_from: &str, error: &str| TaskView {
        name: name.into(),
        image: "vote:1".into(),
        desired: desired.into(),
        current: current.into(),
        error: error.into(),
        moved_from: moved_from.into(),
    };
    let node = |name: &str, role: &str, availability: &str, state: &str, tasks| NodeView {
        name: name.into(),
        role: role.into(),
        availability: availability.into(),
        state: state.into(),
        tasks,
    };
    let nodes = vec![
        node(
            "node1",
            "leader",
            "active",
            "ready",
            vec![
                task("vote_web.1", "running", "running", "", ""),
                task("vote_web.3", "running", "preparing", "node3", ""),
            ],
        ),
        node("node2", "manager", "drain", "ready", Vec::new()),
        node(
            "node3",
            "worker",
            "active",
            "down",
            vec![task("vote_web.3", "shutdown", "running", "", "")],
        ),
    ];
    let lost = "no suitable node (2 nodes not available for new tasks)";
    let waiting = vec![task("vote_db.1", "running", "pending", "", lost)];
    View { part: Some(Part::Swarm), swarm: Some(SwarmView { nodes, waiting }), ..View::default() }
}
