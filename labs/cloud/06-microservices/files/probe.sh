# A visitor who never sleeps. Asks for users, threads and posts, over and over, and writes a line for each
# request into probe.txt (or another file), until there is a file `enough`:  sh probe.sh URL [FILE] &
# The first and the last line are about the front door, /.
# Whether an answer is the same to the byte is measured against the first one that came.
record=${2:-probe.txt}
begun=$(date +%s)
ask() { # path, file
    curl --silent --max-time 15 --output "$2" --write-out '%{http_code}' "$1"
}
line() { # path, status, what else there is to say
    echo "{\"n\": $n, \"second\": $(($(date +%s) - begun)), \"path\": \"$1\", \"status\": \"$2\"$3}"
}
rm -rf enough .probe
mkdir .probe
n=0
line / "$(ask "$1/" .probe/door)" > "$record"
while [ ! -e enough ] && [ "$n" -lt 20000 ]; do
    for what in users threads posts; do
        n=$((n + 1))
        status=$(ask "$1/api/$what" .probe/now)
        [ -e ".probe/$what" ] || cp .probe/now ".probe/$what"
        if cmp -s .probe/now ".probe/$what"; then same=true; else same=false; fi
        line "/api/$what" "$status" ", \"same\": $same" >> "$record"
    done
    sleep 0.1
done
line / "$(ask "$1/" .probe/door)" >> "$record"
rm -rf .probe
