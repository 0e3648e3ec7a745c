"""Command lines of the engine as a whole and of what containers use, right and wrong ones. See
../docker_lines.py for what the names mean."""

import subprocess

MEANT = {
    r"--help$": "our pages are in our own words",
    r"^system$": "our pages are in our own words",
}

# What is measured differs from one moment to the next.
MASKS = [
    (r"\d+(\.\d+)?(e\+\d+)?(B|kB|MB|GB|KiB|MiB|GiB)\b", "SIZE"),
    (r"\d+\.\d\d%", "PERCENT"),
    (r"(SIZE|PERCENT|0%\)) +", r"\1 "),
    (r'"distlab": ?"\w+",?|distlab=\w+(, |,)?', ""),
    (r"map\[distlab:\w+ ?", "map["),
    (r'"time(Nano)?": ?\d+', "TIME"),
    (r"\b179\d{7,}\b", "UNIX"),
    (r"\n\n", "\n"),
]

# A figure with one digit more makes its column wider.
AGAIN = [r"^(container )?stats --no-stream"]

# `--until 0s` ends with the whole second before: what was done just now is not yet seen.
AFTER = {r"^run --name \{n\}-ev ": "exec {up} sleep 1"}

LINES = r"""
system
system foo
system --foo
system df
system df --format json
system df --format '{{json .}}'
system df --format '{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}'
system df --format 'table {{.Type}}\t{{.TotalCount}}'
system df --format table
system df --format {{.Foo}}
system df --format {{foo}}
system df x
system df --foo
system df -v --format '{{range .Containers}}{{.Names}} {{.Image}} {{.State}} {{end}}'
system df -v --format '{{range .Images}}{{if eq .Repository "{repo}"}}{{.Repository}} {{.Tag}} {{.Containers}} {{end}}{{end}}'
system df -v --format '{{.Images'
system df -v
system df -v --format table
system df -v --format json
stats --no-stream {up}
stats --no-stream {up} {gone}
stats --no-stream --no-trunc {up}
stats --no-stream nosuch
stats --no-stream {up} nosuch
stats nosuch
stats --no-stream --format json {up}
stats --no-stream --format '{{.Container}} {{.Name}} {{.ID}} {{.PIDs}} {{.CPUPerc}} {{.MemPerc}}' {up}
stats --no-stream --format 'table {{.Container}}\t{{.PIDs}}' {up} {gone}
stats --no-stream --format {{.Foo}} {up}
stats --no-stream --format {{foo}} {up}
stats --foo
stats --no-stream=x
container stats --no-stream --format '{{.NetIO}} {{.BlockIO}}' {gone}
update
update {up}
update --foo x
update --memory 64m {up}
update --memory 64m --memory-swap 128m {up}
inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}' {up}
update --memory-swap -1 {up}
update --memory 1 {up}
update --memory x {up}
update --cpus 0.5 --pids-limit 20 --restart always {up} nosuch
inspect -f '{{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.HostConfig.RestartPolicy.Name}}' {up}
update --restart no {up}
update --restart foo {up}
update --restart on-failure:x {up}
update --restart on-failure:3 {gone}
update --restart '' {up}
update --cpus x {up}
update --cpus 100 {up}
update --cpus 1 --cpu-quota 5000 {up}
update --cpu-shares 512 ''
update --cpu-shares x {up}
update --cpuset-cpus 0 {up}
update --cpuset-cpus 99 {up}
update --blkio-weight 500 {up}
update --blkio-weight 70000 {up}
update --blkio-weight x {up}
container update --pids-limit -1 {up} {gone}
run --name {n}-ev --label k=v {img} true
system events --since 1m --until 0s --filter container={n}-ev --filter event=die
events --since 1m --until 0s --filter container={n}-ev --filter event=start --format '{{.Type}} {{.Action}} {{.Status}} {{.From}} {{.Scope}}'
events --since 1m --until 0s --filter container={n}-ev --filter event=create --format '{{.Actor.Attributes.name}} {{.ID}}'
events --since 1m --until 0s --filter container={n}-ev --filter event=start --format '{{json .Actor.Attributes.image}}'
events --since 1m --until 0s --filter container={n}-ev --filter event=start --format json
events --since 1m --until 0s --filter container={n}-ev --format '{{.Foo}}'
events --since 1m --until 0s --filter type=network --filter event=nosuch
events --since x
events --until x
events --format {{foo}} --since 1m --until 0s
events --filter x
events x
rm {n}-ev
system prune x
system prune --foo
system prune --filter x
system prune -f --filter foo=bar
system prune -f --volumes --filter until=24h
system prune -f --filter label=peer=nosuch
system prune -f -a --volumes --filter label=peer=nosuch
run --name {n}-pr --label mine={n} {img} true
network create --label mine={n} {n}-pr
volume create --label mine={n} {n}-pr
system prune -f --volumes --filter label=mine={n}
network ls -q --filter name={n}-pr
system info --format '{{.ServerVersion}} {{.Driver}}'
system df --help
"""

PIPED = [
    (b"n\n", "system prune"),
    (b"", "system prune -a"),
    (b"n\n", "system prune --volumes"),
    (b"n\n", "system prune -a --volumes --filter label=x --filter label!=y"),
    (b"y\n", "system prune --filter label=nosuch"),
]


def clean_up(lines):
    quiet = {"capture_output": True, "text": True, "check": False}
    for side in lines.SIDES:
        subprocess.run(lines.REFERENCE + ["rm", "-f", f"{side}-ev", f"{side}-pr"], **quiet)
        subprocess.run(lines.REFERENCE + ["network", "rm", "-f", f"{side}-pr"], **quiet)
        subprocess.run(lines.REFERENCE + ["volume", "rm", "-f", f"{side}-pr"], **quiet)
