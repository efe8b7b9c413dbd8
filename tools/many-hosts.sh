#!/bin/sh
# A city on three hosts behind nginx, out of this working copy: starts a PostgreSQL server of its own, the simulated sources, three hosts and
# nginx with deploy/many-hosts/nginx.conf; then replaces the hosts one after the other under load and counts the requests that failed.
#   tools/many-hosts.sh           the drill; ends by itself
#   tools/many-hosts.sh --stay    the same, and stays until Ctrl+C: http://127.0.0.1:5180
# Needs PostgreSQL's programs, nginx and a built host (dotnet build src/Host, or -c Release: the newer one; or SMARTCITY_HOST names its folder).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
here=$(mktemp -d)
built=${SMARTCITY_HOST:-$(ls -dt "$root"/src/Host/bin/*/net10.0 2>/dev/null | head -1)}
host="$built/SmartCity.Host.dll"
sim="$built/SmartCity.Simulator.dll"
[ -f "$host" ] && [ -f "$sim" ] || { echo "Build first: dotnet build src/Host" >&2; exit 2; }
command -v nginx >/dev/null || { echo "nginx is missing: apt-get install nginx-light" >&2; exit 2; }
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
as=; [ "$(id -u)" = 0 ] && { as="runuser -u postgres --"; chown postgres "$here"; chmod 755 "$here"; }
pids=
# shellcheck disable=SC2086
end() {
  trap - EXIT INT TERM
  for p in $pids; do kill "$p" 2>/dev/null || true; done
  [ -f "$here/nginx.pid" ] && kill "$(cat "$here/nginx.pid")" 2>/dev/null || true
  $as "$bin/pg_ctl" -D "$here/pg" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$here"
}
trap end EXIT; trap 'end; exit 130' INT TERM

# shellcheck disable=SC2086
$as "$bin/initdb" -D "$here/pg" -U city -A trust -E UTF8 --locale=C >/dev/null
# shellcheck disable=SC2086
$as "$bin/pg_ctl" -D "$here/pg" -w -l "$here/pg.log" -o "-p 5189 -k $here -h 127.0.0.1 -c max_connections=200" start >/dev/null
database="Host=127.0.0.1;Port=5189;Username=city;Database=postgres;Maximum Pool Size=40"
cd "$here"
dotnet "$sim" "$root/cities/seoul" --urls http://127.0.0.1:5188 >sim.log 2>&1 & pids="$pids $!"
# two lines each: where it answers, and what it is called
settings() { echo "--environment=Development --contentRoot=$here --City=$root/cities/seoul --Simulator=http://127.0.0.1:5188 --Simulator:Elsewhere=true --Secrets:plaza=demonstration --Proxies=127.0.0.1 --Logging:LogLevel:Default=Warning"; }
# shellcheck disable=SC2046
dotnet "$host" migrate "--Database=$database" $(settings) >migrate.log 2>&1 || { cat migrate.log >&2; exit 1; }
start() {
  # shellcheck disable=SC2046
  dotnet "$host" "--Database=$database" $(settings) "--urls=http://127.0.0.1:518$1" "--Hosts:Name=host-$1" >>"host-$1.log" 2>&1 &
  eval "host$1=$!"; pids="$pids $!"
}
ready() { for _ in $(seq 300); do curl -fs -m 2 "http://127.0.0.1:518$1/health/ready" && { echo; return; }; sleep 0.3; done; echo "host $1 did not become ready" >&2; cat "host-$1.log" >&2; exit 1; }
for i in 1 2 3; do start $i; done
for i in 1 2 3; do ready $i; done
nginx -p "$here" -c "$root/deploy/many-hosts/nginx.conf" -g "pid $here/nginx.pid; error_log $here/nginx.log;" 2>/dev/null
if [ "${1:-}" = --stay ]; then echo "http://127.0.0.1:5180"; wait; fi

# four readers, each from an address of its own, until told to stop; a line for each answer
load() { while [ ! -f stop ]; do for page in /ko /en/feeds /en/map /health/live; do curl -s -o /dev/null -m 20 --interface "127.0.1.$1" -w '%{http_code}\n' "http://127.0.0.1:5180$page"; done; done >>"codes-$1"; }
for i in 1 2 3 4; do load $i & readers="${readers:-} $!"; done
sleep 5
for i in 1 2 3; do
  eval "old=\$host$i"
  kill -TERM "$old"; wait "$old" 2>/dev/null || true
  start $i; ready $i
done
# and one that dies without a word
kill -KILL "$host2"; sleep 8; start 2; ready 2
touch stop
# shellcheck disable=SC2086
wait $readers
echo "answers: $(cat codes-* | wc -l), by status: $(cat codes-* | sort | uniq -c | awk '{print $2" x"$1}' | tr '\n' ' ')"
[ "$(cat codes-* | grep -vc '^200$' || true)" = 0 ] || { echo "Some requests failed." >&2; exit 1; }
echo "No request failed while three hosts were replaced one after the other and one was killed."
