#!/bin/sh
# Prints the entries. While there is a file /tmp/closed, nobody gets to see the book.
if [ -e /tmp/closed ]; then
    printf 'Status: 503 Service Unavailable\n\n'
    exit
fi
printf 'Content-Type: text/plain\n\n'
cat /data/book
