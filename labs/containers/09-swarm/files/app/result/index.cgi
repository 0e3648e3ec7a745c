#!/bin/sh
# Asks the store how it stands, and shows it.
if count=$(wget -q -O - http://store/cgi-bin/count); then
    status="200 OK"
else
    status="503 Service Unavailable"
    count="The store does not answer."
fi
cat <<END
Status: $status
Content-Type: text/html

<!DOCTYPE html>
<title>How it stands</title>
<meta http-equiv="refresh" content="5">
<h1>How it stands</h1>
<pre>
${count:-no votes yet}
</pre>
<p>Served by container $(hostname)
END
