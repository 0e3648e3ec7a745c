//! What a service can be told: flags of `create`, of `update`, and those that both have.

use super::grammar;
use crate::container::mounts;
use crate::values;
use command_line::flags::{Flag, flag, float, int, switch, uint};

/// Flags that `create` and `update` share.
pub(super) static COMMON: &[Flag] = &[
    flag("credential-spec", "credential-spec", "Credentials of a managed account (Windows)")
        .check(grammar::check_credentials),
    switch("detach", "Do not wait until it has converged").short('d'),
    flag("endpoint-mode", "string", "How its name is resolved (vip or dnsrr)"),
    flag("entrypoint", "command", "Run this instead of the image's ENTRYPOINT")
        .check(grammar::check_words),
    flag("health-cmd", "string", "Command that tells whether a task is healthy"),
    flag("health-interval", "duration", "Time between two such commands").check(grammar::span),
    flag("health-retries", "int", "How many must fail in a row").check(int),
    flag("health-start-period", "duration", "Time to get ready").check(grammar::span),
    flag("health-timeout", "duration", "Time each may take").check(grammar::span),
    flag("hostname", "string", "Host name of the containers"),
    switch("init", "Run a small init as the first process"),
    flag("isolation", "string", "How containers are kept apart (Windows)"),
    flag("limit-cpu", "decimal", "Most processors a task may use").check(values::cpus),
    flag("limit-memory", "bytes", "Most memory a task may use").check(values::size),
    flag("limit-pids", "int", "Most processes a task may have").check(int),
    flag("log-driver", "string", "Where the output goes"),
    flag("log-opt", "list", "Option of the log driver"),
    flag("max-concurrent", "uint", "Tasks of a job that run at once").check(uint),
    switch("no-healthcheck", "Do not use the image's health check"),
    switch("no-resolve-image", "Do not ask the registry which image the name means now"),
    switch("quiet", "Do not show the progress").short('q'),
    switch("read-only", "Mount the file system of the image read-only"),
    flag("replicas", "uint", "Number of tasks").check(uint),
    flag("replicas-max-per-node", "uint", "Most tasks on one node").check(uint),
    flag("reserve-cpu", "decimal", "Processors a node must have free").check(values::cpus),
    flag("reserve-memory", "bytes", "Memory a node must have free").check(values::size),
    flag("restart-condition", "string", "When a task is started again (none, on-failure, any)"),
    flag("restart-delay", "duration", "Time before that (default 5s)").check(values::duration),
    flag("restart-max-attempts", "uint", "How often at most").check(uint),
    flag("restart-window", "duration", "Time in which attempts are counted")
        .check(values::duration),
    flag("rollback-delay", "duration", "Time between tasks that are put back")
        .check(values::duration),
    flag("rollback-failure-action", "string", "When that fails (pause, continue)"),
    flag("rollback-max-failure-ratio", "float", "Share of tasks that may fail then").check(float),
    flag("rollback-monitor", "duration", "How long each is watched then").check(values::duration),
    flag("rollback-order", "string", "Which goes first then (start-first, stop-first)"),
    flag("rollback-parallelism", "uint", "Tasks put back at once; 0 for all").check(uint),
    flag("stop-grace-period", "duration", "Time before a container is killed")
        .check(values::duration),
    flag("stop-signal", "string", "Signal that stops a container"),
    switch("tty", "Give the containers a terminal").short('t'),
    flag("update-delay", "duration", "Time between tasks that are updated").check(values::duration),
    flag("update-failure-action", "string", "When an update fails (pause, continue, rollback)"),
    flag("update-max-failure-ratio", "float", "Share of tasks that may fail").check(float),
    flag("update-monitor", "duration", "How long each updated task is watched")
        .check(values::duration),
    flag("update-order", "string", "Which goes first (start-first, stop-first)"),
    flag("update-parallelism", "uint", "Tasks updated at once; 0 for all").check(uint),
    flag("user", "string", "User to run as (name or id, with a group or without)").short('u'),
    switch("with-registry-auth", "Give the nodes the credentials of the registry"),
    flag("workdir", "string", "Folder to run in").short('w'),
];

/// Flags of `create` alone.
pub(super) static CREATE: &[Flag] = &[
    flag("cap-add", "list", "Give a Linux capability"),
    flag("cap-drop", "list", "Take a Linux capability away"),
    flag("config", "config", "Show a config to the tasks as a file").check(grammar::check_config),
    flag("constraint", "list", "Only on nodes for which this is true"),
    flag("container-label", "list", "Set a label of the containers").check(values::label),
    flag("dns", "list", "Use this name server").check(values::address),
    flag("dns-option", "list", "Set an option of name resolution"),
    flag("dns-search", "list", "Set a search domain").check(grammar::check_domain),
    flag("env", "list", "Set an environment variable").short('e').check(values::env),
    flag("env-file", "list", "Read environment variables from a file"),
    flag("generic-resource", "list", "Reserve a resource of the node (name=count)")
        .check(grammar::check_resource),
    flag("group", "list", "Add a group"),
    flag("host", "list", "Add a line to /etc/hosts (host:ip)").check(values::extra_host),
    flag("label", "list", "Set a label of the service").short('l').check(values::label),
    flag("mode", "string", "Which tasks it has (replicated, global, replicated-job, global-job)"),
    flag("mount", "mount", "Mount a volume, a folder or memory").check(mounts::check_mount),
    flag("name", "string", "Name of the service"),
    flag("network", "network", "Connect it to a network").check(grammar::check_network),
    flag("placement-pref", "pref", "Spread tasks over the values of a label")
        .check(grammar::check_preference),
    flag("publish", "port", "Publish a port on the nodes").short('p').check(grammar::check_ports),
    flag("secret", "secret", "Show a secret to the tasks as a file").check(grammar::check_secret),
    flag("sysctl", "list", "Kernel parameter"),
    flag("ulimit", "ulimit", "Limit of the processes").check(values::ulimit),
];

/// Flags of `update` alone.
pub(super) static UPDATE: &[Flag] = &[
    flag("args", "command", "Arguments of the command").check(grammar::check_words),
    flag("cap-add", "list", "Give a Linux capability"),
    flag("cap-drop", "list", "Take a Linux capability away"),
    flag("config-add", "config", "Show a config as a file").check(grammar::check_config),
    flag("config-rm", "list", "Take a config away"),
    flag("constraint-add", "list", "Only on nodes for which this is true"),
    flag("constraint-rm", "list", "Take a constraint away"),
    flag("container-label-add", "list", "Set a label of the containers").check(values::label),
    flag("container-label-rm", "list", "Take such a label away"),
    flag("dns-add", "list", "Use this name server").check(values::address),
    flag("dns-option-add", "list", "Set an option of name resolution"),
    flag("dns-option-rm", "list", "Take such an option away"),
    flag("dns-rm", "list", "Take a name server away"),
    flag("dns-search-add", "list", "Set a search domain").check(grammar::check_domain),
    flag("dns-search-rm", "list", "Take a search domain away"),
    flag("env-add", "list", "Set an environment variable").check(values::env),
    flag("env-rm", "list", "Take an environment variable away"),
    switch("force", "Make new tasks although nothing has changed"),
    flag("generic-resource-add", "list", "Reserve a resource of the node (name=count)")
        .check(grammar::check_resource),
    flag("generic-resource-rm", "list", "Take such a reservation away"),
    flag("group-add", "list", "Add a group"),
    flag("group-rm", "list", "Take a group away"),
    flag("host-add", "list", "Add a line to /etc/hosts (host:ip)").check(values::extra_host),
    flag("host-rm", "list", "Take a line of /etc/hosts away"),
    flag("image", "string", "Image of the tasks"),
    flag("label-add", "list", "Set a label of the service").check(values::label),
    flag("label-rm", "list", "Take a label away"),
    flag("mount-add", "mount", "Mount a volume, a folder or memory").check(mounts::check_mount),
    flag("mount-rm", "list", "Take a mount away, by its target"),
    flag("network-add", "network", "Connect it to a network").check(grammar::check_network),
    flag("network-rm", "list", "Disconnect it from a network"),
    flag("placement-pref-add", "pref", "Spread tasks over the values of a label")
        .check(grammar::check_preference),
    flag("placement-pref-rm", "pref", "Take such a preference away")
        .check(grammar::check_preference),
    flag("publish-add", "port", "Publish a port on the nodes").check(grammar::check_ports),
    flag("publish-rm", "port", "Take a published port away, by its target")
        .check(grammar::check_ports),
    switch("rollback", "Put back what it was before the last update"),
    flag("secret-add", "secret", "Show a secret as a file").check(grammar::check_secret),
    flag("secret-rm", "list", "Take a secret away"),
    flag("sysctl-add", "list", "Kernel parameter"),
    flag("sysctl-rm", "list", "Take a kernel parameter away"),
    flag("ulimit-add", "ulimit", "Limit of the processes").check(values::ulimit),
    flag("ulimit-rm", "list", "Take a limit away"),
];
