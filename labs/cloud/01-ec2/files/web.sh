# Makes a web server of a fresh machine.
yum install -y httpd
systemctl enable --now httpd
echo "<h1>{{word}} says hello</h1>" > /var/www/html/index.html
