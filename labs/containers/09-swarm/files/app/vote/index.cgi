#!/bin/sh
# Shows the page. Asked with ?choice=…, it first puts the vote into the queue.

choice=${QUERY_STRING#choice=}
said="Choose one."
status="200 OK"

case "$choice" in
    "$OPTION_A" | "$OPTION_B")
        # Each vote gets an id of its own, so that storing it twice does not count it twice.
        vote="$(cat /proc/sys/kernel/random/uuid):$choice"
        if wget -q -O - "http://queue/cgi-bin/add?$vote" > /dev/null; then
            said="You voted for $choice."
        else
            said="The queue does not answer. Your vote was not taken."
            status="503 Service Unavailable"
        fi
        ;;
esac

cat <<END
Status: $status
Content-Type: text/html

<!DOCTYPE html>
<title>$OPTION_A or $OPTION_B?</title>
<h1>$OPTION_A or $OPTION_B?</h1>
<p>$said
<p><a href="/?choice=$OPTION_A">$OPTION_A</a> <a href="/?choice=$OPTION_B">$OPTION_B</a>
<p>Served by container $(hostname)
END
