"""Command lines of networks, right and wrong ones. See ../docker_lines.py for what the names mean."""

MEANT = {
    r"--help$": "our pages are in our own words",
    r"^network$": "our pages are in our own words",
    r"^network inspect -f '\{\{\.IPAM\}\}'": "the reference prints Go structs",
}

# What ours makes carries the lab's label beside those of the line.
MASKS = [
    (r"z=,x=y", "x=y,z="),  # the reference keeps no order
    (r',\s*"distlab": ?"\w+"|"distlab": ?"\w+",?\s*', ""),
    (r"\{\s+\}", "{}"),
    (r",distlab=\w+|distlab=\w+,?", ""),
    # The engine gives each new network the next free addresses.
    (r"\b(172\.\d+\.\d+|192\.168\.\d+)\.", "NET."),
    (r"NET\.0/\d+", "NET.0/BITS"),
    (r"= [\d./]+ ms", "= SPANS"),
    # The engine names them in no order.
    (r"network endpoints: .*", "network endpoints: SEVERAL"),
]

# The engine looks for a plugin of that name for 15 seconds.
AT_ONCE = [r"^network create (-d|--ipam-driver) nosuch "]

LINES = r"""
network
network foo
network --foo
network create
network create a b
network create --foo x
network create {n}-net
network create {n}-net
network create --subnet foo {n}-w
network create --subnet 10.90.0.0/33 {n}-w
network create --subnet 10.90.0.0/24 --gateway 10.2.0.1 {n}-w
network create --subnet 10.90.0.0/24 --gateway foo {n}-w
network create --gateway 10.2.0.1 {n}-w
network create --ip-range 10.2.0.1/24 {n}-w
network create --subnet 10.90.0.0/24 --ip-range foo {n}-w
network create --subnet 10.90.0.0/24 --ip-range 10.91.0.0/25 {n}-w
network create --subnet 10.90.0.0/24,10.95.0.0/24 --ip-range 10.90.0.0/25 --ip-range 10.90.0.0/26 {n}-w
network create --subnet 10.90.0.0/24,10.95.0.0/24 --gateway 10.90.0.1,10.90.0.2 {n}-w
network create --subnet 10.90.0.0/24,10.95.0.0/24 {n}-w
network create --subnet 10.90.0.0/24 --subnet 10.90.0.0/25 {n}-w
network create --subnet 10.90.0.0/24 --aux-address a=10.91.0.1 {n}-w
network create --aux-address foo {n}-w
network create --label =x {n}-w
network create -d nosuch {n}-w
network create -d overlay {n}-w
network create --scope foo {n}-w
network create --ingress {n}-w
network create --ipv6 {n}-w
network create ''
network create host
network create --config-only --label kind=conf {n}-conf
network create --config-from {n}-conf {n}-from
network create --config-from nosuch {n}-w
network inspect {n}-from
network create --internal --attachable -o a=b --opt c --label x=y --label z {n}-more
network inspect {n}-more
network rm {n}-from {n}-conf
network create --ipam-driver nosuch {n}-w
network create --ipv4=false {n}-four
network ls --filter name={n} --format '{{.Name}} {{.Driver}} {{.Scope}}'
network ls --filter name={n}
network ls -q --filter name={n}
network ls --no-trunc --filter name={n}
network ls --filter driver=host
network ls --filter foo=bar
network ls --filter x
network ls --filter dangling=x
network ls --filter type=builtin
network ls --filter id=nosuch
network ls --filter label=x=y --filter name={n}
network ls --filter name={n}-more --format json
network ls --filter name={n}-more --format '{{json .}}'
network ls --filter name={n}-more --format '{{.Labels}} {{.Label "x"}} {{.IPv6}} {{.IPv4}} {{.Internal}}'
network ls --filter name={n}-more --format 'table {{.Name}}\t{{.IPv6}}\t{{.IPv4}}\t{{.Internal}}'
network ls --filter name={n}-more --format 'table {{.ID}}\t{{.CreatedAt}}'
network ls --filter name={n} -q --format '{{.Name}}'
network ls --filter name={n} -q --format table
network ls --format {{.Foo}}
network ls --format {{foo}}
network ls x
network list --filter name={n}
network inspect
network inspect nosuch
network inspect ''
network inspect {n}-net nosuch
network inspect {n}-net -f {{.Name}}
network inspect -v {n}-net
network inspect -f '{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}}{{end}}' {n}-net
network inspect -f '{{.IPAM}}' {n}-net
network inspect -f '{{.Options}} {{.Internal}}' {n}-net
network inspect -f '{{.Foo}}' {n}-net
network inspect -f '{{.Name' {n}-net
network inspect -f json {n}-net
network inspect --size {n}-net
inspect {n}-net
inspect --type network {n}-net -f {{.Driver}}
inspect --type network nosuch
network connect
network connect a
network connect nosuch nosuch
network connect {n}-net nosuch
network connect nosuch {up}
network connect '' x
network connect x ''
network connect --driver-opt foo x y
network connect --link a:b:c x y
network connect --gw-priority x y z
run -d --name {n}-c1 --network {n}-net --network-alias one {img} sleep 100
run -d --name {n}-c2 {img} sleep 100
network connect --alias two,zwei --alias deux {n}-net {n}-c2
network connect {n}-net {n}-c2
network connect {n}-more {n}-c2
inspect -f '{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{len $v.Aliases}} {{end}}' {n}-c2
inspect -f '{{json (index .NetworkSettings.Networks "bridge").Links}}' {n}-c2
exec {n}-c1 ping -c 1 -q -w 5 zwei
exec {n}-c2 ping -c 1 -q -w 5 one
network inspect -f '{{len .Containers}}' {n}-net
network rm {n}-net
network disconnect
network disconnect {n}-net nosuch
network disconnect -f {n}-net nosuch
network disconnect nosuch {n}-c1
network disconnect '' x
network disconnect x ''
network disconnect {n}-net {n}-c2
network disconnect {n}-net {n}-c2
network disconnect -f {n}-net {n}-c1
rm -f -t {n}-c1 {n}-c2
rm -f {n}-c1 {n}-c2
network rm
network rm nosuch
network rm -f nosuch
network rm '' {n}-four
network rm bridge
network rm -f bridge
network rm {n}-net nosuch {n}-more
network remove {n}-net
network prune x
network prune --filter foo=bar -f
network prune --filter x -f
network create --label peer={n} {n}-p1
network prune -f --filter label=peer={n}
network prune -f --filter label=peer={n}
network create {n}-adv
network create {n}-adv2
create --name {n}-m1 --network name={n}-adv,alias=x {img}
inspect -f '{{(index .NetworkSettings.Networks "{n}-adv").Aliases}} {{.HostConfig.NetworkMode}}' {n}-m1
create --name {n}-m2 --network {n}-adv --network-alias q --network-alias r {img}
inspect -f '{{(index .NetworkSettings.Networks "{n}-adv").Aliases}}' {n}-m2
create --name {n}-m3 --network {n}-adv --link {up}:db {img}
inspect -f '{{(index .NetworkSettings.Networks "{n}-adv").Links}} {{.HostConfig.Links}}' {n}-m3
create --name {n}-m4 --link {up}:db {img}
create --name {n}-m5 --network {n}-adv --network {n}-adv2 {img}
create --name {n}-w --network {n}-adv --network {n}-adv {img}
create --name {n}-w --network host --network {n}-adv {img}
create --name {n}-w --network name={n}-adv,foo=x {img}
create --name {n}-w --network alias=x {img}
create --name {n}-w --network {n}-adv,alias=x {img}
create --name {n}-w --network name={n}-adv,driver-opt=x {img}
create --name {n}-w --network name={n}-adv,ip=1.2.3 {img}
create --name {n}-w --network name={n}-adv,mac-address=02:42:ac:11:00:09 {img}
create --name {n}-w --network name={n}-adv,alias=x --network-alias y {img}
create --name {n}-w --network name={n}-adv,ip=10.5.0.8 --ip 10.5.0.9 {img}
create --name {n}-w --network bridge --link {up} {img}
create --name {n}-w --network-alias x {img}
create --name {n}-w --link a:b:c {img}
run --rm --network nosuch {img} true
rm {n}-m1 {n}-m2 {n}-m3 {n}-m4
network rm {n}-adv {n}-adv2
network connect --help
"""

PIPED = [
    (b"n\n", "network prune"),
    (b"", "network prune --filter until=24h"),
    (b"y\n", "network prune --filter label=nosuch"),
    (b"yes\n", "network prune --filter label=nosuch"),
]


def clean_up(lines):
    for side in lines.SIDES:
        containers = ("c1", "c2", "m1", "m2", "m3", "m4", "m5", "w")
        lines.reference("rm", "-f", *(f"{side}-{name}" for name in containers))
        networks = ("net", "w", "from", "conf", "more", "four", "p1", "adv", "adv2")
        lines.reference("network", "rm", "-f", *(f"{side}-{name}" for name in networks))
