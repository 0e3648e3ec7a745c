"""Command lines of volumes, right and wrong ones. See ../docker_lines.py for what the names mean."""

MEANT = {
    r"--help$": "our pages are in our own words",
    r"^volume$": "our pages are in our own words",
    r"^volume create a b$": "the reference misprints 'Run' as 'SRun'",
}

MASKS = [
    (r"z=,x=y", "x=y,z="),  # the reference keeps no order
    (r',\s*"distlab": ?"\w+"|"distlab": ?"\w+",?\s*', ""),
    (r'"Labels": ?(null|\{\s*\})', '"Labels": NONE'),
    (r",distlab=\w+|distlab=\w+,?", ""),
    (r"map\[distlab:\w+ ?", "map["),
    # The other side's volumes are unused too.
    (r"(?m)^peer\d+-[ab]-\w+\n", ""),
    (r'"Options": ?(null|\{\})', '"Options": NONE'),
]

# The engine looks for a plugin of that name for 15 seconds.
AT_ONCE = [r"^volume create -d nosuch "]

LINES = r"""
volume
volume foo
volume --foo
volume create a b
volume create {n}-vol
volume create {n}-vol
volume create
volume create --name {n}-two
volume create --name {n}-two {n}-three
volume create --label x=y --label z -o type=tmpfs -o device=tmpfs {n}-tmp
volume create -o foo=bar {n}-w
volume create -o type=nfs {n}-w
volume create -d nosuch {n}-w
volume create a/b
volume create x
volume create --label =x {n}-w
volume create --label
volume create --foo
volume ls --filter name={n}
volume ls -q --filter name={n}
volume list -q --filter name={n}
volume ls --filter name={n} --filter label=x=y
volume ls --filter foo=bar
volume ls --filter x
volume ls --filter dangling=x
volume ls --filter driver=nosuch
volume ls --filter name={n}-tmp --format json
volume ls --filter name={n}-tmp --format '{{json .}}'
volume ls --filter name={n}-tmp --format '{{.Name}} {{.Labels}} {{.Label "x"}} {{.Size}} {{.Links}}'
volume ls --filter name={n}-tmp --format 'table {{.Name}}\t{{.Driver}}\t{{.Scope}}\t{{.Links}}\t{{.Size}}\t{{.Availability}}\t{{.Group}}\t{{.Status}}'
volume ls --format {{.Foo}}
volume ls --format {{foo}}
volume ls x
volume inspect
volume inspect nosuch
volume inspect ''
volume inspect {n}-vol
volume inspect {n}-tmp nosuch {n}-two
volume inspect -f '{{.Name}} {{.Driver}} {{.Options}}' {n}-tmp
volume inspect -f '{{.Foo}}' {n}-vol
volume inspect -f '{{.Name' {n}-vol
volume inspect -f json {n}-tmp
volume inspect --foo x
inspect {n}-vol
inspect --type volume -f '{{.Name}}' {n}-vol
inspect --type volume nosuch
run -d --name {n}-c -v {n}-vol:/data {img} sleep 100
volume ls --filter dangling=true --filter name={n} -q
volume ls --filter dangling=false --filter name={n} -q
exec {n}-c touch /data/x
inspect -f '{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}} {{.RW}}{{end}}' {n}-c
rm -f {n}-c
run --rm -v {n}-vol:/d {img} ls /d
run --rm --mount type=volume,source={n}-new,target=/d {img} ls /d
volume rm
volume rm nosuch
volume rm -f nosuch
volume rm ''
volume rm {n}-two nosuch {n}-new
volume remove {n}-new
volume update
volume update x
volume update --availability drain x
volume prune x
volume prune --all
volume prune -a -f
volume prune --filter foo=bar -f
volume prune --filter until=24h -f
volume prune --filter x -f
volume prune -f --filter label=x=nosuch
volume create --label peer={n} {n}-p
volume prune -f --filter label=peer={n}
volume rm {n}-vol {n}-tmp
volume create --help
"""

PIPED = [
    (b"n\n", "volume prune"),
    (b"", "volume prune --filter label=x"),
    (b"y\n", "volume prune --filter label=nosuch"),
]


def clean_up(lines):
    for side in lines.SIDES:
        lines.reference("rm", "-fv", f"{side}-c")
        volumes = ("vol", "two", "three", "tmp", "new", "w", "p")
        lines.reference("volume", "rm", "-f", *(f"{side}-{name}" for name in volumes))
