"""Command lines of stacks: Compose files right and wrong, and stacks on a swarm. See
../docker_lines.py for what the names mean.

Files and stacks of one service and one network only where the order is not the point: the reference
walks its maps in any order."""

import pathlib
import time

MEANT = {
    r"--help$|^stack$": "our pages are in our own words",
}

MASKS = [
    (r'time="[^"]*"', 'time="TIME"'),
    (r"\b[0-9a-z]{25}(\b|(?=failed to remove|Nothing found))", "ID25"),
    (r"(?m)^[0-9a-z]{12}( |$)", r"TASK \1"),
    (r'"ID": ?"[0-9a-z]{12}"', '"ID": "TASK"'),
    (r"(Running|Preparing|Starting|Ready|Assigned|Accepted|New|Pending) +(less than a second|\d+ seconds?|about a minute) ago *", "UP "),
    (r"\b[01]/[12]\b", "R/N"),
    (r"RUN-[ab]", "OWN"),
    (r"CURRENT STATE +ERROR", "CURRENT STATE ERROR"),
    (r"\*:\d{5}->", "*:PUBLISHED->"),
    (r"(?m) +$", ""),
    (r"distlab=shell,?", ""),
]

# Name: text. A file that is named in a line stands at {dir}/NAME.yml.
FILES = {
    "min": "services:\n  web:\n    image: IMG\n    command: sleep 1000\n    stop_grace_period: 1s\n",
    "two": "version: '3.8'\nservices:\n  web:\n    image: IMG\n    command: sleep 2000\n    stop_grace_period: 1s\n    ports: [80]\n    deploy: {replicas: 2, labels: [a=b]}\n",
    "old": "services:\n  web:\n    image: IMG\n    command: sleep 1000\n    stop_grace_period: 1s\n    build: .\n    restart: always\n    container_name: zz\n    expose: [80]\n",
    "stored": "services:\n  web:\n    image: IMG\n    command: sleep 1000\n    stop_grace_period: 1s\n    secrets: [s]\n    configs: [{source: c, target: /c}]\nsecrets: {s: {file: ./s.txt}}\nconfigs: {c: {file: ./s.txt}}\n",
    "full": """x-common: &c
  labels: {a: "1", b: 2}
services:
  web:
    <<: *c
    image: nginx:${TAG:-1.2}
    build: {context: ./x, args: [A=1, NOPE]}
    command: sh -c "echo hi $$X"
    entrypoint: ["a", "b c"]
    environment: [A=1, B, "C=x y"]
    env_file: e.env
    ports: ["80:80", "8080:81/udp", 9000, {target: 5, published: 6, mode: host}, "7000-7001:70-71"]
    expose: [1, "2"]
    volumes: ["data:/d:ro", "/tmp:/x", "./rel:/rel:rshared", {type: tmpfs, target: /t, tmpfs: {size: 1000}}, "/anon"]
    networks:
      front: {aliases: [w], ipv4_address: 10.0.0.3}
      back:
    depends_on: [db]
    deploy:
      replicas: ${N:-2}
      labels: [x=y]
      mode: replicated
      endpoint_mode: vip
      placement: {constraints: [node.role==manager], preferences: [{spread: node.labels.z}], max_replicas_per_node: 2}
      resources: {limits: {cpus: '0.50', memory: 50M, pids: 10}, reservations: {cpus: '0.25', memory: 20m}}
      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}
      update_config: {parallelism: 2, delay: 10s, order: start-first, failure_action: rollback, monitor: 5s, max_failure_ratio: 0.1}
      rollback_config: {parallelism: 0}
    secrets: [s1, {source: s2, target: zz, mode: 0440, uid: "10"}]
    configs: [{source: c1, target: /etc/c1}]
    healthcheck: {test: curl -f x, interval: 1m30s, timeout: 10s, retries: 3, start_period: 40s}
    logging: {driver: json-file, options: {max-size: 1k}}
    user: "1"
    working_dir: /w
    stop_grace_period: 1m
    stop_signal: SIGUSR1
    tmpfs: /run
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    dns: 8.8.8.8
    dns_search: [a.b]
    extra_hosts: {b: 1.1.1.1, a: 2.2.2.2}
    hostname: h
    init: true
    read_only: true
    tty: true
    stdin_open: true
    ulimits: {nofile: 100, nproc: {soft: 1, hard: 2}}
    sysctls: {net.core.somaxconn: 1}
    restart: always
    container_name: foo
    privileged: true
    pid: host
    devices: ["/dev/x:/dev/x"]
    shm_size: 64m
    x-own: [1, 2.5, null, {a: []}]
  db:
    image: mysql
    environment: {D: "true", E: 1.50, F: null, G: "", H: "multi\\nline", I: " lead", J: "a: b", K: "0x10", L: "1e3", M: "~", N: yes, O: "#c", P: "it's"}
    user: "007"
networks:
  front: {driver: overlay, attachable: true, internal: true, driver_opts: {a: b}, ipam: {driver: default, config: [{subnet: 10.0.0.0/24}]}, labels: {q: w}}
  back:
  ext: {external: true}
volumes:
  data:
  d2: {external: true}
  d3: {driver: nfs, driver_opts: {o: p}, name: dname}
secrets:
  s1: {file: ./s1.txt}
  s2: {external: true}
configs:
  c1: {file: ./c1.txt, name: cc}
""",
    "over": """services:
  web:
    image: b
    environment: [B=3, NOPE]
    ports: ["80:80/tcp", "81:81"]
    networks: {back: {aliases: [x]}}
    volumes: ["other:/d"]
    labels: {c: d}
    dns: [2.2.2.2]
    deploy: {replicas: 3, placement: {constraints: [c==d]}, labels: {n: "1"}}
    cap_add: [B]
    entrypoint: foo "a b"
    command: [y, z]
    healthcheck: {interval: 5s}
  z: {image: k}
""",
    "address": "services: {web: {image: a, ports: ['127.0.0.1:80:80']}}\n",
    "external": "services: {web: {image: IMG, networks: [n]}}\nnetworks: {n: {external: {name: nowhere}}}\n",
    "bridge": "services: {web: {image: IMG, networks: [n]}}\nnetworks: {n: {external: true, name: RUN-local}}\n",
    "nosecret": "services: {web: {image: IMG, secrets: [s]}}\nsecrets: {s: {external: true}}\n",
    "nofile": "services: {web: {image: IMG, configs: [s]}}\nconfigs: {s: {file: nofile}}\n",
    "gone": "services: {w: {image: a, mem_limit: 1, cpuset: x, volume_driver: z, extends: z}}\n",
    "dup": "services:\n  web:\n    image: a\n    image: b\n",
    "v2": "version: '2'\nservices: {}\n",
}

# One-line files that are wrong or odd, each read with `stack config`.
ODD = [
    "services: {web: {image: a, ports: 80}}",
    "services: {web: {image: a, foo: 80}}",
    "services: {web: {image: a, ports: ['a:b']}}",
    "services: {web: 5}",
    "services: [a]",
    "",
    "foo: 1",
    "version: 3",
    "version: '3.99'",
    "version: '3.0'\nservices: {web: {image: a, configs: [a]}}",
    "services: {web: {image: '${A:?need a}'}}",
    "services: {web: {image: '${A?need a}'}}",
    "services: {web: {image: '${A'}}",
    "services: {web: {image: '$NOPE', user: '$$x${HOME}'}}",
    "services: {web: {image: '${HOME:+z}'}}",
    "services: {web: {image: '${NOPE:-x}${NOPE-}'}}",
    "services: {web: {image: a, environment: {A: [1]}}}",
    "services: {web: {image: a, deploy: {replicas: a}}}",
    "services: {web: {image: a, deploy: {replicas: '${NOPE:-x}'}}}",
    "services: {web: {image: a, tty: '${NOPE:-x}'}}",
    "services: {web: {image: a, deploy: {resources: {limits: {memory: 5q}}}}}",
    "services: {web: {image: a, deploy: {resources: {limits: {cpus: 0.5}}}}}",
    "services: {web: {image: a, depends_on: {db: {condition: service_started}}}}",
    "services: {web: {image: a, profiles: [x]}}",
    "services: {web: {image: a, healthcheck: {interval: 5x}}}",
    "services: {web: {image: a, command: 5}}",
    "services: {web: {image: a, env_file: nofile}}",
    "services: {'we b': {image: a}}",
    "services: {web: {image: a}}\nvolumes: {n: {external: true, driver: x}}",
    "services: {web: {image: a}}\nvolumes: {n: {external: {name: z}, name: x}}",
    "services: {web: {image: a}}\nsecrets: {n: {external: {name: z}}}",
    "services: {web: {image: a, deploy: {update_config: {order: foo}}}}",
    "services: {web: {image: a, ports: ['80:80', '80:80']}}",
    "services: {web: {image: a, volumes: [{source: x}]}}",
    "services: {web: {image: a, ulimits: {nofile: {soft: 1}}}}",
    "services: {web: {image: a, networks: {a: 5}}}",
    "services: {web: {image: a, volumes: ['./a:/b:z,ro,nocopy', '~/x:/y:rshared', 'foo', 'n1:/x:cached', 'a:/x']}}",
    "services: {web: {image: a, entrypoint: '', command: []}}",
    "services: {web: }",
    "networks: {}",
    "- a",
]

# Files that load and cannot be deployed.
UNDEPLOYABLE = [
    "services: {w: {image: IMG, secrets: [nope]}}",
    "services: {w: {image: IMG, volumes: ['nope:/x']}}",
    "services: {w: {image: IMG, restart: foo}}",
    "services: {w: {image: IMG, healthcheck: {disable: true, test: x}}}",
    "services: {w: {image: IMG, deploy: {mode: foo}}}",
    "services: {w: {image: IMG, deploy: {mode: global, replicas: 2}}}",
    "services: {w: {image: IMG, deploy: {endpoint_mode: foo}}}",
    "services: {w: {image: IMG, deploy: {resources: {limits: {cpus: x}}}}}",
    "services: {w: {image: IMG, credential_spec: {file: a, registry: b}}}",
    "services: {w: {image: IMG, volumes: [{type: foo, target: /x}]}}",
    "services: {w: {build: .}}",
    "services: {w: {image: BAD}}",
]

DEPLOY = "stack deploy --resolve-image never -c"

LINES = "\n".join(
    [
        "stack",
        "stack foo",
        "stack deploy --help",
        "stack config",
        "stack config -c {dir}/nowhere.yml",
        "stack config x",
        "stack deploy",
        "stack deploy {n}",
        "stack deploy -c {dir}/min.yml",
        "stack deploy -c {dir}/min.yml ''",
        f"{DEPLOY} {{dir}}/min.yml --resolve-image foo {{n}}",
        "stack deploy -c {dir}/gone.yml {n}",
        "stack config -c {dir}/gone.yml",
        "stack config -c {dir}/dup.yml",
        "stack config -c {dir}/v2.yml",
        "stack config -c {dir}/full.yml",
        "stack config -c {dir}/full.yml --skip-interpolation",
        "stack config -c {dir}/full.yml -c {dir}/over.yml",
        "stack config -c {dir}/full.yml,{dir}/over.yml",
        "stack config -c {dir}/min.yml -c {dir}/two.yml",
        "stack config -c {dir}/address.yml",
        "stack ls x",
        "stack services",
        "stack ps",
        "stack rm",
        "stack rm ''",
        "stack services ''",
        "stack ps ''",
        "stack services nope",
        "stack ps nope",
        "stack rm nope",
        f"{DEPLOY} {{dir}}/min.yml {{n}}",
        f"{DEPLOY} {{dir}}/min.yml -d {{n}}",
        f"{DEPLOY} {{dir}}/other.yml --detach=false {{n}}w",
        f"{DEPLOY} {{dir}}/other.yml --detach=false --quiet {{n}}w",
        "stack ls",
        "stack ls --format '{{.Name}}: {{.Services}}'",
        "stack ls --format json",
        "stack ls --format {{.Foo}}",
        "stack services {n}",
        "stack services -q {n}",
        "stack services --format '{{.Name}} {{.Mode}} {{.Image}} {{.Ports}}' {n}",
        "stack services --format json {n}",
        "stack services --filter name={n}_web {n}",
        "stack services --filter name=zzz {n}",
        "stack services --filter foo=bar {n}",
        "stack services --format {{.Foo}} {n}",
        "stack ps {n}",
        "stack ps -q {n}",
        "stack ps --no-trunc {n}",
        "stack ps --no-resolve --format '{{.Image}} {{.DesiredState}}' {n}",
        "stack ps --format '{{.Name}} {{.Image}} {{.Node}} {{.DesiredState}} {{.Error}}' {n}",
        "stack ps --filter foo=bar {n}",
        "stack ps --filter desired-state=shutdown {n}",
        f"{DEPLOY} {{dir}}/old.yml -d {{n}}",
        f"{DEPLOY} {{dir}}/two.yml -d {{n}}",
        "stack services {n}",
        f"{DEPLOY} {{dir}}/other.yml -d --prune {{n}}",
        f"{DEPLOY} {{dir}}/stored.yml -d {{n}}s",
        f"{DEPLOY} {{dir}}/stored.yml -d {{n}}s",
        f"{DEPLOY} {{dir}}/external.yml -d {{n}}x",
        f"{DEPLOY} {{dir}}/bridge.yml -d {{n}}x",
        f"{DEPLOY} {{dir}}/nosecret.yml -d {{n}}",
        f"{DEPLOY} {{dir}}/nofile.yml -d {{n}}",
        *(f"{DEPLOY} {{dir}}/bad{i}.yml -d {{n}}" for i in range(len(UNDEPLOYABLE))),
        "service create --detach --no-resolve-image --replicas 0 --name {n}-guest --network {n}_default {img} true",
        "stack rm {n} {n}s nope",
        "service rm {n}-guest",
        "stack rm {n} {n}w",
    ]
)

PIPED = [(text.encode(), "stack config -c -") for text in ODD]


def without_tasks(lines, own):
    """Takes the tasks of a side's stacks away. The engine removes no network while a task on it is wanted,
    and those of a service that was removed are wanted for some moments more."""
    for stack in (own, f"{own}s", f"{own}w"):
        services = lines.reference("stack", "services", "-q", stack).stdout.split()
        if services:
            lines.reference("service", "scale", "--detach", *(f"{service}=0" for service in services))
    wanted = ["node", "ps", "-q", "self", "--filter", f"name={own}", "--filter", "desired-state=running"]
    ends = time.monotonic() + 60
    while lines.reference(*wanted).stdout.strip() and time.monotonic() < ends:
        time.sleep(0.2)


BEFORE = {r"^stack rm \{n\}": without_tasks}


def set_up(lines):
    folder = pathlib.Path(lines.DIR)
    files = {**FILES, **{f"bad{i}": text for i, text in enumerate(UNDEPLOYABLE)}}
    files["other"] = files["min"].replace("web", "other")
    for name, text in files.items():
        text = text.replace("IMG", lines.IMAGE).replace("RUN", lines.RUN)
        (folder / f"{name}.yml").write_text(text)
    (folder / "e.env").write_text('E1=1\nE2\n#c\nE3="q"\n')
    (folder / "s.txt").write_text("secret\n")
    lines.begin_swarm()
    lines.reference("network", "create", "--label", f"peer={lines.RUN}", f"{lines.RUN}-local")


def clean_up(lines):
    if not lines.own_swarm:
        return
    for side in lines.SIDES:
        lines.reference("service", "rm", f"{side}-guest")
        lines.reference("stack", "rm", side, f"{side}s", f"{side}w", f"{side}x")
    lines.end_swarm()
    lines.reference("network", "rm", f"{lines.RUN}-local")
