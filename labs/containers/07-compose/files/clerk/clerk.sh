# Counts the entries every second. Where the store does not answer, it asks again.
before=
while true; do
    if book=$(wget -q -O - http://store/cgi-bin/read 2> /dev/null); then
        now="$(printf '%s' "$book" | grep -c .) entries"
    else
        now="the store does not answer, so I ask again"
    fi
    [ "$now" = "$before" ] || echo "$now"
    before=$now
    sleep 1
done
