#!/bin/sh
# Takes the next vote, stores it, and only then tells the queue. Whatever stops in between, the vote
# is still in the queue; it is stored once more then, under the same id, and counts once.

trap 'exit 0' TERM

while true; do
    next=$(wget -q -O - http://queue/cgi-bin/next) || echo "The queue does not answer; I try again."
    if [ -z "$next" ]; then
        sleep 1
        continue
    fi
    number=${next%% *}
    vote=${next#* }
    if wget -q -O - "http://store/cgi-bin/put?$vote" > /dev/null; then
        wget -q -O - "http://queue/cgi-bin/done?$number" > /dev/null
        echo "Vote $number is stored."
    else
        echo "The store does not answer; I try again."
        sleep 1
    fi
done
