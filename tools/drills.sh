#!/bin/sh
# Bad days, by command: tools/drills.sh database|frozen|disk [rounds]. Runs the built host (dotnet build src/Host) on a PostgreSQL server of its own (or,
# for disk, on SQLite on a small disk), does to it what the name says, and says what readers and writers got. Ends with 1 when it was not
# what docs/operating.md promises.
#   database  its server is killed (kill -9 of every process), stays away for 10 s, and comes back
#   frozen    its server stands still (SIGSTOP of every process) for 20 s with all connections open
#   disk      the disk of the embedded database fills up; later there is room again (needs to mount a tmpfs)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
drill=${1:?tools/drills.sh database, frozen or disk}; rounds=${2:-3}
here=$(mktemp -d)
host="$root/src/Host/bin/Debug/net10.0/SmartCity.Host.dll"
[ -f "$host" ] || { echo "Build first: dotnet build src/Host" >&2; exit 2; }
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
as=; [ "$(id -u)" = 0 ] && { as="runuser -u postgres --"; chown postgres "$here"; chmod 755 "$here"; }
city=; bad=0
pg() { p=$(head -1 "$here/pg/postmaster.pid" 2>/dev/null) && { pgrep -P "$p" || true; echo "$p"; }; }
# shellcheck disable=SC2046,SC2086
end() {
  trap - EXIT INT TERM
  [ -z "$city" ] || kill "$city" 2>/dev/null || true
  if [ -d "$here/pg" ]; then kill -CONT $(pg) 2>/dev/null || true; $as "$bin/pg_ctl" -D "$here/pg" -m immediate stop >/dev/null 2>&1 || true; fi
  [ ! -d "$here/disk" ] || umount "$here/disk" 2>/dev/null || true
  rm -rf "$here"
}
trap end EXIT; trap 'end; exit 130' INT TERM
# shellcheck disable=SC2086
up() { $as "$bin/pg_ctl" -D "$here/pg" -w -l "$here/pg.log" -o "-p 5199 -k $here -h 127.0.0.1" start >/dev/null; }
get() { curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' "http://127.0.0.1:5198$1"; }
# a signature is wrong whatever it says, so what counts is whether the host answers 401 (it could look) or 503 (it could not)
post() { curl -s -o /dev/null -m 20 -w '%{http_code} %{time_total}' -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d 'name=n&password=p' "http://127.0.0.1:5198/ko/sign-in"; }
want() { case "$2" in "$3 "*) echo "  $1: $2 s";; *) echo "  $1: $2 s, and should be $3"; bad=1;; esac; }
within() { t=$(date +%s%N); until eval "$2"; do [ $(( ($(date +%s%N) - t) / 1000000 )) -lt 60000 ] || { echo "  $1: not within 60 s"; bad=1; return; }; sleep 0.1; done; echo "  $1: after $(( ($(date +%s%N) - t) / 1000000 )) ms"; }
settings="--environment=Development --contentRoot=$here --City=$root/cities/seoul --Simulator=http://127.0.0.1:5197 --Secrets:plaza=demonstration"
start() {
  cd "$here"
  # shellcheck disable=SC2086
  dotnet "$host" "--Database=$1" $settings --urls=http://127.0.0.1:5198 --Logging:LogLevel:Default=Error >"$here/host.log" 2>&1 & city=$!
  within "the city is ready" 'kill -0 $city 2>/dev/null || { cat "$here/host.log" >&2; end; exit 1; }; curl -fs -m 2 -o /dev/null http://127.0.0.1:5198/health/ready'
  for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page before" "$(get $page)" 200; done
}

case $drill in
database|frozen)
  # shellcheck disable=SC2086
  $as "$bin/initdb" -D "$here/pg" -U city -A trust -E UTF8 --locale=C >/dev/null; up
  database="Host=127.0.0.1;Port=5199;Username=city;Database=postgres;Maximum Pool Size=40"
  (cd "$here" && dotnet "$host" migrate "--Database=$database" $settings >migrate.log 2>&1) || { cat "$here/migrate.log" >&2; exit 1; }
  start "$database"
  for round in $(seq "$rounds"); do
    echo "round $round"
    # shellcheck disable=SC2046
    if [ "$drill" = database ]; then kill -KILL $(pg); away=10; else kill -STOP $(pg); away=20; fi
    within "noticed" 'case "$(curl -s -m 5 http://127.0.0.1:5198/health/ready)" in *"does not answer"*) true;; *) false;; esac'
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page" "$(get $page)" 200; done
    want "a form" "$(post)" 503
    sleep $away
    for page in /ko /en/feeds /ko/indicators /en/disaster-safety; do want "$page later" "$(get $page)" 200; done
    want "a form later" "$(post)" 503
    # shellcheck disable=SC2046
    if [ "$drill" = database ]; then rm -f "$here/pg/postmaster.pid"; up; else kill -CONT $(pg); fi
    within "back" 'case "$(curl -s -m 5 http://127.0.0.1:5198/health/ready)" in *"asks the sources"*) true;; *) false;; esac'
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
*) echo "There are: database, frozen, disk" >&2; exit 2;;
esac
[ $bad = 0 ] || { echo "Not as promised."; tail -20 "$here/host.log" >&2; exit 1; }
echo "As promised."
