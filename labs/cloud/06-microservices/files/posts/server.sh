#!/bin/sh
# Waits on port 3000 and lets answer.sh speak to each visitor.
cd "$(dirname "$0")" || exit 1
echo "Worker started"
busybox nc -ll -p 3000 -e ./answer.sh &
# A shell that is process 1 does not end when it is asked to, unless it says so.
trap 'kill $!; exit 0' TERM INT
wait
