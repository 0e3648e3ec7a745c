"""Command lines of a swarm and its nodes, secrets and configs, right and wrong ones. See
../docker_lines.py for what the names mean. The engine must be in no swarm; one is made for the group
and left at its end."""

# Lines where the two may differ, and why that is meant.
MEANT = {
    r"\.Spec\.Data\}": "the reference prints the bytes of a config as numbers; we print its base64",
    r"--help$": "our pages are in our own words",
    r"^(swarm|node|secret|config|swarm update)$": "our pages are in our own words",
}

# What each side made is undone, and the swarm for the rest is made by a line that only fails.
AFTER = {
    # Where the machine has just one address, any of these makes a swarm.
    r"^swarm init( --advertise-addr (203.0.113.7|127.0.0.1 .*))?$": "swarm leave --force",
    r"^swarm update --autolock$": "swarm update --autolock=false",
    r"^swarm unlock-key x$": "swarm update --autolock",
    r"^node update --label-rm a": "node update --label-add a=b --label-add c {host}",
    r"^swarm foo$": "swarm init --advertise-addr 127.0.0.1",
    r"^node foo$": "secret create --label a=b {RUN}-shared {dir}/text",
    r"^secret foo$": "config create --label a=b {RUN}-shared {dir}/text",
}

MASKS = [
    (r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}", "TOKEN"),
    (r"SWMKEY-1-[0-9A-Za-z+/]{43}", "KEY"),
    (r"\b[0-9a-z]{25}\b", "ID25"),
    (r"sha256:[0-9a-f]{64}", "DIGEST"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000 utc", "TIME"),
    (r'"Index": ?\d+', "INDEX"),
    (r"(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", "CERTIFICATE"),
    (r"Issuer Public Key:\t\S+", "ISSUER"),
    # How often progress is looked at is nobody's promise.
    (r"(?m)(^desired root digest: DIGEST\n)+", "ROOT\n"),
    # Times of a listing, whose columns are as wide as they are.
    (r"(?i)(about an? \w+|less than a second|\d+ \w+) ago *", "SPAN "),
    (r"(?m)^(ID +NAME +(DRIVER +)?)CREATED +UPDATED", r"\1CREATED UPDATED"),
]

# The engine looks for a plugin of that name for 15 seconds.
AT_ONCE = [r"^secret create -d foo {n}2$"]

LINES = r"""
swarm
swarm leave
swarm leave --force
swarm join-token worker
swarm ca
swarm unlock
swarm unlock-key
swarm join --token foo 127.0.0.1:1
swarm join --token SWMTKN-1-1w4macipq0tsm5apeycyunbgm4jfi4fso490g7rjlngp0sd1gt-a95rqcy7rxo1yx30e7kedluwx 127.0.0.1:1
node ls
node ps
node inspect self
node inspect --pretty self
node update --availability drain x
service ls
service create x
service ps x
service inspect x
secret ls
config ls
swarm init
swarm init --advertise-addr 203.0.113.7
swarm init --advertise-addr 127.0.0.1 --snapshot-interval 9999
swarm init --advertise-addr 127.0.0.1 --autolock --cert-expiry 48h --task-history-limit 3
swarm foo
swarm init --foo
swarm init x
swarm init --advertise-addr 127.0.0.1
swarm init --availability foo
swarm init --external-ca foo
swarm init --external-ca protocol=foo,url=x
swarm init --external-ca url=x
swarm init --default-addr-pool foo
swarm init --listen-addr foo:bar:baz
swarm init --cert-expiry x
swarm init --data-path-port x
swarm init --snapshot-interval -1
swarm init --task-history-limit x
swarm join
swarm join a b
swarm join --token foo 127.0.0.1:2
swarm join --availability foo --token foo 127.0.0.1:2
swarm join-token
swarm join-token foo
swarm join-token worker
swarm join-token manager
swarm join-token -q worker
swarm join-token --rotate worker
swarm join-token --rotate -q manager
swarm leave
swarm leave x
swarm leave --foo
swarm unlock
swarm unlock x
swarm unlock-key
swarm unlock-key -q
swarm unlock-key --rotate
swarm update --autolock
swarm unlock-key x
swarm unlock-key
swarm unlock-key -q
swarm unlock-key --rotate
swarm unlock-key --rotate -q
swarm update --autolock=false
swarm update --autolock=x
swarm update --task-history-limit 4
swarm update --dispatcher-heartbeat 6s --cert-expiry 48h --snapshot-interval 9000 --max-snapshots 2
swarm update --cert-expiry 1s
swarm update x
swarm update
swarm ca
swarm ca --cert-expiry 3h
swarm ca --ca-cert /nosuch --rotate
swarm ca --rotate --external-ca protocol=cfssl,url=https://x
swarm ca --rotate --ca-cert /etc/hostname
swarm ca --rotate --detach
swarm ca --rotate
swarm ca --rotate -q
info --format '{{.Swarm.LocalNodeState}} {{.Swarm.Managers}} {{.Swarm.Nodes}}'
node
node foo
node ls
node ls -q
node ls x
node ls --filter role=worker
node ls --filter role=manager -q
node ls --filter foo=bar
node ls --filter x
node ls --format json
node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}} {{.EngineVersion}} {{.TLSStatus}} {{.Self}}'
node ls --format 'table {{.Hostname}}\t{{.TLSStatus}}'
node ls --format '{{.Foo}}'
node ls --format '{{.ID'
node list
node inspect
node inspect self
node inspect nosuch
node inspect self nosuch
node inspect --pretty self
node inspect --pretty nosuch
node inspect --pretty self self
node inspect -f '{{.Spec.Role}} {{.Status.State}}' self
node inspect -f '{{.ManagerStatus.Leader}} {{.Description.Platform.OS}}' self
node inspect -f '{{.Spec' self
node inspect -f '{{.CreatedAt}} {{.ManagerStatus.Leader}} {{.Status.Message}}|{{.Spec.Name}}|' self
node inspect -f '{{.Description.Resources.NanoCPUs}} {{.Description.Resources.GenericResources}} {{.Spec.Labels}}' self
node inspect -f {{.Foo}} self
node ls --format raw
node ls -q --format raw
secret inspect -f '{{.Spec.Driver}} {{.Spec.Templating}} {{.CreatedAt}}' nosuch
node update {host} --availability foo
node update {host} --role foo
node update {host} --label-add a=b --label-add c
node inspect --pretty self
node inspect -f '{{json .Spec}}' self
node update --label-rm nosuch {host}
node update --label-rm a --label-rm c {host}
node update --label-add =x {host}
node update {host}
node update
node update nosuch
node update --availability drain {host}
node ls
node update --availability active {host}
node promote {host}
node promote nosuch
node demote {host}
node demote nosuch {host}
node rm {host}
node rm --force {host}
node rm nosuch
node rm
node ps
node ps nosuch
node ps self nosuch
node ps -q
node ps --filter foo=x
node ps --format '{{.Foo}}'
secret
secret foo
secret create
secret create {n}
secret create {n} /nosuch
secret create {n} /etc
secret create {n} {dir}/text
secret create {n} {dir}/text
secret create 'bad name' {dir}/text
secret create -d foo {n}2
secret create -d foo {n}2 {dir}/text
secret create --label =x {n}2 {dir}/text
secret create --label a=b --template-driver golang {n}2 {dir}/text
secret create a b c
secret ls --filter name={RUN}-shared
secret ls x
secret list --filter name={RUN}-shared
secret ls -q
secret ls --filter name={n}
secret ls --filter foo=bar
secret ls --filter x
secret ls --format json --filter name={RUN}-shared
secret ls --format '{{.Name}} {{.Labels}} {{.Label "a"}} {{.Driver}}' --filter name={RUN}-shared
secret ls --format 'table {{.Name}}\t{{.Labels}}' --filter name={RUN}-shared
secret ls --format '{{.Foo}}'
secret inspect
secret inspect nosuch
secret inspect {RUN}-shared
secret inspect {RUN}-shared nosuch
secret inspect --pretty {RUN}-shared
secret inspect --pretty nosuch
secret inspect --pretty {RUN}-shared {RUN}-shared
secret inspect --pretty --format json {RUN}-shared
secret inspect -f '{{.Spec.Name}} {{.Spec.Labels.a}}' {n}2
secret inspect -f '{{.Foo}}' {n}
secret rm
secret rm {n} nosuch {n}2
secret remove nosuch
config
config foo
config create
config create {n}
config create {n} /nosuch
config create {n} /etc
config create {n} {dir}/text
config create {n} {dir}/text
config create --label a=b --template-driver golang {n}2 {dir}/text
config ls --filter name={RUN}-shared
config ls x
config ls -q
config ls --filter name={n}2
config ls --filter foo=bar
config ls --format json --filter name={RUN}-shared
config ls --format '{{.Name}} {{.Labels}} {{.Label "a"}}' --filter name={RUN}-shared
config ls --format '{{.Foo}}'
config inspect
config inspect nosuch
config inspect {RUN}-shared
config inspect --pretty {RUN}-shared
config inspect --pretty {RUN}-shared {RUN}-shared
config inspect --pretty nosuch
config inspect -f '{{.Spec.Data}}' {n}
config inspect -f '{{.Foo}}' {n}
config rm nosuch {n} {n}2
config rm
"""

PIPED = [
    (b"text\n", "secret create {n}3 -"),
    (b"", "secret create {n}4 -"),
    (b"text\n", "config create {n}3 -"),
    (b"", "config create {n}4 -"),
    (b"", "secret rm {n}3"),
    (b"", "config rm {n}3"),
    (b"wrong\n", "swarm unlock"),
    (b"", "node ls"),
]


def set_up(lines):
    # A swarm of its own, to begin without one.
    lines.begin_swarm()
    lines.reference("swarm", "leave", "--force")
    lines.SHARED["host"] = lines.reference("info", "--format", "{{.Name}}").stdout.strip()
    with open(lines.DIR + "/text", "w") as file:
        file.write("some text\n")
