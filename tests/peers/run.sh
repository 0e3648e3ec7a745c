#!/bin/sh
# Runs the peers' assertions against `distlab serve` and, where the two overlap, against moto.
#
#   tests/peers/run.sh [pytest arguments]
#
# DISTLAB   the program (default: what `cargo build` makes)
# PEERS     which to run: "distlab moto" (default), or one of them
set -eu
cd "$(dirname "$0")/../.."

venv="${XDG_CACHE_HOME:-$HOME/.cache}/distlab/peers"
if ! cmp -s tests/peers/requirements.txt "$venv/requirements.txt" 2>/dev/null; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --requirement tests/peers/requirements.txt
    cp tests/peers/requirements.txt "$venv/requirements.txt"
fi

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

for peer in ${PEERS:-distlab moto}; do
    server=
    case $peer in
    distlab)
        if [ -z "${DISTLAB:-}" ]; then
            cargo build --quiet
            DISTLAB="${CARGO_TARGET_DIR:-target}/debug/distlab"
        fi
        DISTLAB_HOME="$work/home" "$DISTLAB" serve --port 0 >"$work/distlab" 2>&1 &
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
    PEER=$peer PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m pytest -q -p no:cacheprovider \
        --rootdir tests/peers tests/peers/*_test.py "$@"
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
done
