"""Command lines of containers and images, right and wrong ones. See ../docker_lines.py for what the
names mean; LINES are run in order, then PIPED, then TYPED."""

# Lines where the two may differ, and why that is meant.
MEANT = {
    r"^version( |$)(?!.*Server)": "the client part names this client, not the reference",
    r"^-v$": "names this client",
    r"^info$": "the client part names this client, not the reference",
    r"--help$": "our pages are in our own words",
    r"^(|container|image|help.*)$": "our pages are in our own words",
    r"^images a b$": "the reference misprints 'Run' as 'SRun'",
    r"^run --detach-keys foo": "we refuse wrong keys ourselves; the reference shows a failed upgrade",
    r"^run -v : ": "the reference takes ':' for an anonymous volume without a path",
    r"\{\{\.State\}\}": "the reference prints Go structs with pointers",
}

# The engine looks for a plugin of that name for 15 seconds.
AT_ONCE = [r"^run --log-driver foo "]

LINES = r"""
foo
container foo
image foo
-x ps
--foo
container --foo
-v
version
version --format {{.Server.Version}}
version --format '{{.Server.Version'
version x
info
info --format {{.ServerVersion}}
info --format '{{.Swarm.LocalNodeState}} {{.NCPU}}'
info x
-H unix:///nowhere ps
ps
ps --filter name={up}
ps -a --filter name={RUN}
ps -q --filter name={up}
ps -aq --filter name={gone}
ps --no-trunc --filter name={up}
ps -s --filter name={up}
ps -n 1 -q --filter name={up}
ps --last x
ps -l --format {{.Names}} --filter name={gone}
ps -a --filter name={gone} --filter status=exited
ps -a --filter name={gone} --filter status=running
ps --filter foo=bar
ps --filter x
ps --filter name={up} --format 'table {{.Names}}\t{{.Image}}\t{{.State}}'
ps --filter name={up} --format 'table {{.Names | upper}}'
ps --filter name={up} --format table
ps --filter name={up} --format json
ps --filter name={up} --format '{{json .}}'
ps --filter name={up} --format '{{.Names}}: {{.Ports}} {{.Command}} {{.Label "peer"}} {{json .Names}}'
ps --filter name={up} --format '{{.LocalVolumes}}|{{.Mounts}}|{{.Networks}}|{{.Size}}'
ps --filter name={up} --format '{{if eq .State "running"}}up{{else}}down{{end}} {{len .ID}} {{printf "%-20s|" .Image}}'
ps --format {{.Foo}}
ps --format '{{.ID'
ps --format {{foo}}
ps --format '{{.ID | bar}}'
ps --foo
ps -z
ps extra
ps --all=x
ps --all=false -q --filter name={gone}
container ls -q --filter name={up}
container ps -q --filter name={up}
container list extra
psx
images {repo}
images -q {repo}
images --digests {repo}
images --no-trunc {repo}
images --format json {repo}
images --format '{{.Repository}}:{{.Tag}} {{.Size}} {{.VirtualSize}}' {repo}
images --format 'table {{.Repository}}\t{{.ID}}' {repo}
images --format {{.Foo}} {repo}
images --format {{foo}}
images --filter reference={repo} -q
images -f x=y
images a b
images --foo
images nosuch
image ls {img}
image inspect nosuch
image inspect {img}
image inspect -f '{{.Os}} {{json .Config.Cmd}} {{.RepoTags}}' {img}
history {img}
history -q {img}
history --no-trunc {img}
history --human=false {img}
history --format json {img}
history --format '{{.Comment}} {{.Size}}' {img}
history nosuch
history
inspect {up}
inspect {img}
inspect nosuch
inspect {up} nosuch -f {{.Name}}
inspect -f '{{.State.Status}} {{.Name}}' {up}
inspect -f '{{.Foo}}' {up}
inspect -f '{{.State.Foo}}' {up}
inspect -f '{{.Name' {up}
inspect -f '{{.State.Running}} {{json .Config.Cmd}} {{.Config.Cmd}} {{.HostConfig.Binds}} {{.Config.Volumes}} {{len .Mounts}}' {up}
inspect -f '{{range $k, $v := .NetworkSettings.Ports}}{{$k}}={{(index $v 0).HostPort}} {{end}}' {up}
inspect -f '{{index .Config.Labels "peer"}} {{index .Config.Cmd 0}} {{.HostConfig.Memory}}' {up}
inspect -f '{{index .Config.Cmd 9}}' {up}
inspect -f '{{.Name.X}}' {up}
inspect -f '{{range .Config.Cmd}}[{{.}}]{{else}}no{{end}} {{with .Name}}{{.}}{{end}} {{not true}} {{and true .Name}} {{or "" .Name}}' {up}
inspect -f '{{join .Config.Cmd "-"}} {{title .Name}} {{lower "AB"}} {{truncate .Name 3}} {{pad .Name 1 2}}| {{split .Name "e"}}' {up}
inspect -f '{{/* c */}}{{$x := .Name}}{{$x}} {{- "t" -}} z' {up}
inspect -s -f {{.SizeRw}} {up}
inspect -f json nosuch
inspect --type image {up}
inspect --type container {img}
inspect --type foo {up}
inspect
container inspect nosuch
container inspect {up} -f {{.Name}}
top {up}
top {up} -o pid,comm
top nosuch
top {gone}
port {up}
port {up} 80
port {up} 80/tcp
port {up} 81
port {up} foo
port nosuch
port
logs {gone}
logs -n 1 {gone}
logs --tail x {gone}
logs --since foo {gone}
logs --since 1h {gone}
logs --until 2020-01-01 {gone}
logs nosuch
logs
logs a b
diff {gone}
diff nosuch
exec {up} sh -c 'exit 7'
exec {up} sh -c 'echo a; echo b >&2'
exec {up} nosuch
exec {up} /etc
exec -e A=1 -w /tmp {up} sh -c 'echo $A; pwd'
exec -u 1 {up} id
exec -w /nosuch {up} ls
exec -it {up} true
exec -d {up} true
exec {gone} ls
exec nosuch ls
exec -it nosuch ls
exec {up}
exec
attach {gone}
attach nosuch
attach
wait {gone}
wait nosuch
stop nosuch nosuch2
start nosuch
start -a {up} {gone}
kill nosuch
kill -s FOO {up}
kill {gone}
pause nosuch
unpause {up}
rename nosuch x
rename {up} {up}
rename {up} ''
rename a
restart nosuch
rm nosuch
rm {up}
rm -f nosuch
rm
rmi nosuch
rmi -f nosuch
rmi
pull BAD
pull ''
pull
pull a b
pull nosuch.invalid/x
pull -q nosuch.invalid/x
tag {img} BAD
tag {img} ''
tag nosuch a:b
tag a
tag {img} {n}:2
images {n}
rmi {n}:2
rmi {n}:2
container prune
image prune
container prune x
run
run --foo {img}
run --name
run -e
run -itx {img}
run -it {img} true
run -m abc {img}
run -m 1m {img} true
run -p abc {img}
run -p 99999:80 {img}
run -p 80:80:80:80 {img}
run -pabc
run --expose abc {img}
run --restart foo {img}
run --rm --restart always {img}
run --restart on-failure:x {img}
run --add-host foo {img}
run --cpus x {img}
run -e =x {img}
run --label =x {img}
run --network '' {img}
run --network nosuch {img} true
run --detach-keys foo {img}
run -a foo {img}
run -d -a stdin {img}
run --health-interval x {img}
run --no-healthcheck --health-cmd x {img}
run --pull foo {img}
run --pull never missing
run BAD
run ''
run nosuch.invalid/x
run --ulimit foo {img}
run --mount foo {img}
run --mount type=bind,src=/x {img}
run --mount type=foo,dst=/x {img}
create --mount type=bind,source=.,target=/x,bind-recursive=foo {img}
create --mount type=bind,source=.,target=/x,bind-recursive=writable {img}
create --mount type=bind,source=.,target=/x,bind-recursive=readonly,readonly {img}
create --mount type=bind,source=.,target=/x,bind-recursive=readonly,readonly,bind-propagation=rprivate {img}
create --mount type=tmpfs,target=/x,volume-nocopy=true {img}
create --mount type=volume,source=v,target=/x,bind-propagation=shared {img}
create --mount type=bind,source=.,target=/x,bind-propagation=foo {img}
create --mount type=bind,source=.nosuch-{RUN},target=/x {img}
create --mount type=bind,source=nosuch,target=/x {img}
create --mount type=bind,source=~,target=/x {img}
create --mount type=bind,target=/x {img}
create --mount type=volume,source=v,target=rel {img}
create --mount '' {img}
create --mount = {img}
create --mount type=,target=/x {img}
create --mount type=volume,target=/x,foo=bar {img}
create --mount type=volume,target=/x,readonly=foo {img}
create --mount 'type=bind,"source=./no,such",target=/x' {img}
create --mount 'type=bind,source="./no,target=/x' {img}
create --mount type=image,source={img},target=/x,image-subpath=a {img}
run --rm --mount type=bind,source=.,target=/x,bind-recursive=disabled,ro {img} sh -c 'ls -d /x; touch /x/y'
run --rm --mount TYPE=bind,src=./,dst=/x {img} ls -d /x
run --blkio-weight x {img}
run --blkio-weight-device foo {img}
run --blkio-weight-device sda:200 {img}
run --blkio-weight-device /dev/sda:5 {img}
run --device-read-bps foo {img}
run --device-read-bps /dev/sda:x {img}
run --device-write-iops /dev/sda:1k {img}
run --device-read-iops /dev/sda:-1 {img}
run --device-cgroup-rule foo {img}
run --device-cgroup-rule 'c 1:3 rwmr' {img}
run --cpu-rt-period x {img}
run --gpus x {img}
run --gpus foo=1 {img}
run --gpus driver=x,driver=y {img}
run --gpus '' {img}
run --isolation hyperv {img}
run --isolation foo {img}
run --kernel-memory x {img}
run --kernel-memory 5m {img}
run --memory-swappiness x {img}
run --memory-swappiness 101 {img}
create --annotation a=b {img}
create --health-start-interval 1s {img}
create --name {n} --label peer={RUN} --blkio-weight 300 --blkio-weight-device /dev/sda:200 --device-read-bps /dev/sda:1mb --device-write-bps /dev/sda:2kb --device-read-iops /dev/sda:100 --device-write-iops /dev/sda:5 --cpu-rt-period 1000 --cpu-rt-runtime 950 --device-cgroup-rule 'c 1:3 rwm' --gpus 'count=2,"capabilities=utility,compute","options=a=b"' --isolation default --memory-swappiness 50 --volume-driver local {img}
inspect -f '{{json .HostConfig}}' {n}
rm {n}
create --name {n} --label peer={RUN} --use-api-socket {img}
inspect -f '{{json .HostConfig.Mounts}} {{json .Config.Env}}' {n}
rm {n}
create --name {n} --label peer={RUN} --mount src={n}-mv,dst=/x,volume-driver=local,volume-label=a=b,volume-subpath=s --mount type=bind,source=.,target=/y {img}
inspect -f '{{json .HostConfig.Mounts}}' {n}
rm -v {n}
run --env-file /nosuch {img}
run --tmpfs x {img}
run -v /x:relative {img} true
run -v : {img}
run -w rel {img}
run --ip x {img}
run --log-driver foo {img}
run --security-opt foo {img}
run --cap-add foo {img}
run --dns foo {img}
run --stop-signal FOO {img}
run --pids-limit x {img}
run --storage-opt foo {img}
run --network-alias x {img}
run --cgroupns foo {img}
run --help=x
run --name {up} {img}
run --name 'bad name' {img}
run --rm {img} nosuch
run --rm {img} /etc/passwd
run --rm -u nosuch {img} true
run --rm {img} sh -c 'exit 3'
run --rm {img} sh -c 'kill -9 $$'
run --rm {img} sh -c 'echo out; echo err >&2'
run --rm {img} echo "hello from {img}"
run --rm -e A=1 -e B -w /tmp -h box -u 1:2 {img} sh -c 'echo $A $B; pwd; hostname; id -u; id -g'
run --rm --entrypoint echo {img} a b
run --rm --entrypoint '' {img} echo c
run --rm --read-only --tmpfs /t {img} sh -c 'touch /x; touch /t/y && ls /t'
run --rm --add-host box:10.9.8.7 {img} grep box /etc/hosts
run --rm -a stdout {img} sh -c 'echo out; echo err >&2'
run --rm -t {img} echo tty
run --rm --init {img} sh -c 'test $$ != 1 && echo init'
run --rm --memory 64m --cpus 0.5 --pids-limit 50 {img} true
run --rm --mount type=tmpfs,dst=/t,tmpfs-size=1m {img} sh -c 'mount | grep -c /t'
run --rm -v {n}-vol:/data {img} sh -c 'echo x > /data/f; ls /data'
run --rm -v {n}-vol:/data:ro {img} sh -c 'cat /data/f; touch /data/g'
run --rm -v /nosuch-{n} {img} ls -d /nosuch-{n}
run --rm --dns 10.1.1.1 --dns-search a.b {img} cat /etc/resolv.conf
run -d --name {n} --label peer={RUN} -p 80 {img} sleep 300
run --rm --network container:{n} {img} hostname
inspect -f '{{json .HostConfig}}' {n}
inspect -f '{{json .Config.Env}} {{.Config.AttachStdout}} {{.Config.OpenStdin}} {{.Config.StdinOnce}}' {n}
ps --filter name={n} --format '{{.Names}} {{.State}}'
pause {n}
pause {n}
ps --filter name={n} --format {{.Status}}
exec {n} ls
unpause {n}
exec {n} sh -c 'echo x >/tmp/q; rm /etc/group'
diff {n}
rename {n} {n}-x
rename {n}-x {n}
kill -s USR1 {n}
stop -t 0 {n}
stop {n}
ps -a --filter name={n} --format {{.State}}
start {n}
restart -t 0 {n}
kill {n}
kill {n}
rm {n}
rm {n}
create --name {n} --label peer={RUN} {img} sh -c 'echo one; exit 4'
start -a {n}
logs {n}
logs -t {n}
wait {n}
rm -v {n}
create -it --name {n} --label peer={RUN} --restart on-failure:2 --ulimit nofile=100:200 --cap-drop ALL --cap-add NET_RAW --security-opt no-new-privileges --health-cmd 'true' --health-interval 5s --stop-timeout 3 --stop-signal INT --shm-size 32m --sysctl net.core.somaxconn=64 --network bridge --domainname d --group-add 7 --log-opt max-size=1m -p 127.0.0.1::81/udp --expose 90-91 --device /dev/null:/dev/n:r {img}
inspect -f '{{json .HostConfig}} {{json .Config.Healthcheck}} {{.Config.StopSignal}} {{json .Config.ExposedPorts}} {{.Config.Tty}} {{.Config.OpenStdin}} {{.Config.StdinOnce}} {{.Config.AttachStdin}} {{.Config.Domainname}}' {n}
rm -f {n} nosuch
run --help
ps --help
container
image
help run

run -h
"""

# Lines typed at a terminal: what is typed (with pauses), and the line.
TYPED = [
    (b"", "run -it --rm {img} sh -c 'sleep 2; tty; stty size'"),
    (b"echo hi\nexit 5\n", "run -it --rm {img}"),
    (b"exit 6\n", "exec -it {up} sh"),
    (b"\x10\x11", "run -it --name {n} --label peer={RUN} {img}"),
    (b"\x10\x11", "attach {n}"),
    (b"", "rm -f {n}"),
    (b"\x10\x11", "exec -it {up} sh"),
    (b"", "ps --filter name={up}"),
]

# Lines with standard input.
PIPED = [
    (b"one\ntwo\n", "run -i --rm {img} wc -l"),
    (b"x" * 300_000, "run -i --rm {img} sh -c 'cat | wc -c'"),
    (b"y" * 1_000_000, "run -i --rm {img} cat"),
    (b"in\n", "exec -i {up} cat"),
    (b"in\n", "run --rm {img} cat"),
    (b"n\n", "container prune"),
]
