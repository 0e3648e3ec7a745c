# Asks for four addresses once, and says what came, one line each:  sh look.sh URL
for path in / /api/users /api/threads /api/posts; do
    status=$(curl --silent --max-time 15 --output /dev/null --write-out '%{http_code}' "$1$path")
    echo "{\"path\": \"$path\", \"status\": \"$status\"}"
done
