#!/bin/sh
# Answers one request. The data are files in db, one object a line; whoever has no file has no route.
read -r method path version
while read -r header && [ "$header" != "$(printf '\r')" ]; do :; done

say() { # status, type, body
    printf 'HTTP/1.1 %s\r\ncontent-type: %s; charset=utf-8\r\n' "$1" "$2"
    printf 'content-length: %s\r\nconnection: close\r\n\r\n%s' "${#3}" "$3"
}
text() { say '200 OK' text/plain "$1"; }
json() { say '200 OK' application/json "$1"; }
missing() { say '404 Not Found' text/plain 'Not Found'; }
list() { printf '[%s]' "$(paste -sd, -)"; }
number() { printf '%s' "$1" | sed 's/[^0-9].*//'; }
route() {
    [ -f "db/$1" ] || return 1
    shift
    "$@"
}
first() { # file, number
    found=$(grep -m1 "^{\"id\":$(number "$2")," "db/$1")
    if [ -n "$found" ]; then json "$found"; else missing; fi
}
all() { # file, member, number
    json "$(grep "\"$2\":$(number "$3")," "db/$1" | list)"
}

case "$path" in
    /) text 'Ready to receive requests' ;;
    /api/) text 'API ready to receive requests' ;;
    /api/users) route users json "$(list < db/users 2> /dev/null)" || missing ;;
    /api/users/?*) route users first users "${path##*/}" || missing ;;
    /api/threads) route threads json "$(list < db/threads 2> /dev/null)" || missing ;;
    /api/threads/?*) route threads first threads "${path##*/}" || missing ;;
    /api/posts) route posts json "$(list < db/posts 2> /dev/null)" || missing ;;
    /api/posts/in-thread/?*) route posts all posts thread "${path##*/}" || missing ;;
    /api/posts/by-user/?*) route posts all posts user "${path##*/}" || missing ;;
    *) missing ;;
esac
echo "$method $path - 3" >&2
