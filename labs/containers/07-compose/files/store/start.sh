# Opens the book. Making a new one takes {{slow}} seconds, as a database takes its time at first.
rm -f /tmp/closed
mkdir -p /data /www/cgi-bin
for script in read write older; do
    cp "/app/$script.sh" "/www/cgi-bin/$script"
done
chmod 755 /www/cgi-bin/*

if [ ! -e /data/book ]; then
    echo "making a new book"
    sleep {{slow}}
    touch /data/book
fi
sleep 1
echo "the book is open"
exec httpd -f -h /www
