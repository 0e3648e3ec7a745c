"""Templates over the engine's answers, command lines with moments, and `--format raw`: what the engine
leaves out is the zero of its type. See ../docker_lines.py for what the names mean."""

MASKS = [
    (r',?"(com\.)?distlab[^"]*": ?"\w+"', ""),
    (r"map\[distlab:\w+ ?", "map["),
    (r",?distlab=\w+,?", ""),
    (r"\b179\d{7}\b", "UNIX"),
    # The engine's answer to the first of two sides is a moment older.
    (r"SPAN ", "SPAN"),
]

MEANT = {
    r"\.KernelMemory": "the reference has left the type of an older engine",
}

LINES = r"""
inspect -f '{{if .State.Health}}a{{else}}b{{end}}{{with .State.Health}}c{{end}}' {up}
inspect -f '{{.State.Health}} {{json .State.Health}}' {up}
inspect -f '{{.State.Health.Status}}' {up}
inspect -f '{{range .State.Health.Log}}x{{end}}' {up}
inspect -f '{{.HostConfig.Init}} {{json .HostConfig.Init}}' {up}
inspect -f '{{.Config.StopSignal}}|{{.Config.StopTimeout}} {{json .Config.StopTimeout}}' {up}
inspect -f '{{.HostConfig.PidsLimit}} {{.HostConfig.OomKillDisable}} {{.HostConfig.MemorySwappiness}}' {up}
inspect -f {{.ID}} {up}
inspect -f {{.Id}} {up}
inspect -f '{{.ID}} {{.Id}}' {up}
inspect -f '{{.SizeRw}} {{json .SizeRw}} {{.Config.Healthcheck}}' {up}
inspect -f '{{json .State}}' {up}
inspect -f '{{json .Config}}' {up}
inspect -f '{{.HostConfig.DNS}}{{.HostConfig.CPUShares}} {{.HostConfig.NanoCPUs}}' {up}
inspect -f '{{.Config.Shell}} {{json .Config.Shell}} {{.Config.OnBuild}} {{json .HostConfig.Isolation}}' {up}
inspect -f '{{.HostConfig.StorageOpt}} {{json .HostConfig.Sysctls}} {{.HostConfig.Mounts}} {{len .HostConfig.Mounts}}' {up}
inspect -f '{{.Config.Labels.foo}}|{{index .Config.Labels "foo"}}|' {up}
inspect -f '{{.NetworkSettings.Networks.none.IPAddress}}|{{index .NetworkSettings.Networks "none"}}' {up}
inspect -f '{{.NetworkSettings.SecondaryIPAddresses}} {{.NetworkSettings.HairpinMode}} {{.NetworkSettings.Bridge}}|' {up}
inspect -f '{{.HostConfig.RestartPolicy}} {{.HostConfig.LogConfig}}' {up}
inspect -f '{{.HostConfig.Resources.Memory}} {{.ContainerJSONBase.Name}} {{.Config.Volumes}} {{json .Config.Volumes}}' {gone}
inspect -f '{{.GraphDriver.Name}} {{.ExecIDs}} {{json .ExecIDs}} {{.Mounts}} {{json .Mounts}}' {gone}
inspect -f '{{.HostConfig.Init}}{{.Foo}}' {up}
inspect -f '{{.Config.StopSignal.X}}' {up}
inspect -f '{{.State.Running | printf "%5t|"}} {{.Created}}' {up}
inspect -f '{{.Os}} {{.Variant}}|{{.OsVersion}}|{{.Config.Healthcheck}} {{json .Config.Healthcheck}}' {img}
inspect -f '{{.Metadata.LastTagTime}} {{.Created}}' {img}
inspect -f '{{json .Metadata}}' {img}
inspect -f '{{.RootFS.BaseLayer}}' {img}
inspect -f '{{.Identity}}' {img}
inspect -f '{{.Descriptor}} {{.Container}}|{{.ContainerConfig.Hostname}}|{{.ContainerConfig.Healthcheck}}' {img}
inspect -f '{{json .Config}} {{.Config.ArgsEscaped}} {{.Config.StopSignal}}|' {img}
inspect -f '{{.Config.Hostname}}|' {img}
inspect -f '{{.Config.Memory}}' {img}
image inspect -f '{{.RepoDigests}} {{json .RepoDigests}} {{.Author}}|{{.Parent}}|' {img}
network create {n}-net
network inspect -f '{{.Peers}} {{json .Peers}} {{.Services}} {{.ConfigOnly}} {{.EnableIPv4}}' {n}-net
network inspect -f '{{.Created.Year}}' nosuch
network inspect -f {{.Created}} {n}-net
network inspect -f '{{json .IPAM.Options}} {{.IPAM.Options}} {{.ConfigFrom}}' {n}-net
network inspect -f '{{range .IPAM.Config}}{{.IPRange}}|{{.AuxAddress}}{{end}}' {n}-net
network inspect -f {{.Status}} {n}-net
network rm {n}-net
volume create {n}-v
volume inspect -f '{{.Status}} {{json .Status}} {{.UsageData}} {{json .UsageData}} {{.ClusterVolume}}' {n}-v
volume inspect -f {{.UsageData.Size}} {n}-v
inspect --type volume -f {{.UsageData.Size}} {n}-v
volume inspect -f {{.Foo}} {n}-v
inspect --type volume -f {{.Foo}} {n}-v
volume inspect -f '{{.Labels.x}}|{{index .Labels "x"}}|{{.Options}}' {n}-v
volume rm {n}-v
info -f {{.Foo}}
info -f {{.Swarm.Foo}}
info -f {{.Swarm.Cluster}}
info -f '{{json .Swarm.Cluster}}'
info -f {{.Swarm.Cluster.ID}}
info -f '{{.HTTPProxy}}|{{.HttpProxy}}'
info -f '{{.CPUCfsPeriod}} {{.Containerd}} {{.FirewallBackend}} {{.ServerErrors}}'
info -f {{.CpuCfsPeriod}}
info -f '{{.ProductLicense}}|{{.CDISpecDirs}} {{json .CDISpecDirs}} {{.Labels}} {{.GenericResources}}'
info -f '{{.Info.ID}}{{.DefaultAddressPools}}'
info -f '{{.ClientInfo.Debug}} {{.Client.Version}}'
version -f {{.Foo}}
version -f {{.Server.Foo}}
version -f '{{.Server.Experimental}} {{.Server.APIVersion}}'
version -f '{{.Server.APIVersion}} {{.Server.ApiVersion}}'
version -f '{{.Server.Components}}'
version -f '{{json .Server.Experimental}} {{.Client.Arch}} {{.Client.APIVersion}}'
events --since 2000-01-01 --until 1s --filter container={gone} --format '{{.ID}} {{.Status}} {{.From}} {{.Type}} {{.Actor.ID}} {{.Scope}}'
events --since 2000-01-01 --until 1s --filter container={gone} --format {{.Foo}}
events --since 2000-01-01 --until 1s --filter container={gone} --format {{.Actor.Foo}}
events --since 2000-01-01 --until 1s --filter container={gone} --format {{.id}}
events --since 2000-01-01 --until 1s --filter container={gone} --format '{{.Actor.Attributes.nosuch}}'
events --since 2026-13-01 --until 1s
inspect -f '{{printf "%.12s" .ID}}|{{printf "%-20.5s|" .Name}}' {up}
inspect -f '{{printf "%5.2f" 3.14159}} {{printf "%08.3f" 3.14159}} {{printf "%e %g %v" 1234.5 0.00001 1e6}} {{1.5}}' {up}
inspect -f '{{printf "%x" "abc"}} {{printf "%X" 255}} {{printf "%#x" 255}} {{printf "%o %b" 8 5}} {{printf "% x" "ab"}}' {up}
inspect -f '{{printf "%+d % d %05d" 5 6 -7}} {{printf "%c %U" 65 65}} {{printf "%T" .Name}}' {up}
inspect -f '{{printf "%d" .Name}} {{printf "%s" 5}} {{printf "%s" true}} {{printf "%t" "x"}} {{printf "%z" 5}}' {up}
inspect -f '{{printf "%s"}} {{printf "%s" "a" "b"}} {{printf "%"}} {{printf "%5%|"}}' {up}
inspect -f '{{printf "%*d|" 6 5}} {{printf "%[2]s %[1]s" "a" "b"}}' {up}
inspect -f '{{printf "%q %+q" "é" "é"}} {{printf "%.3v" "abcdef"}} {{printf "%.2q" "abc"}} {{printf "%5t|" true}}' {up}
inspect -f '{{printf "%s %v %q" .Config.Cmd .Config.Env .Config.Cmd}}' {up}
inspect -f '{{printf "%v" .State.Health}} {{printf "%s" .State.Health}} {{printf "%v" nil}}' {up}
inspect -f '{{0x1F}} {{1_000}} {{-3}} {{+4}}' {up}
inspect -f "{{'a'}} {{print 1 2 \"a\" \"b\" 3}} {{println 1 2}}" {up}
inspect -f '{{range 3}}x{{.}}{{end}} {{range .Config.Cmd}}{{.}}{{break}}{{end}} {{range $i, $e := .Config.Cmd}}{{$i}}{{continue}}{{end}}' {up}
inspect -f '{{$x := 1}}{{$x = 2}}{{$x}} {{urlquery "a b"}} {{js "a<b"}} {{html "<"}}' {up}
inspect -f '{{eq .Name 1}}' {up}
inspect -f '{{eq .State.Pid 1.0}}' {up}
inspect -f '{{and}}' {up}
inspect -f '{{not}}' {up}
inspect -f '{{json}}' {up}
inspect -f '{{nil}}' {up}
inspect -f '{{join .Config.Cmd}}' {up}
inspect -f '{{index .Config.Cmd 0 1}} {{index "abc" 1}} {{len "é"}}' {up}
inspect -f '{{with .State.Health}}a{{else with .Name}}b{{end}} {{"\u00e9\x41"}}' {up}
ps --filter name={up} --format '{{printf "%.3s" .ID | len}} {{printf "%-20.4s|" .Names}}'
ps -a --filter name={gone} --format raw
ps -a -s --filter name={gone} --format raw
ps -aq --filter name={gone} --format raw
ps -aq --filter name={gone} --format '{{.Names}}'
ps -aq --filter name={gone} --format table
images {repo} --format raw
images {repo} --digests --format raw
images -q {repo} --format raw
images {repo} --format ' raw'
images {repo} --format 'raw x'
network ls --filter name=bridge --format raw
network ls -q --filter name=bridge --format raw
system df --format raw
history {img} --format raw
logs --since 2026-13-22 {gone}
logs --since 2026-02-30 {gone}
logs --since 2026-11-22T25:00:00 {gone}
logs --since foo-bar {gone}
logs --since 1e5 {gone}
logs --since '2026-11-22 10:00:00' {gone}
logs --since 17000.-5 {gone}
logs --since 1700000000.x {gone}
logs --since 0 {gone}
logs --since 1700000000.123456789 {gone}
logs --since 2020-11-22T10:01:02.123456789Z {gone}
logs --until 2020-11-22T10:01+02:00 {gone}
logs --until 2020-11-22T10:01:02,5 {gone}
logs --since 2020-11-22+02:00 {gone}
logs --until 2099-11-22T10 {gone}
search
search a b
search --limit 101 x
search --filter foo=bar x
search --filter is-official=x y
search --filter stars=x y
search --limit x y
search 127.0.0.1:1/x
"""
