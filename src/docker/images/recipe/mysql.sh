#!/bin/sh
# Starts the database. An empty data directory is made ready first, with the passwords, the user
# and the database that the environment names, as the genuine image does.
set -e

data=/var/lib/mysql
# Not the usual one: who asks there before all is ready shall get no answer rather than an early one.
socket=/run/mysqld/first.sock

say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) [$1] [Entrypoint]: $2"; }

# The value of a variable, or of the file that NAME_FILE names.
setting() {
    eval "value=\${$1:-}; file=\${$1_FILE:-}"
    if [ -n "$value" ] && [ -n "$file" ]; then
        say ERROR "Both $1 and $1_FILE are set (but are exclusive)" >&2
        exit 1
    fi
    if [ -n "$file" ]; then value=$(cat "$file"); fi
    printf %s "$value"
}

# A text between quotes of SQL.
quoted() { printf "'"; printf %s "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/''/g"; printf "'"; }

# A name between quotes of SQL.
named() { printf '`'; printf %s "$1" | sed 's/`/``/g'; printf '`'; }

if [ "${1#-}" != "$1" ]; then set -- mysqld "$@"; fi
if [ "$1" != mysqld ] && [ "$1" != mariadbd ]; then exec "$@"; fi

server=$1
shift
if [ "$(id -u)" = 0 ]; then set -- --user=mysql "$@"; fi

if [ ! -d "$data/mysql" ]; then
    root=$(setting MYSQL_ROOT_PASSWORD)
    if [ -z "$root" ] && [ -z "${MYSQL_ALLOW_EMPTY_PASSWORD:-}" ] && [ -z "${MYSQL_RANDOM_ROOT_PASSWORD:-}" ]; then
        say ERROR "Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD" >&2
        exit 1
    fi
    if [ -n "${MYSQL_RANDOM_ROOT_PASSWORD:-}" ]; then
        root=$(head -c 18 /dev/urandom | base64)
        say Note "GENERATED ROOT PASSWORD: $root"
    fi
    database=$(setting MYSQL_DATABASE)
    user=$(setting MYSQL_USER)
    password=$(setting MYSQL_PASSWORD)

    say Note "Initializing database files"
    mkdir -p "$data/mysql"
    if [ "$(id -u)" = 0 ]; then chown -R mysql:mysql "$data" /run/mysqld; fi
    {
        # The bootstrap reads a statement a line.
        echo "USE mysql;"
        echo "SET @auth_root_socket = NULL;"
        for part in system_tables performance_tables system_tables_data; do
            cat "/usr/share/mysql/mysql_$part.sql"
        done
        cat /usr/share/mysql/maria_add_gis_sp_bootstrap.sql
        if [ -f /usr/share/mysql/mysql_sys_schema.sql ]; then cat /usr/share/mysql/mysql_sys_schema.sql; fi
    } | "$server" "$@" --bootstrap --skip-networking --log-warnings=0 --enforce-storage-engine=
    say Note "Database files initialized"

    say Note "Starting temporary server"
    "$server" "$@" --skip-networking --skip-grant-tables --socket="$socket" &
    pid=$!
    tries=0
    until echo "SELECT 1" | mysql --socket="$socket" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
            say ERROR "Unable to start server." >&2
            exit 1
        fi
        sleep 0.1
    done
    say Note "Temporary server started."
    {
        echo "FLUSH PRIVILEGES;"
        echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host NOT IN ('localhost'));"
        echo "DROP DATABASE IF EXISTS test; FLUSH PRIVILEGES;"
        echo "CREATE USER 'root'@'${MYSQL_ROOT_HOST:-%}' IDENTIFIED BY $(quoted "$root");"
        echo "GRANT ALL ON *.* TO 'root'@'${MYSQL_ROOT_HOST:-%}' WITH GRANT OPTION;"
        if [ -n "$database" ]; then
            say Note "Creating database $database" >&2
            echo "CREATE DATABASE IF NOT EXISTS $(named "$database");"
        fi
        if [ -n "$user" ] && [ -n "$password" ]; then
            say Note "Creating user $user" >&2
            echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
            if [ -n "$database" ]; then
                echo "GRANT ALL ON $(named "$database").* TO $(quoted "$user")@'%';"
            fi
        fi
        # Last: from here on this connection's own user needs the password.
        echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$root");"
    } | mysql --socket="$socket"
    export MYSQL_UNIX_PORT=$socket
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sh) say Note "running $file"; . "$file" ;;
            *.sql) say Note "running $file"
                MYSQL_PWD=$root mysql --socket="$socket" --user=root ${database:+"$database"} <"$file" ;;
            *.sql.gz) say Note "running $file"
                gunzip -c "$file" | MYSQL_PWD=$root mysql --socket="$socket" --user=root ${database:+"$database"} ;;
        esac
    done
    unset MYSQL_UNIX_PORT
    say Note "Stopping temporary server"
    kill "$pid"
    wait "$pid"
    say Note "Temporary server stopped"
    say Note "MySQL init process done. Ready for start up."
fi

exec "$server" "$@"
