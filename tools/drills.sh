#!/bin/sh
# Bad days, by command: tools/drills.sh NAME [number]. Runs the built host (dotnet build src/Host, or -c Release: the newer one) on a database of its own,
# does to it what the name says, and says what readers and writers got. Ends with 1 when it was not what docs/operating.md promises.
# Ten ports from DRILLS_PORT (5190) on are used; SMARTCITY_HOST names another folder with the built host.
#   database  its server is killed (kill -9 of every process), stays away for 10 s (DRILLS_AWAY), and comes back, so many times (3)
#   frozen    its server stands still (SIGSTOP of every process) for 20 s with all connections open
#   disk      the disk of the embedded database nearly fills up, then does; later there is room again (needs to mount a tmpfs, node, sqlite3)
#   sync      the embedded database's disk fails to sync from the so-manieth time (100) of each thread on; the host is killed, and what was taken is there (needs strace, node, sqlite3)
#   killed    the host is killed (kill -9) so many times (500) in the middle of uploads, decisions, notes and batches, with SQLite (needs node, sqlite3)
#   streams   so many open streams (5000), all back at once, and some who never read (needs node, and ulimit -n above their number)
#   slow      so many slow connections (10000) of three kinds, and what one reader gets meanwhile (needs node, slowhttptest, and ulimit -n above their number)
#   overload  three times the requests that can be answered, for so many seconds (20): what is refused, how fast, and how sign-in fares (needs node)
#   datadisk  the disk with PostgreSQL's data fills up; later there is room again (needs to mount a tmpfs)
#   waldisk   the disk with its write-ahead log does
#   network   the network between host and PostgreSQL is cut for 1 and 30 s (needs ip netns)
#   restore   a database of about so many GB (2), SQLite's and PostgreSQL's, is backed up and restored into an empty place, with times (DRILLS_DATABASES=postgres: that one alone)
#   wal       PostgreSQL's disk is lost; it comes back from a base backup and the log that is archived every so many seconds (60)
#   clock     starts with the clock two years ahead, an hour back, over the end of a year and into a leap day, on one database; then the clock jumps while it runs (needs libfaketime, node)
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
city=; simulator=; bad=0; pgdata="$here/pg"; dbhost=127.0.0.1; away=; net=; notes=; clock=
pg() { p=$(head -1 "$pgdata/postmaster.pid" 2>/dev/null) && { pgrep -P "$p" || true; echo "$p"; }; }
alive() { p=$(head -1 "$pgdata/postmaster.pid" 2>/dev/null) && kill -0 "$p" 2>/dev/null; }
# shellcheck disable=SC2046,SC2086
end() {
  trap - EXIT INT TERM
  for p in $city $simulator $notes; do kill "$p" 2>/dev/null || true; done
  if [ -d "$pgdata" ]; then kill -CONT $(pg) 2>/dev/null || true; $as "$bin/pg_ctl" -D "$pgdata" -m immediate stop >/dev/null 2>&1 || true; fi
  [ ! -d "$here/disk" ] || umount "$here/disk" 2>/dev/null || true
  [ -z "$net" ] || { ip link del "v$$" 2>/dev/null; ip netns del "$net" 2>/dev/null; } || true
  rm -rf "$here"
}
trap end EXIT; trap 'end; exit 130' INT TERM
# shellcheck disable=SC2086
up() { $away $as "$bin/pg_ctl" -D "$pgdata" -w -l "$here/pg.log" -o "-p $pgport -k $here -h $dbhost" start >/dev/null; }
get() { curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' "$at$1"; }
# a signature is wrong whatever it says, so what counts is whether the host answers 401 (it could look) or 503 (it could not)
post() { curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d 'name=n&password=p' "$at/ko/sign-in"; }
want() { case "$2" in "$3 "*) echo "  $1: $2 s";; *) echo "  $1: $2 s, and should be $3"; bad=1;; esac; }
within() { t=$(date +%s%N); until eval "$2"; do [ $(( ($(date +%s%N) - t) / 1000000 )) -lt 60000 ] || { echo "  $1: not within 60 s"; bad=1; return; }; sleep 0.1; done; echo "  $1: after $(( ($(date +%s%N) - t) / 1000000 )) ms"; }
settings="--environment=Development --contentRoot=$here --City=$root/cities/seoul --Simulator=$sources --Secrets:plaza=demonstration"
start() {
  cd "$here"
  # shellcheck disable=SC2086
  $clock dotnet "$host" "--Database=$1" $settings "--urls=$at" --Logging:LogLevel:Default=Error >"$here/host.log" 2>&1 & city=$!
  within "the city is ready" 'kill -0 $city 2>/dev/null || { cat "$here/host.log" >&2; end; exit 1; }; curl -fs -m 2 -o /dev/null $at/health/ready'
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page before" "$(get $page)" 200; done
}
# a PostgreSQL server of its own, with the city's tables
# shellcheck disable=SC2086
postgres() {
  [ -n "$bin" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 2; }
  $as "$bin/initdb" -D "$pgdata" -U city -A trust -E UTF8 --locale=C "$@" >/dev/null
  [ "$dbhost" = 127.0.0.1 ] || echo "host all all $dbhost/24 trust" >>"$pgdata/pg_hba.conf"
  up
  database="Host=$dbhost;Port=$pgport;Username=city;Database=postgres;Maximum Pool Size=40"
  (cd "$here" && dotnet "$host" migrate "--Database=$database" $settings >migrate.log 2>&1) || { cat "$here/migrate.log" >&2; exit 1; }
}

# what stands in for the sources, as a program of its own, where the host alone is measured; and the link that signs a role in
sources_apart() { dotnet "$built/SmartCity.Simulator.dll" "$root/cities/seoul" --urls "$sources" >"$here/sources.log" 2>&1 & simulator=$!
  within "the sources answer" 'curl -s -m 2 -o /dev/null "$sources/"'; settings="$settings --Simulator:Elsewhere=true"; }
can_sign_in() { within "somebody can sign in" '[ -n "$(link Administrator)" ]'; }
link() { sed -n "s/^ *$1 *\(http.*\)/\1/p" "$here/host.log"; }
with_node() { need node nodejs; node "$root/tools/drills.mjs" "$@" || bad=1; }

# somebody who writes notes all the time; and whether what was taken is there
note_taker() {
  need node nodejs; can_sign_in
  node "$root/tools/drills.mjs" notes "$at" "$(link DepartmentHead)" >"$here/notes" 2>&1 & notes=$!
  within "notes are taken" '[ "$(status)" = 302 ]'
}
status() { tail -1 "$here/notes" | cut -d' ' -f2; }
notes_are_there() {
  kill "$notes"; wait "$notes" 2>/dev/null || true
  cut -d' ' -f2 "$here/notes" | sort | uniq -c | awk '{ print "  notes answered " $2 ": " $1 }'
  echo "  the slowest 503 after $(awk '$2 == 503 { print $3 }' "$here/notes" | sort -n | tail -1) ms, with Retry-After $(awk '$2 == 503 { print $4 }' "$here/notes" | sort -u | tr '\n' ' ')"
  if [ -d "$pgdata" ]; then psql -qtA -h "$here" -p "$pgport" -U city postgres -c "SELECT \"Text\" FROM disaster_safety.acts WHERE \"Text\" LIKE 'note-%'"
  else sqlite3 "$file" "SELECT Text FROM disaster_safety_acts WHERE Text LIKE 'note-%'"; fi | sort >"$here/there"
  awk '$2 == 302 { print "note-" $1 }' "$here/notes" | sort >"$here/taken"
  lost=$(comm -23 "$here/taken" "$here/there" | wc -l); echo "  taken $(wc -l <"$here/taken"), of these lost $lost"; [ "$lost" = 0 ] || bad=1
}

case $drill in
database|frozen)
  postgres; start "$database"
  for round in $(seq "$rounds"); do
    echo "round $round"
    # shellcheck disable=SC2046
    if [ "$drill" = database ]; then kill -KILL $(pg) 2>/dev/null || true; gone=${DRILLS_AWAY:-10}; else kill -STOP $(pg); gone=${DRILLS_AWAY:-20}; fi
    within "noticed" 'case "$(curl -s -m 5 $at/health/ready)" in *"does not answer"*) true;; *) false;; esac'
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
    want "a form" "$(post)" 503
    sleep "$gone"
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
  need sqlite3 sqlite3; file="$here/disk/city.db"
  mkdir "$here/disk"
  mount -t tmpfs -o size=24m none "$here/disk" || { echo "A small disk cannot be mounted here." >&2; exit 2; }
  start "$file"
  sleep 10
  note_taker
  # first little room, then none
  dd if=/dev/zero of="$here/disk/first" bs=1k count=$(($(df --output=avail "$here/disk" | tail -1) - 1000)) 2>/dev/null
  within "little room is noticed" 'case "$(curl -s -m 5 $at/health/ready)" in *"nearly full"*) true;; *) false;; esac'
  want "a file" "$(curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' -F "file=@$root/README.md" "$at/en/feeds/desk")" 507
  sleep 3; [ "$(status)" = 302 ] && echo "  notes are still taken" || { echo "  a note: $(status)"; bad=1; }
  dd if=/dev/zero of="$here/disk/filler" bs=64k 2>/dev/null || true
  echo "the disk is full: $(df -h "$here/disk" | tail -1)"
  sleep 12
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
  kill -0 "$city" || { echo "the host has ended"; bad=1; }
  rm "$here/disk/filler" "$here/disk/first"; sleep 15
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page afterwards" "$(get $page)" 200; done
  within "notes are taken again" '[ "$(status)" = 302 ]'
  notes_are_there
  kill "$city"; wait "$city" 2>/dev/null || true; city=
  (cd "$here" && dotnet "$host" check "--Database=$file" $settings 2>/dev/null) || bad=1
  ;;
sync)
  need strace strace; need sqlite3 sqlite3; file="$here/city.db"; sources_apart
  # from so many on, the disk refuses to say that anything is on it; -D, so that the host is the process that is started
  clock="strace -D -f --seccomp-bpf -qq -o $here/syncs -e trace=fsync,fdatasync -e inject=fsync,fdatasync:error=EIO:when=${number:-100}+"
  start "$file"; note_taker
  within "a note is refused" '[ "$(status)" = 503 ]'
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
  sleep 10; kill -0 "$city" || { echo "the host has ended"; bad=1; }
  echo "  of $(wc -l <"$here/syncs") times a disk was asked, it failed $(grep -c INJECTED "$here/syncs")"
  kill -KILL "$city"; wait "$city" 2>/dev/null || true
  clock=; start "$file"; notes_are_there
  kill "$city"; wait "$city" 2>/dev/null || true; city=
  (cd "$here" && dotnet "$host" check "--Database=$file" $settings 2>/dev/null) || bad=1
  ;;
long)
  sources_apart; start "$here/city.db"; can_sign_in
  with_node long "$at" "$city" "$(link Official)" "${number:-480}"
  ;;
streams)
  [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -gt $((${number:-5000} + 1000)) ] || { echo "Allow more open files: ulimit -n 20000" >&2; exit 2; }
  sources_apart; settings="$settings --Streams:EachAddress=100000"; start "$here/city.db"
  with_node streams "$at" "$city" "${number:-5000}"
  ;;
slow)
  need slowhttptest slowhttptest; sources_apart; start "$here/city.db"
  for attack in "-H" "-B" "-X -w 10 -y 100 -n 5 -z 32 -k 3"; do
    page=/en/data; [ "$attack" = -B ] && page=/ko/sign-in
    # shellcheck disable=SC2086
    slowhttptest -c "${number:-10000}" $attack -i 10 -r 500 -t "$([ "$attack" = -B ] && echo POST || echo GET)" -u "$at$page" -p 3 -l 120 >"$here/slow.log" 2>&1 & slow=$!
    sleep 20
    echo "slowhttptest $attack, ${number:-10000} connections"
    with_node reader "$at" 90 250
    echo "  RSS of the host $(awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$city/status") MB, open files $(find "/proc/$city/fd" -mindepth 1 | wc -l)"
    wait "$slow" || true
    sed 's/\x1b\[[0-9;]*m//g' "$here/slow.log" | grep -E '^(initializing|pending|connected|error|closed|service available|Exit status)' | tail -7 | sed 's/^/  /'
    kill -0 "$city" || { echo "the host has ended"; bad=1; }
  done
  ;;
overload)
  sources_apart; start "$here/city.db"; can_sign_in
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
  note_taker
  sleep 5
  dd if=/dev/zero of="$here/disk/filler" bs=64k 2>/dev/null || true
  echo "the disk is full: $(df -h "$here/disk" | tail -1)"
  # what there is in files that were made before is filled first
  within "a note is refused" '[ "$(status)" = 503 ]'
  [ "$drill" = datadisk ] || alive || echo "  the server has ended itself"
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
  sleep 20
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page later" "$(get $page)" 200; done
  kill -0 "$city" || { echo "the host has ended"; bad=1; }
  grep -ohE '(PANIC|FATAL|ERROR): .*(No space|disk full).*' "$here/pg.log" | sed 's/"[^"]*"/…/' | sort | uniq -c | sort -rn | head -3
  rm "$here/disk/filler"
  alive || { rm -f "$pgdata/postmaster.pid"; up; }
  within "back" '[ "$(status)" = 302 ]'
  for page in /ko /en/disaster-safety; do want "$page afterwards" "$(get $page)" 200; done
  notes_are_there
  (cd "$here" && dotnet "$host" check "--Database=$database" $settings 2>/dev/null) || bad=1
  ;;
network)
  need ip iproute2
  net="drill$$"; far="10.213.$((port % 250)).2"
  ip netns add "$net" && ip link add "v$$" type veth peer name "w$$" && ip link set "w$$" netns "$net" || { echo "A network of its own cannot be made here." >&2; exit 2; }
  ip addr add "${far%.2}.1/24" dev "v$$"; ip link set "v$$" up
  ip -n "$net" addr add "$far/24" dev "w$$"; ip -n "$net" link set "w$$" up; ip -n "$net" link set lo up
  away="ip netns exec $net"; dbhost=$far; postgres; start "$database"
  note_taker
  for seconds in ${number:-1 30}; do
    echo "cut for $seconds s"
    ip -n "$net" link set "w$$" down; sleep "$seconds"
    if [ "$seconds" -ge 5 ]; then
      within "a note is refused" '[ "$(status)" = 503 ]'
      for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
    fi
    ip -n "$net" link set "w$$" up
    within "back" '[ "$(status)" = 302 ]'
    within "the sources are asked" 'case "$(curl -s -m 5 $at/health/ready)" in *"asks the sources"*) true;; *) false;; esac'
    for page in /ko /en/disaster-safety; do want "$page afterwards" "$(get $page)" 200; done
    sleep 5
  done
  notes_are_there
  # shellcheck disable=SC2086
  (cd "$here" && dotnet "$host" check "--Database=$database" $settings 2>/dev/null) || bad=1
  ;;
restore)
  need sqlite3 sqlite3; sources_apart
  # a city that ran for a while, its values many times over into the past, backed up, and restored into an empty place
  took() { t=$(date +%s%N); (cd "$here" && eval "$2") >"$here/took.log" 2>&1 || { echo "  $1 failed: $(tail -3 "$here/took.log")"; bad=1; return; }; echo "  $1: $(( ($(date +%s%N) - t) / 100000000 ))e-1 s: $(tail -1 "$here/took.log" | cut -c1-160)"; }
  pgdata="$here/pg"; postgres
  for kind in ${DRILLS_DATABASES:-sqlite postgres}; do
    case $kind in
      sqlite) whole="$here/city.db"; empty="$here/empty/city.db"; mkdir -p "$here/empty"; table=feeds_observations;;
      *) whole=$database; empty=$(echo "$database" | sed 's/Database=postgres/Database=empty/'); table=feeds.observations; psql -q -h "$here" -p "$pgport" -U city postgres -c 'CREATE DATABASE empty';;
    esac
    echo "$kind"
    start "$whole"; sleep 20; kill "$city"; wait "$city" 2>/dev/null || true; city=
    # times are in milliseconds; a copy lies ten minutes before the one before it
    columns='"ObservedAt", "SeriesId", "FetchedAt", "ObservedUntil", "Value", "Quality"'
    copy='o."ObservedAt" - k * 600000, o."SeriesId", o."FetchedAt" - k * 600000, o."ObservedUntil" - k * 600000, o."Value", o."Quality"'
    few="SELECT $columns FROM $table ORDER BY \"ObservedAt\" DESC LIMIT 10000"
    if [ $kind = sqlite ]; then took "filled" "sqlite3 '$whole' 'PRAGMA synchronous=OFF; CREATE TEMP TABLE few AS $few; WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < $((${number:-2} * 1000))) INSERT OR IGNORE INTO $table ($columns) SELECT $copy FROM n CROSS JOIN few o; SELECT count(*) FROM $table; PRAGMA wal_checkpoint(TRUNCATE);'"; ls -l "$whole" | awk '{ printf "  the database: %.2f GB\n", $5 / 1e9 }'
    else took "filled" "psql -qtA -h $here -p $pgport -U city postgres -c 'CREATE TEMP TABLE few AS $few; INSERT INTO $table ($columns) SELECT $copy FROM generate_series(1::bigint, $((${number:-2} * 1000))) k, few o ON CONFLICT DO NOTHING; SELECT count(*) FROM $table'"; psql -qtA -h "$here" -p "$pgport" -U city postgres -c "SELECT pg_database_size('postgres')" | awk '{ printf "  the database: %.2f GB\n", $1 / 1e9 }'
    fi
    # shellcheck disable=SC2086
    took "backup" "dotnet '$host' backup '$here/$kind.backup' '--Database=$whole' $settings"
    ls -l "$here/$kind.backup" | awk '{ printf "  the file: %.2f GB\n", $5 / 1e9 }'
    # an empty machine: its own folders too
    mkdir "$here/machine-$kind"; machine=$(echo "$settings" | sed "s|--contentRoot=[^ ]*|--contentRoot=$here/machine-$kind|")
    began=$(date +%s)
    took "restore" "dotnet '$host' restore '$here/$kind.backup' '--Database=$empty' $machine"
    took "check" "dotnet '$host' check '--Database=$empty' $machine"
    start "$empty"; echo "  from the empty machine to a city that is ready: $(( $(date +%s) - began )) s"
    kill "$city"; wait "$city" 2>/dev/null || true; city=
    if [ $kind = sqlite ]; then a=$(sqlite3 "$whole" "SELECT count(*), sum(\"FetchedAt\" % 9973), total(\"Value\") FROM $table WHERE \"FetchedAt\" < $(sqlite3 "$whole" "SELECT max(\"FetchedAt\") FROM $table")"); b=$(sqlite3 "$empty" "SELECT count(*), sum(\"FetchedAt\" % 9973), total(\"Value\") FROM $table WHERE \"FetchedAt\" < $(sqlite3 "$whole" "SELECT max(\"FetchedAt\") FROM $table")"); echo "  rows, times and values: $a; restored: $b"; [ "$a" = "$b" ] || bad=1; rm -rf "$whole"* "$here/empty" "$here/sqlite.backup"; fi
  done
  ;;
wal)
  # a base backup and the archived log, and the server's own disk lost
  mkdir "$here/archived"; [ -z "$as" ] || chown postgres "$here/archived"
  postgres
  $as sh -c "cat >>'$pgdata/postgresql.conf'" <<CONF
archive_mode = on
archive_command = 'test ! -f $here/archived/%f && cp %p $here/archived/%f.half && mv $here/archived/%f.half $here/archived/%f'
archive_timeout = ${number:-60}
CONF
  $as "$bin/pg_ctl" -D "$pgdata" -m fast stop >/dev/null; up
  start "$database"
  $as "$bin/pg_basebackup" -h "$here" -p "$pgport" -U city -D "$here/base" -X none --checkpoint=fast 2>/dev/null
  note_taker
  echo "notes are written for $((${number:-60} * 3 / 2)) s"; sleep $((${number:-60} * 3 / 2))
  # shellcheck disable=SC2046
  kill -KILL $(pg); lostat=$(date +%s); kill "$notes" "$city"; wait "$notes" "$city" 2>/dev/null || true; city=
  rm -rf "$pgdata"; pgdata="$here/base"
  echo "restore_command = 'cp $here/archived/%f %p'" >>"$pgdata/postgresql.auto.conf"; $as touch "$pgdata/recovery.signal"; chmod 700 "$pgdata"
  up; within "the log is played to its end" '[ "$(psql -qtA -h "$here" -p "$pgport" -U city postgres -c "SELECT pg_is_in_recovery()")" = f ]'
  (cd "$here" && dotnet "$host" check "--Database=$database" $settings 2>/dev/null) || bad=1
  start "$database"; echo "  from the loss to a city that is ready: $(( $(date +%s) - lostat )) s"
  taken=$(grep -c ' 302 ' "$here/notes"); there=$(psql -qtA -h "$here" -p "$pgport" -U city postgres -c "SELECT count(*) FROM disaster_safety.acts WHERE \"Text\" LIKE 'note-%'")
  echo "  notes taken $taken, there $there: the last $(( (taken - there) * 6 / 10 )) s or so are missing (at most ${number:-60} s may be)"
  [ "$there" -gt 0 ] && [ $(( (taken - there) / 2 )) -le "${number:-60}" ] || bad=1
  ;;
clock)
  faked=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -1); [ -n "$faked" ] || { echo "libfaketime is missing: apt-get install libfaketime" >&2; exit 2; }
  # one database, and a host that is started again and again with another clock: two years ahead, an hour back, the end of a year, a leap day
  for moment in "+0d" "+730d" "-1h" "@$(date -u +%Y)-12-31 23:59:40" "@2028-02-28 23:59:40"; do
    echo "clock $moment"
    clock="env LD_PRELOAD=$faked FAKETIME_DONT_RESET=1"; FAKETIME=$moment; export FAKETIME
    start "$here/city.db"; sleep 25
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
    kill -0 "$city" || { echo "the host has ended"; bad=1; }
    kill "$city"; wait "$city" 2>/dev/null || true; city=; clock=
  done
  unset FAKETIME
  # shellcheck disable=SC2086
  (cd "$here" && dotnet "$host" check "--Database=$here/city.db" $settings 2>/dev/null) || bad=1
  # and one that runs on while its clock jumps and is set right again, and goes twice as fast, beside a PostgreSQL whose clock stays
  need node nodejs; postgres; echo "+0" >"$here/clock"
  clock="env LD_PRELOAD=$faked FAKETIME_TIMESTAMP_FILE=$here/clock FAKETIME_CACHE_DURATION=1 FAKETIME_DONT_FAKE_MONOTONIC=1"
  start "$database"
  for moment in "+0" "+5m" "+0" "-1h" "+0" "+730d" "+0" "+0 x2" "+0"; do
    echo "clock $moment, while it runs"; echo "$moment" >"$here/clock"; sleep 5
    within "every area has a value of now" 'curl -s -m 5 "$at/en" | node "$root/tools/areas-shown.mjs"'
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
    kill -0 "$city" || { echo "the host has ended"; bad=1; }
  done
  clock=
  # shellcheck disable=SC2086
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
*) echo "There are: database, frozen, disk, long, killed, streams, slow, overload, datadisk, waldisk, network, restore, wal, clock" >&2; exit 2;;
esac
[ $bad = 0 ] || { echo "Not as promised."; tail -20 "$here/host.log" >&2; exit 1; }
echo "As promised."
