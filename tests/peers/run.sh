#!/bin/sh
# Compares the program with its peers, each with the program's real clients:
#
#   distlab   the assertions of boto3, pynamodb and Amazon's own `aws` against `distlab serve`
#   names     boto3, curl and Amazon's own `aws` in a lab's shell, without an endpoint: by AWS's names
#   moto      the same assertions, where the two overlap, against moto
#   hadoop    the same command lines through Hadoop's own FsShell and through `hdfs dfs`
#   docker    the same command lines through the reference `docker` client and through ours; for
#             `compose`, Debian's Docker Compose (DISTLAB_REFERENCE_COMPOSE names another)
#   auth      whom both clients say they are at a registry
#   host      the same scripts through bash and GNU's tools of this machine and a simulated host
#   model     what the program says of its services against botocore's model of the real ones
#   registry  the reference `docker` client and a real engine, pushing to our registry and pulling; and
#             ours with ECR's; tasks of ECS as containers of that engine
#
#   tests/peers/run.sh [pytest arguments]
#
# DISTLAB        the program (default: what `cargo build` makes)
# PEERS          which to run, of the nine above (default: all); `references` runs none, and fetches
#                into the cache what they need from PyPI and Debian
# GROUP          of `docker`, which files of tests/peers/docker to run; of `distlab` and `moto`, the
#                tests of which service: `ec2` for ec2_*_test.py (default: all)
set -eu
cd "$(dirname "$0")/../.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/distlab"
venv="$cache/peers"
peers=${PEERS:-distlab names moto model host hadoop docker auth registry}
if [ -z "${DISTLAB:-}" ] && [ "$peers" != references ]; then
    cargo build --quiet
    DISTLAB="${CARGO_TARGET_DIR:-target}/debug/distlab"
fi
# The reference `docker` client needs nothing from PyPI, nor does whoever runs only that.
case " $peers " in
*" distlab "* | *" names "* | *" moto "* | *" model "* | *" hadoop "* | *" references "*)
    if ! cmp -s tests/peers/requirements.txt "$venv/requirements.txt" 2>/dev/null; then
        python3 -m venv --clear "$venv"
        "$venv/bin/pip" install --quiet --requirement tests/peers/requirements.txt
        cp tests/peers/requirements.txt "$venv/requirements.txt"
    fi
    ;;
esac

work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Waits until a file has a line that matches, and prints what stands after it.
await() {
    tries=0
    until grep -q "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ]; then
            echo "no $2 in:" >&2
            cat "$1" >&2
            return 1
        fi
        sleep 0.1
    done
    sed -n "s/.*$2//p" "$1" | head -n 1
}

# Hadoop's own classes, out of PyPI's pyspark; only the archive of the sources has them.
hadoop_jars() {
    jars="$cache/hadoop/pyspark-3.3.4/deps/jars"
    if [ ! -d "$jars" ]; then
        mkdir -p "$cache/hadoop"
        "$venv/bin/pip" download --quiet --no-deps --no-binary :all: --dest "$cache/hadoop" \
            pyspark==3.3.4 >&2
        tar -C "$cache/hadoop" -xzf "$cache/hadoop/pyspark-3.3.4.tar.gz" pyspark-3.3.4/deps/jars
        rm "$cache/hadoop/pyspark-3.3.4.tar.gz"
    fi
    echo "$jars"
}

for peer in $peers; do
    server=
    case $peer in
    references)
        hadoop_jars >/dev/null
        python3 tests/peers/docker/compose.py
        continue
        ;;
    hadoop)
        echo "== hadoop"
        HADOOP_JARS=$(hadoop_jars) DISTLAB="$DISTLAB --home $work/hadoop exec hdfs-internals --" \
            python3 tests/peers/hadoop_shell.py
        continue
        ;;
    model)
        echo "== model"
        DISTLAB="$DISTLAB" PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" tests/peers/model.py
        continue
        ;;
    host)
        echo "== host"
        cargo build --quiet -p distlab-host --example shell
        DISTLAB_HOST="${CARGO_TARGET_DIR:-target}/debug/examples/shell" \
            PYTHONDONTWRITEBYTECODE=1 python3 tests/peers/host_shell.py
        continue
        ;;
    docker)
        echo "== docker"
        # shellcheck disable=SC2086
        DISTLAB_DOCKER="$DISTLAB --home $work/docker exec serve -- docker" DISTLAB="$DISTLAB" \
            python3 tests/peers/docker_lines.py ${GROUP:-}
        continue
        ;;
    auth)
        echo "== auth"
        DISTLAB_DOCKER="$DISTLAB --home $work/auth exec serve -- docker" python3 tests/peers/docker_auth.py
        continue
        ;;
    registry)
        echo "== registry"
        DISTLAB="$DISTLAB" python3 tests/peers/registry.py
        DISTLAB="$DISTLAB" python3 tests/peers/ecr_docker.py
        DISTLAB="$DISTLAB" python3 tests/peers/ecs_docker.py
        continue
        ;;
    names)
        echo "== names"
        # The lab's shell says where the endpoint is; here only the names may lead to it.
        "$DISTLAB" --home "$work/names" shell s3 -- env -u AWS_ENDPOINT_URL PYTHONDONTWRITEBYTECODE=1 \
            "$venv/bin/python" "$PWD/tests/peers/names.py"
        continue
        ;;
    distlab)
        DISTLAB_HOME="$work/home" "$DISTLAB" serve --port 0 --registry-port 0 >"$work/distlab" 2>&1 &
        server=$!
        DISTLAB_ENDPOINT=$(await "$work/distlab" 'AWS_ENDPOINT_URL=')
        DISTLAB_ACCESS_KEY_ID=$(await "$work/distlab" 'AWS_ACCESS_KEY_ID=')
        DISTLAB_SECRET_ACCESS_KEY=$(await "$work/distlab" 'AWS_SECRET_ACCESS_KEY=')
        ;;
    moto)
        "$venv/bin/moto_server" -p 0 >"$work/moto" 2>&1 &
        server=$!
        DISTLAB_ENDPOINT=$(await "$work/moto" 'Running on ')
        DISTLAB_ACCESS_KEY_ID=testing
        DISTLAB_SECRET_ACCESS_KEY=testing
        ;;
    esac
    export DISTLAB_ENDPOINT DISTLAB_ACCESS_KEY_ID DISTLAB_SECRET_ACCESS_KEY
    echo "== $peer at $DISTLAB_ENDPOINT"
    # shellcheck disable=SC2086
    PEER=$peer DISTLAB=$DISTLAB DISTLAB_HOME="$work/home" PYTHONDONTWRITEBYTECODE=1 \
        "$venv/bin/python" -m pytest -q -p no:cacheprovider \
        --rootdir tests/peers tests/peers/${GROUP:-}*_test.py "$@"
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
done
