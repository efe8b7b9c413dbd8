#!/bin/sh
# What a newcomer does, measured: clones the last commit into an empty folder, gives the run command, and waits until the
# main screen shows a value less than 10 s old for each of the 25 areas. Prints the seconds since the command.
# Usage: tools/fresh-clone.sh [repository]
set -eu
repository=$(cd "$(dirname "$0")/.." && pwd)
port=${PORT:-5080}
folder=$(mktemp -d)
runner=
end() {
  # the run command and all it started share a session of their own
  [ -z "$runner" ] || kill -- "-$runner" 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT INT TERM

git clone --quiet "${1:-$repository}" "$folder/city"
cd "$folder/city"
began=$(date +%s)
if [ "$port" = 5080 ]; then
  setsid dotnet run --project src/Host >"$folder/log" 2>&1 &
else
  setsid dotnet run --project src/Host -- --urls "http://localhost:$port" --Simulator "http://localhost:$((port + 1))" >"$folder/log" 2>&1 &
fi
runner=$!

up=
while :; do
  now=$(date +%s)
  if ! kill -0 "$runner" 2>/dev/null || [ $((now - began)) -gt 600 ]; then
    echo "The city did not come up:" >&2
    tail -n 20 "$folder/log" >&2
    exit 1
  fi
  if [ -z "$up" ] && curl -sf -o /dev/null "http://localhost:$port/health/live"; then up=$now; fi
  if curl -sf "http://localhost:$port/en" >"$folder/page" 2>/dev/null && node tools/areas-shown.mjs <"$folder/page"; then break; fi
  sleep 1
done
now=$(date +%s)
echo "25 areas with values less than 10 s old: $((now - began)) s after the run command, $((now - ${up:-$now})) s after the first answer"
