#!/bin/sh
# write?WORD adds an entry: the word, and which container took it down.
case "$QUERY_STRING" in
    '' | *[!a-z0-9-]*)
        printf 'Status: 400 Bad Request\n\n'
        exit
        ;;
esac
echo "$QUERY_STRING, taken down by container $(hostname)" >> /data/book
printf 'Content-Type: text/plain\n\nwritten\n'
