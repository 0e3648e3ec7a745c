#!/bin/sh
# Three machines, a swarm with node1 as its manager, and one service: a page in several copies.
# What exists already stays, so it may be run again.

say() { echo "begin: $*"; }
state() { docker -c "$1" info --format '{{.Swarm.LocalNodeState}}'; }

distlab nodes up 3 || exit 1
distlab images get busybox || exit 1
distlab nodes load busybox || exit 1

[ "$(state node1)" = active ] || docker -c node1 swarm init --advertise-addr eth0 > /dev/null || exit 1
manager=$(docker -c node1 info --format '{{.Swarm.NodeAddr}}'):2377
token=$(docker -c node1 swarm join-token --quiet worker) || exit 1
for node in node2 node3; do
    [ "$(state $node)" = active ] || docker -c $node swarm join --token "$token" "$manager" || exit 1
done

# A web server has nothing to save when it is stopped, so it need not be asked politely.
if ! docker -c node1 service inspect page > /dev/null 2>&1; then
    docker -c node1 service create --detach --no-resolve-image --stop-signal KILL --name page \
        --replicas {{many}} busybox sh -c 'hostname > /tmp/index.html && exec httpd -f -h /tmp' || exit 1
fi

for i in $(seq 300); do
    running=$(docker -c node1 service ls --filter name=page --format '{{.Replicas}}')
    [ "$running" = {{many}}/{{many}} ] && break
    sleep 0.3
done
say "page runs $running"
