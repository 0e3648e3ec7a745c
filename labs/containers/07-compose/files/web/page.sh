#!/bin/sh
# Shows the page. Asked with /?WORD, it first has the store take the word down.

if [ -n "$QUERY_STRING" ]; then
    wget -q -O /dev/null "http://store/cgi-bin/write?$QUERY_STRING"
fi

printf 'Content-Type: text/plain\n\n'
echo "$GREETING"
echo "(served by container $(hostname))"
wget -q -O - http://store/cgi-bin/read || echo "The store does not answer."
