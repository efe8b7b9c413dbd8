#!/bin/sh
# Bad days, by command: tools/drills.sh NAME [number]. Runs the built host (dotnet build src/Host, or -c Release: the newer one) on a database of its own,
# does to it what the name says, and says what readers and writers got. Ends with 1 when it was not what docs/operating.md promises.
# Ten ports from DRILLS_PORT (5190) on are used; SMARTCITY_HOST names another folder with the built host.
#   database  its server is killed (kill -9 of every process), stays away for 10 s, and comes back
#   frozen    its server stands still (SIGSTOP of every process) for 20 s with all connections open
#   disk      the disk of the embedded database fills up; later there is room again (needs to mount a tmpfs)
#   killed    the host is killed (kill -9) so many times (500) in the middle of uploads, decisions, notes and batches, with SQLite (needs node, sqlite3)
#   streams   so many open streams (5000), all back at once, and some who never read (needs node, and ulimit -n above their number)
#   slow      so many slow connections (10000) of three kinds, and what one reader gets meanwhile (needs node, slowhttptest, and ulimit -n above their number)
#   overload  three times the requests that can be answered, for so many seconds (20): what is refused, how fast, and how sign-in fares (needs node)
#   datadisk  the disk with PostgreSQL's data fills up; later there is room again (needs to mount a tmpfs)
#   waldisk   the disk with its write-ahead log does
#   long      so many minutes of 50 requests a second and 20 open streams: memory, files and threads (needs node)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
drill=${1:?tools/drills.sh NAME; its first lines name them}; rounds=${2:-3}; number=${2:-}
here=$(mktemp -d)
built=${SMARTCITY_HOST:-$(ls -dt "$root"/src/Host/bin/*/net10.0 2>/dev/null | head -1)}; host="$built/SmartCity.Host.dll"
[ -f "$host" ] || { echo "Build first: dotnet build src/Host" >&2; exit 2; }
port=${DRILLS_PORT:-5190}; at="http://127.0.0.1:$((port + 8))"; sources="http://127.0.0.1:$((port + 7))"; pgport=$((port + 9))
need() { command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 2; }; }
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
as=; [ "$(id -u)" = 0 ] && { as="runuser -u postgres --"; chown postgres "$here"; chmod 755 "$here"; }
city=; simulator=; bad=0; pgdata="$here/pg"
pg() { p=$(head -1 "$pgdata/postmaster.pid" 2>/dev/null) && { pgrep -P "$p" || true; echo "$p"; }; }
# shellcheck disable=SC2046,SC2086
end() {
  trap - EXIT INT TERM
  for p in $city $simulator; do kill "$p" 2>/dev/null || true; done
  if [ -d "$pgdata" ]; then kill -CONT $(pg) 2>/dev/null || true; $as "$bin/pg_ctl" -D "$pgdata" -m immediate stop >/dev/null 2>&1 || true; fi
  [ ! -d "$here/disk" ] || umount "$here/disk" 2>/dev/null || true
  rm -rf "$here"
}
trap end EXIT; trap 'end; exit 130' INT TERM
# shellcheck disable=SC2086
up() { $as "$bin/pg_ctl" -D "$pgdata" -w -l "$here/pg.log" -o "-p $pgport -k $here -h 127.0.0.1" start >/dev/null; }
get() { curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' "$at$1"; }
# a signature is wrong whatever it says, so what counts is whether the host answers 401 (it could look) or 503 (it could not)
post() { curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d 'name=n&password=p' "$at/ko/sign-in"; }
want() { case "$2" in "$3 "*) echo "  $1: $2 s";; *) echo "  $1: $2 s, and should be $3"; bad=1;; esac; }
within() { t=$(date +%s%N); until eval "$2"; do [ $(( ($(date +%s%N) - t) / 1000000 )) -lt 60000 ] || { echo "  $1: not within 60 s"; bad=1; return; }; sleep 0.1; done; echo "  $1: after $(( ($(date +%s%N) - t) / 1000000 )) ms"; }
settings="--environment=Development --contentRoot=$here --City=$root/cities/seoul --Simulator=$sources --Secrets:plaza=demonstration"
start() {
  cd "$here"
  # shellcheck disable=SC2086
  dotnet "$host" "--Database=$1" $settings "--urls=$at" --Logging:LogLevel:Default=Error >"$here/host.log" 2>&1 & city=$!
  within "the city is ready" 'kill -0 $city 2>/dev/null || { cat "$here/host.log" >&2; end; exit 1; }; curl -fs -m 2 -o /dev/null $at/health/ready'
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page before" "$(get $page)" 200; done
}
# a PostgreSQL server of its own, with the city's tables
# shellcheck disable=SC2086
postgres() {
  [ -n "$bin" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 2; }
  $as "$bin/initdb" -D "$pgdata" -U city -A trust -E UTF8 --locale=C "$@" >/dev/null; up
  database="Host=127.0.0.1;Port=$pgport;Username=city;Database=postgres;Maximum Pool Size=40"
  (cd "$here" && dotnet "$host" migrate "--Database=$database" $settings >migrate.log 2>&1) || { cat "$here/migrate.log" >&2; exit 1; }
}

# what stands in for the sources, as a program of its own, where the host alone is measured; and the link that signs a role in
sources_apart() { dotnet "$built/SmartCity.Simulator.dll" "$root/cities/seoul" --urls "$sources" >"$here/sources.log" 2>&1 & simulator=$!
  within "the sources answer" 'curl -s -m 2 -o /dev/null "$sources/"'; settings="$settings --Simulator:Elsewhere=true"; }
link() { sed -n "s/^ *$1 *\(http.*\)/\1/p" "$here/host.log"; }
with_node() { need node nodejs; node "$root/tools/drills.mjs" "$@" || bad=1; }

case $drill in
database|frozen)
  postgres; start "$database"
  for round in $(seq "$rounds"); do
    echo "round $round"
    # shellcheck disable=SC2046
    if [ "$drill" = database ]; then kill -KILL $(pg); away=10; else kill -STOP $(pg); away=20; fi
    within "noticed" 'case "$(curl -s -m 5 $at/health/ready)" in *"does not answer"*) true;; *) false;; esac'
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
    want "a form" "$(post)" 503
    sleep $away
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page later" "$(get $page)" 200; done
    want "a form later" "$(post)" 503
    # shellcheck disable=SC2046
    if [ "$drill" = database ]; then rm -f "$pgdata/postmaster.pid"; up; else kill -CONT $(pg); fi
    within "back" 'case "$(curl -s -m 5 $at/health/ready)" in *"asks the sources"*) true;; *) false;; esac'
    for page in /ko /en/disaster-safety; do want "$page afterwards" "$(get $page)" 200; done
    kill -0 "$city" || { echo "the host has ended"; bad=1; }
  done
  (cd "$here" && dotnet "$host" check "--Database=$database" $settings 2>/dev/null) || bad=1
  ;;
disk)
  mkdir "$here/disk"
  mount -t tmpfs -o size=24m none "$here/disk" || { echo "A small disk cannot be mounted here." >&2; exit 2; }
  start "$here/disk/city.db"
  sleep 10
  dd if=/dev/zero of="$here/disk/filler" bs=64k 2>/dev/null || true
  echo "the disk is full: $(df -h "$here/disk" | tail -1)"
  sleep 12
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
  kill -0 "$city" || { echo "the host has ended"; bad=1; }
  rm "$here/disk/filler"; sleep 15
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page afterwards" "$(get $page)" 200; done
  kill "$city"; wait "$city" 2>/dev/null || true; city=
  (cd "$here" && dotnet "$host" check "--Database=$here/disk/city.db" $settings 2>/dev/null) || bad=1
  ;;
long)
  sources_apart; start "$here/city.db"
  with_node long "$at" "$city" "$(link Official)" "${number:-480}"
  ;;
streams)
  [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -gt $((${number:-5000} + 1000)) ] || { echo "Allow more open files: ulimit -n 20000" >&2; exit 2; }
  sources_apart; start "$here/city.db"
  with_node streams "$at" "$city" "${number:-5000}"
  ;;
slow)
  need slowhttptest slowhttptest; sources_apart; start "$here/city.db"
  for attack in "-H" "-B" "-X -w 10 -y 100 -n 5 -z 32 -k 3"; do
    page=/en/data; [ "$attack" = -B ] && page=/ko/sign-in
    # shellcheck disable=SC2086
    slowhttptest -c "${number:-10000}" $attack -i 10 -r 500 -t "$([ "$attack" = -B ] && echo POST || echo GET)" -u "$at$page" -p 3 -l 45 >"$here/slow.log" 2>&1 & slow=$!
    sleep 8
    echo "slowhttptest $attack, ${number:-10000} connections"
    with_node reader "$at" 25 250
    echo "  RSS of the host $(awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$city/status") MB, open files $(find "/proc/$city/fd" -mindepth 1 | wc -l)"
    wait "$slow" || true
    sed 's/\x1b\[[0-9;]*m//g' "$here/slow.log" | grep -E '^(initializing|pending|connected|error|closed|service available|Exit status)' | tail -7 | sed 's/^/  /'
    kill -0 "$city" || { echo "the host has ended"; bad=1; }
  done
  ;;
overload)
  sources_apart; start "$here/city.db"
  with_node overload "$at" "$(link Official)" "${number:-20}"
  ;;
datadisk|waldisk)
  # the other of the two lies where there is room
  mkdir "$here/disk" "$here/wal"
  mount -t tmpfs -o size=160m none "$here/disk" || { echo "A small disk cannot be mounted here." >&2; exit 2; }
  [ "$drill" = datadisk ] && pgdata="$here/disk/pg" || pgdata="$here/pg"
  [ "$drill" = datadisk ] && wal="$here/wal/pg" || wal="$here/disk/pg"
  [ -z "$as" ] || chown postgres "$here/disk" "$here/wal"
  postgres --wal-segsize=1 -X "$wal"
  start "$database"
  need node nodejs; within "somebody can sign in" '[ -n "$(link Administrator)" ]'
  node "$root/tools/drills.mjs" notes "$at" "$(link DepartmentHead)" >"$here/notes" 2>&1 & notes=$!
  status() { tail -1 "$here/notes" | cut -d' ' -f2; }
  within "notes are taken" '[ "$(status)" = 302 ]'
  sleep 5
  dd if=/dev/zero of="$here/disk/filler" bs=64k 2>/dev/null || true
  echo "the disk is full: $(df -h "$here/disk" | tail -1)"
  # what there is in files that were made before is filled first
  within "a note is refused" '[ "$(status)" = 503 ]'
  [ "$drill" = datadisk ] || [ -n "$(pg)" ] || echo "  the server has ended itself"
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
  sleep 20
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page later" "$(get $page)" 200; done
  kill -0 "$city" || { echo "the host has ended"; bad=1; }
  grep -ohE '(PANIC|FATAL|ERROR): .*(No space|disk full).*' "$here/pg.log" | sed 's/"[^"]*"/…/' | sort | uniq -c | sort -rn | head -3
  rm "$here/disk/filler"
  [ -n "$(pg)" ] || { rm -f "$pgdata/postmaster.pid"; up; }
  within "back" '[ "$(status)" = 302 ]'
  for page in /ko /en/disaster-safety; do want "$page afterwards" "$(get $page)" 200; done
  kill "$notes"; wait "$notes" 2>/dev/null || true
  cut -d' ' -f2 "$here/notes" | sort | uniq -c | awk '{ print "  notes answered " $2 ": " $1 }'
  echo "  the slowest 503 after $(awk '$2 == 503 { print $3 }' "$here/notes" | sort -n | tail -1) ms, with Retry-After $(awk '$2 == 503 { print $4 }' "$here/notes" | sort -u | tr '\n' ' ')"
  psql -qtA -h 127.0.0.1 -p "$pgport" -U city postgres -c "SELECT \"Text\" FROM disaster_safety.acts WHERE \"Text\" LIKE 'note-%'" | sort >"$here/there"
  awk '$2 == 302 { print "note-" $1 }' "$here/notes" | sort >"$here/taken"
  lost=$(comm -23 "$here/taken" "$here/there" | wc -l); echo "  taken $(wc -l <"$here/taken"), of these lost $lost"; [ "$lost" = 0 ] || bad=1
  (cd "$here" && dotnet "$host" check "--Database=$database" $settings 2>/dev/null) || bad=1
  ;;
killed)
  need sqlite3 sqlite3; sources_apart
  # the city, and a feed that takes what is sent
  cp -r "$root/cities/seoul" "$here/pack"
  cat >"$here/pack/feeds/drill.yaml" <<FEED
feed: city.drill
title: { ko: 시험, en: Drill }
owner: { ko: 시험, en: Drill }
format: json
push: { secret: plaza }
schedule: { every: 1m, timeout: 5s }
freshness: { late: 5m, stale: 1h, drop: 9000d }
map:
  thing: { from: [id] }
  time: { from: [at], format: [iso] }
  values: { level: { from: [level], unit: cm, min: 0, max: 1000000000 } }
FEED
  # shellcheck disable=SC2086
  with_node killed "$at" "${number:-500}" "$here" "$host" "--Database=$here/city.db" $settings "--City=$here/pack" "--urls=$at" --Logging:LogLevel:Default=Error
  ;;
*) echo "There are: database, frozen, disk, long, killed, streams, slow, overload, datadisk, waldisk" >&2; exit 2;;
esac
[ $bad = 0 ] || { echo "Not as promised."; tail -20 "$here/host.log" >&2; exit 1; }
echo "As promised."
