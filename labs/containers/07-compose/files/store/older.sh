#!/bin/sh
# Prints the entries that another container than this one took down.
printf 'Content-Type: text/plain\n\n'
grep -v "$(hostname)" /data/book
