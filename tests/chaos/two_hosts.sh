#!/usr/bin/env bash
# Two hosts and a database as network namespaces, installed as docs/how-to/two-hosts.md says; then one host dies, and the
# other is restarted piece by piece, while people work. Needs root, PostgreSQL, curl. Not part of `make test`.
#
#   tests/chaos/two_hosts.sh DIRECTORY WHEEL    DIRECTORY keeps the virtual environments for the next time
set -euo pipefail
directory=$(realpath "$1") wheel=$(realpath "$2")
root=$(realpath "$(dirname "$0")/../..")
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
network=10.77.0
declare -A address=([db]=$network.1 [a]=$network.2 [b]=$network.3)
work=$(mktemp -d /tmp/duban-hosts-XXXX)
chmod 755 "$work"

say() { printf '\n== %s\n' "$*"; }
on() { local host=$1; shift; ip netns exec "duban-$host" "$@"; }
# every process of a namespace, and nothing else
killall_on() { local pids; pids=$(ip netns pids "duban-$1" 2>/dev/null || true); [ -z "$pids" ] || kill "-$2" $pids 2>/dev/null || true; }
clean() {
  for host in a b; do killall_on "$host" KILL; done
  killall_on db INT
  for _ in $(seq 50); do [ -z "$(ip netns pids duban-db 2>/dev/null)" ] && break; sleep 0.1; done
  for host in a b db; do ip netns del "duban-$host" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT

say "a network of three"
for host in db a b; do ip netns add "duban-$host"; on $host ip link set lo up; done
on db ip link add duban0 type bridge
on db ip addr add "${address[db]}/24" dev duban0
on db ip link set duban0 up
for host in a b; do
  ip link add "veth-$host" netns duban-db type veth peer name eth0 netns "duban-$host"
  on db ip link set "veth-$host" master duban0 up
  on $host ip addr add "${address[$host]}/24" dev eth0
  on $host ip link set eth0 up
done

say "1. the database"
install -d -o postgres "$work/db"
runuser -u postgres -- "$bin/initdb" -D "$work/db/data" -U postgres -A trust --locale=C.UTF-8 -E UTF8 >/dev/null
echo "host duban duban $network.0/24 scram-sha-256" >>"$work/db/data/pg_hba.conf"
start_database() {
  on db setsid runuser -u postgres -- "$bin/postgres" -D "$work/db/data" -c listen_addresses="${address[db]}" \
    -c unix_socket_directories="$work/db" -c max_connections=200 >>"$work/db/log" 2>&1 &
  until runuser -u postgres -- "$bin/pg_isready" -q -h "$work/db"; do sleep 0.1; done
}
start_database
sql() { runuser -u postgres -- psql -qtA -h "$work/db" -U postgres "$@"; }
sql -c "CREATE ROLE duban LOGIN PASSWORD 'p@ss/word'"
sql -c "CREATE DATABASE duban OWNER duban ENCODING UTF8 TEMPLATE template0"

say "2. the program, on each host"
for host in a b; do
  opt=$directory/$host/opt
  if [ ! -x "$opt/bin/gunicorn" ]; then
    python3.11 -m venv "$opt"
    "$opt/bin/pip" install --quiet --require-hashes -r "$root/requirements.lock"
  fi
  "$opt/bin/pip" install --quiet --no-deps --force-reinstall "$wheel"
  "$opt/bin/duban" --version
done

say "3. the settings"
key=$(head -c 32 /dev/urandom | base64)
for host in a b; do
  mkdir -p "$work/$host/var"
  sed -e "s|^DUBAN_DATABASE_URL=.*|DUBAN_DATABASE_URL=postgresql://duban:p%40ss%2Fword@${address[db]}/duban|" \
    -e "s|^DUBAN_SEAL_KEY=.*|DUBAN_SEAL_KEY=$key|" -e "s|^DUBAN_HOME=.*|DUBAN_HOME=$work/$host/var|" \
    -e "s|^DUBAN_BIND=.*|DUBAN_BIND=${address[$host]}:8080|" -e "s|^DUBAN_SECURE_COOKIES=.*||" \
    -e "s|^DUBAN_WEB_PROCESSES=.*|DUBAN_WEB_PROCESSES=1|" "$root/deploy/duban.env" >"$work/$host/duban.env"
done
# what systemd would do: the environment file, then the unit's own command line
run() {
  local host=$1 unit=$2 instance=${3:-} command
  command=$(awk '/^ExecStart=/ { on = 1 } on { going = sub(/\\$/, ""); sub(/^ExecStart=/, ""); printf "%s", $0; if (!going) exit }' "$root/deploy/$unit")
  command=${command//\/opt\/duban/$directory/$host/opt}
  command=${command//%i/$instance}; command=${command//%H/host-$host}
  (cd "$work/$host" && set -a && . ./duban.env && set +a && eval "exec ip netns exec duban-$host setsid $command") \
    >>"$work/$host/$unit$instance.log" 2>&1 &
  echo $! >"$work/$host/$unit$instance.pid"
}
stop() { local pid; pid=$(cat "$work/$1/$2${3:-}.pid"); kill -TERM "$pid"; wait "$pid" && echo "   $1 $2 ${3:-}: ended in order"; }
start_host() { run "$1" duban-web.service; run "$1" duban-worker@.service 1; run "$1" duban-worker@.service 2; }
answers() { on db curl -sS -o /dev/null -m 10 -w '%{http_code}' "http://${address[$1]}:8080/health" 2>/dev/null || true; }
fail() { echo "$1"; for log in "$work"/?/*.log; do echo "-- $log"; tail -n 20 "$log"; done; exit 1; }
wait_for() { for _ in $(seq 600); do [ "$(answers "$1")" = 200 ] && return; sleep 0.2; done; fail "host $1 does not answer"; }
looked() { sql -d duban -c "SELECT value FROM system_mark WHERE name = 'heartbeat'"; }
looks() { local before; before=$(looked); for _ in $(seq 300); do [ "$(looked)" != "$before" ] && return; sleep 0.2; done; fail "nobody looks at the ledger"; }

say "4. the first start"
(cd "$work/a" && set -a && . ./duban.env && set +a && on a "$directory/a/opt/bin/duban" init --office 青山县信访局)

say "5. the services: all six at once"
start_host a; start_host b
wait_for a; wait_for b; looks
echo "   both hosts answer, the ledger is looked at: $(looked)"

say "the cable of host a is pulled, then it dies"
on db ip link set veth-a down
looks; echo "   b goes on: $(looked)"
killall_on a KILL; wait $(cat "$work"/a/*.pid) 2>/dev/null || true
[ "$(answers b)" = 200 ]; looks
on db ip link set veth-a up

say "host a comes back"
start_host a; wait_for a

say "the database crashes and comes back"
killall_on db QUIT
for _ in $(seq 100); do [ -z "$(ip netns pids duban-db 2>/dev/null)" ] && break; sleep 0.1; done
echo "   meanwhile the pages answer $(answers a) and $(answers b)"
start_database
wait_for a; wait_for b; looks
echo "   and now $(answers a) and $(answers b), the ledger is looked at: $(looked)"

say "9. a rolling upgrade, host by host"
for host in a b; do
  [ $host = b ] || (cd "$work/a" && set -a && . ./duban.env && set +a && on a "$directory/a/opt/bin/duban" migrate | sed -n 1p)
  for unit in "duban-web.service" "duban-worker@.service 1" "duban-worker@.service 2"; do
    stop $host $unit; run $host $unit
    other=$([ $host = a ] && echo b || echo a)
    [ "$(answers $other)" = 200 ]
  done
  wait_for $host; looks
done
echo "   done; who looked:"
sql -d duban -c "SELECT name, value FROM system_mark WHERE name LIKE 'heartbeat:%'"
! grep -qi traceback "$work"/?/*.log || fail "something failed"
say "all is well"
