# Writes down every kind of answer that the forum gives, with its status:  sh keep.sh URL > before.txt
for path in /api/users /api/users/2 /api/users/9 /api/threads /api/threads/3 /api/threads/x \
    /api/posts /api/posts/1 /api/posts/in-thread/2 /api/posts/by-user/1 /api/posts/by-user/9; do
    curl --silent --max-time 15 --write-out ' %{http_code} %{content_type}' "$1$path"
    echo " $path"
done
