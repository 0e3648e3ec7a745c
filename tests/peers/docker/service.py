"""Command lines of services, right and wrong ones. See ../docker_lines.py for what the names mean.
The engine must be in no swarm; one is made for the group and left at its end. Tasks take seconds to
run, so most lines say --detach."""

import time

# Lines where the two may differ, and why that is meant.
MEANT = {
    r"--help$": "our pages are in our own words",
    r"^service$": "our pages are in our own words",
}

# What each side made, where both make the same.
AFTER = {
    r"^service create .*--name {n}-once": "service rm {n}-once",
}

# The reference keeps configs in a map and lists them in whatever order that has.
ROUGH = {
    r"ContainerSpec\.Configs": (
        r'(\{"File":\{"Name":"/etc/x"[^}]*\}[^}]*\}),(\{"File":\{"Name":"RUN-c"[^}]*\}[^}]*\})',
        r"\2,\1",
    ),
}

MASKS = [
    (r"\b[0-9a-z]{25}\b", "ID25"),
    (r"(?m)^[0-9a-z]{12}\b", "ID12"),
    (r"\.[0-9a-z]{12}@", ".ID12@"),
    (r'"Index": ?\d+', "INDEX"),
    (r"\x1b\[\d+[ABK]", ""),
    (r"[\r\n]+", "\n"),
    # Columns are as wide as the time that stands in them.
    (r"(?i)(about an? \w+|less than a second|\d+ \w+) ago *", "SPAN "),
    (r"CURRENT STATE +", "CURRENT STATE "),
    (r"(Running|Pending|Preparing|Starting|Assigned|New|Ready) SPAN", "STATE SPAN"),
    (r"\*:3\d{4}->", "*:RANDOM->"),
]

LINES = r"""
service
service foo
service create
service create BAD
service create ''
service create -d --no-resolve-image --mode foo {img}
service create -d --no-resolve-image --mode global --replicas 2 {img}
service create -d --no-resolve-image --mode global --replicas-max-per-node 1 {img}
service create -d --no-resolve-image --max-concurrent 2 {img}
service create -d --no-resolve-image --mode global-job --update-delay 3s {img}
service create --replicas x {img}
service create --replicas -1 {img}
service create --publish abc {img}
service create --publish 99999:80 {img}
service create --publish mode=foo,target=80 {img}
service create --publish published=80 {img}
service create --publish 127.0.0.1:80:80 {img}
service create -p target=80,foo=1 {img}
service create -p target=x {img}
service create -d --network nosuch {img}
service create --network name=x,foo=1 {img}
service create --mount foo {img}
service create --mount type=bind,src=/nosuch {img}
service create -d --no-resolve-image --mount type=foo,dst=/x {img}
service create -d --secret nosuch {img}
service create -d --config nosuch {img}
service create --secret source=x,mode=x {img}
service create --secret foo=x {img}
service create --secret target=x {img}
service create -d --secret {RUN}-s --secret {RUN}-s {img}
service create --placement-pref foo {img}
service create --placement-pref foo=x {img}
service create --limit-memory 1x {img}
service create -d --no-resolve-image --limit-memory 1m {img}
service create --limit-cpu x {img}
service create --limit-pids x {img}
service create -d --no-resolve-image --restart-condition foo {img}
service create -d --no-resolve-image --update-failure-action foo {img}
service create -d --no-resolve-image --update-order foo {img}
service create --update-max-failure-ratio x {img}
service create --update-parallelism x {img}
service create --restart-max-attempts x {img}
service create --health-interval -1s {img}
service create --stop-grace-period x {img}
service create -d --no-resolve-image --no-healthcheck --health-cmd x {img}
service create -d --no-resolve-image --endpoint-mode foo {img}
service create -d --no-resolve-image --endpoint-mode dnsrr -p 80 {img}
service create -d --no-resolve-image --name {RUN}-web {img}
service create -d --no-resolve-image --name 'a b' {img}
service create -d --no-resolve-image --constraint foo {img}
service create --env =x {img}
service create -d --env-file /nosuch {img}
service create --dns x {img}
service create --dns-search 'a b' {img}
service create --host x {img}
service create --label =x {img}
service create --generic-resource foo {img}
service create -d --generic-resource foo=bar {img}
service create --ulimit foo {img}
service create --credential-spec foo {img}
service create --entrypoint "a 'b" {img}
service create -d --name {n}-once {img} sleep 300
service create --name {n}-once --replicas 2 {img} sleep 300
service create -q --no-resolve-image --name {n}-once {img} sleep 300
service create --no-resolve-image --name {n}-once --mode replicated-job --replicas 2 {img} true
service create --no-resolve-image --name {n}-once --mode global-job {img} true
service create -d --no-resolve-image --name {n} --cap-add NET_ADMIN --cap-drop all --config {RUN}-c --config source={RUN}-c,target=/etc/x,uid=5,gid=6,mode=0400 --constraint node.role==worker --dns 1.2.3.4 --dns-option o:1 --dns-search a.b --entrypoint 'sh -c "a b"' -e E=1 -e NONE --generic-resource gpu=2 --group g1 --health-cmd true --health-interval 2s --health-retries 3 --health-start-period 4s --health-timeout 5s --host h1:1.1.1.1 --hostname hn --init --isolation default --limit-cpu 0.5 --limit-memory 64m --limit-pids 9 --log-driver json-file --log-opt max-size=1m --mount type=bind,src=/tmp,dst=/t,ro --mount type=tmpfs,dst=/m,tmpfs-size=1m,tmpfs-mode=1770 --network {RUN}-ov --placement-pref spread=node.labels.a -p mode=host,target=80,published=8080,protocol=udp --read-only --replicas 3 --replicas-max-per-node 2 --reserve-cpu 0.25 --reserve-memory 32m --restart-condition on-failure --restart-delay 1s --restart-max-attempts 2 --restart-window 3s --rollback-delay 1s --rollback-failure-action continue --rollback-max-failure-ratio .2 --rollback-monitor 6s --rollback-order start-first --rollback-parallelism 2 --secret source={RUN}-s,target=t2,uid=1,gid=2,mode=0444 --stop-grace-period 7s --stop-signal INT --sysctl net.core.somaxconn=9 -t --ulimit nofile=10:20 --update-delay 1s --update-failure-action rollback --update-max-failure-ratio 0.3 --update-monitor 7s --update-order start-first --update-parallelism 3 -u 1:2 -w /w {img} a b
service inspect -f '{{json .Spec.TaskTemplate.Resources}} {{json .Spec.TaskTemplate.RestartPolicy}} {{json .Spec.TaskTemplate.Placement}}' {n}
service inspect -f '{{json .Spec.UpdateConfig}} {{json .Spec.RollbackConfig}} {{json .Spec.EndpointSpec}} {{json .Spec.Mode}}' {n}
service inspect -f '{{json .Spec.TaskTemplate.ContainerSpec.Command}} {{json .Spec.TaskTemplate.ContainerSpec.Args}} {{json .Spec.TaskTemplate.ContainerSpec.Env}} {{json .Spec.TaskTemplate.ContainerSpec.Hosts}}' {n}
service inspect -f '{{json .Spec.TaskTemplate.ContainerSpec.Secrets}} {{json .Spec.TaskTemplate.ContainerSpec.Configs}} {{json .Spec.TaskTemplate.ContainerSpec.Mounts}}' {n}
service inspect -f '{{json .Spec.TaskTemplate.ContainerSpec.Healthcheck}} {{json .Spec.TaskTemplate.ContainerSpec.DNSConfig}} {{json .Spec.TaskTemplate.ContainerSpec.Ulimits}} {{json .Spec.TaskTemplate.ContainerSpec.CapabilityDrop}}' {n}
service ls --filter name={n}
service update -d --env-add A=1 --env-rm E --host-rm h1:1.1.1.1 --dns-rm 1.2.3.4 --constraint-rm node.role==worker --placement-pref-rm spread=node.labels.a --group-rm g1 --cap-add CHOWN --cap-drop NET_ADMIN --ulimit-rm nofile --sysctl-rm net.core.somaxconn --network-rm {RUN}-ov --secret-rm {RUN}-s --config-rm {RUN}-c --mount-rm /t --update-delay 0s --no-healthcheck --publish-rm mode=host,target=80,protocol=udp --args 'x "y z"' --force --limit-pids 0 --replicas 1 {n}
service inspect -f '{{json .Spec.TaskTemplate.ContainerSpec.Args}} {{len .Spec.TaskTemplate.ContainerSpec.Env}} {{json .Spec.TaskTemplate.ContainerSpec.Healthcheck}} {{json .Spec.TaskTemplate.ForceUpdate}} {{json .Spec.TaskTemplate.Resources.Limits}}' {n}
service update -d --rollback {n}
service update -d --rollback --image x {n}
service update -d --network-add nosuch {n}
service update -d --secret-add nosuch {n}
service update -d --image {img} {n}
service update -d --label-rm nosuch {n}
service update --publish-rm x {n}
service update --args "a 'b" {n}
service update
service update nosuch
service update -d --replicas 2 {RUN}-gl
service rm {n}
service ls
service ls -q
service ls x
service ls --filter name={RUN}-web
service ls --filter mode=global
service ls --filter foo=bar
service ls --filter x
service ls --format json --filter name={RUN}
service ls --format '{{.Name}} {{.Mode}} {{.Replicas}} {{.Image}} {{.Ports}}' --filter name={RUN}
service ls --format 'table {{.Name}}\t{{.Replicas}}' --filter name={RUN}
service ls --format '{{.Foo}}'
service ls --format '{{.ID'
service ps
service ps {RUN}-web
service ps {RUN}-web --no-trunc
service ps -q {RUN}-gl
service ps {RUN}-web {RUN}-gl
service ps nosuch {RUN}-gl
service ps nosuch
service ps --no-resolve {RUN}-gl
service ps --filter name={RUN}-web.1 {RUN}-web
service ps --filter desired-state=running -q {RUN}-gl
service ps --filter desired-state=shutdown {RUN}-gl
service ps --filter foo=x {RUN}-web
service ps --format json {RUN}-gl
service ps --format '{{.Name}} {{.Image}} {{.Node}} {{.DesiredState}} {{.Error}} {{.Ports}}' {RUN}-gl
service ps --format '{{.Foo}}' {RUN}-gl
node ps
service inspect
service inspect {RUN}-web
service inspect nosuch
service inspect {RUN}-web nosuch
service inspect --pretty {RUN}-web
service inspect --pretty {RUN}-gl
service inspect --pretty {RUN}-full
service inspect --pretty nosuch
service inspect --pretty {RUN}-web {RUN}-gl
service inspect -f '{{.Spec.Name}} {{.Spec.Mode.Replicated.Replicas}} {{.Endpoint.Spec.Mode}}' {RUN}-web
service inspect -f '{{.Spec' {RUN}-web
service inspect -f '{{.ID}} {{.Id}}' {RUN}-web
service inspect -f '{{.CreatedAt}} {{.Spec.Mode.Global}} {{json .Spec.Mode.Global}} {{.UpdateStatus}}' {RUN}-gl
service inspect -f '{{.Spec.TaskTemplate.ContainerSpec.StopGracePeriod}} {{.Spec.TaskTemplate.ContainerSpec.Env}} {{.Spec.TaskTemplate.ContainerSpec.Healthcheck}}' {RUN}-web
service inspect -f '{{.Spec.TaskTemplate.RestartPolicy.Delay}} {{.Spec.TaskTemplate.RestartPolicy.MaxAttempts}} {{.Spec.TaskTemplate.RestartPolicy.Window}} {{.Spec.UpdateConfig.Delay}}' {RUN}-web
service inspect -f '{{.Spec.Labels.zz}} {{.Spec.Annotations.Name}} {{.Spec.TaskTemplate.Networks}} {{.Spec.TaskTemplate.LogDriver}} {{.JobStatus}}' {RUN}-web
service inspect -f {{.Foo}} {RUN}-web
inspect --type service -f {{.Foo}} {RUN}-web
service ls --filter name={RUN}-web --format raw
service ls -q --filter name={RUN}-gl --format raw
service logs --since 2026-13-01 {RUN}-web
service logs
service logs nosuch
service logs {RUN}-logs
service logs --raw {RUN}-logs
service logs --no-task-ids {RUN}-logs
service logs --no-trunc {RUN}-logs
service logs --no-resolve {RUN}-logs
service logs --details {RUN}-logs
service logs -t {RUN}-logs
service logs --raw --details {RUN}-logs
service logs -n 1 {RUN}-logs
service logs --tail x {RUN}-logs
service logs --since x {RUN}-logs
service logs --since 1s {RUN}-logs
service scale
service scale {RUN}-web
service scale ={RUN}
service scale {RUN}-web=
service scale {RUN}-web=x
service scale -d {RUN}-web=-1
service scale {RUN}-gl=2
service scale nosuch=1
service scale -d {RUN}-web=2 {RUN}-gl=2
service scale {RUN}-web=2
service rollback
service rollback nosuch
service rollback -d {RUN}-web
service rm
service rm nosuch nosuch2
"""

TYPED = [
    (b"", "service scale {RUN}-logs=1"),
    (b"", "service ps {RUN}-logs"),
]


def set_up(lines):
    lines.begin_swarm()
    quiet = lines.reference
    run, image = lines.RUN, lines.IMAGE
    quiet("network", "create", "-d", "overlay", f"{run}-ov")
    quiet("secret", "create", f"{run}-s", "-", input="x")
    quiet("config", "create", f"{run}-c", "-", input="x")
    create = ["service", "create", "-q", "-d", "--no-resolve-image", "--name"]
    quiet(*create, f"{run}-web", "--replicas", "2", "--label", "a=b", "--stop-grace-period", "0s",
          "-p", "8080:80", "-p", "8090-8091:90-91/udp", image, "sleep", "1000")
    quiet(*create, f"{run}-gl", "--mode", "global", "--stop-grace-period", "0s", image, "sleep", "1000")
    quiet(*create, f"{run}-logs", "--stop-grace-period", "0s", image, "sh", "-c",
          "echo one; sleep 1; echo two >&2; sleep 1000")
    quiet(*create, f"{run}-full", "--replicas", "0", "--constraint", "node.role==manager",
          "--cap-add", "NET_ADMIN", "--config", f"{run}-c", "--secret", f"{run}-s", "--env", "A=1",
          "--mount", "type=volume,src=v1,dst=/v", "--mount", "type=tmpfs,dst=/m", "--network", f"{run}-ov",
          "--health-cmd", "true", "--health-interval", "90s", "--limit-cpu", "0.5", "--reserve-memory", "32m",
          "--log-driver", "json-file", "--log-opt", "max-size=1m", "--ulimit", "nofile=1:2",
          "--sysctl", "net.core.somaxconn=9", "--update-delay", "1500ms", "--user", "1", "--workdir", "/",
          "--placement-pref", "spread=node.labels.a", "-p", "mode=host,target=80,published=8081", image, "a", "b")
    # Until the tasks run and have printed.
    time.sleep(8)
