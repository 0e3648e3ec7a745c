# A visitor who never sleeps. Asks for users, threads and posts, over and over, and writes a line for each
# request into probe.txt, until there is a file `enough`:  sh probe.sh URL &
# The first and the last line are about the front door, /.
# Whether an answer is the same to the byte is measured against the first one that came.
ask() { # path, file
    curl --silent --max-time 15 --output "$2" --write-out '%{http_code}' "$1"
}
rm -rf enough .probe
mkdir .probe
n=0
echo "{\"n\": 0, \"path\": \"/\", \"status\": \"$(ask "$1/" .probe/door)\"}" > probe.txt
while [ ! -e enough ] && [ "$n" -lt 20000 ]; do
    for what in users threads posts; do
        n=$((n + 1))
        status=$(ask "$1/api/$what" .probe/now)
        [ -e ".probe/$what" ] || cp .probe/now ".probe/$what"
        if cmp -s .probe/now ".probe/$what"; then same=true; else same=false; fi
        echo "{\"n\": $n, \"path\": \"/api/$what\", \"status\": \"$status\", \"same\": $same}" >> probe.txt
    done
    sleep 0.1
done
echo "{\"n\": $n, \"path\": \"/\", \"status\": \"$(ask "$1/" .probe/door)\"}" >> probe.txt
rm -rf .probe
