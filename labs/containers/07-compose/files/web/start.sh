# Asks the store once. Without an answer there is nothing to show, so it gives up.
if ! wget -q -O /dev/null http://store/cgi-bin/read; then
    echo "the store does not answer, so I give up"
    exit 1
fi

mkdir -p /www/cgi-bin
cp /app/page.sh /www/cgi-bin/index.cgi
chmod 755 /www/cgi-bin/index.cgi
echo "open for visitors"
exec httpd -f -h /www
