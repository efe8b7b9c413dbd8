#!/bin/sh
# ./build.sh --target=Build|Test|Pack|Bench|Screens    (Build when nothing is said)
set -eu
cd "$(dirname "$0")"

if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
  echo "The .NET SDK 10 is needed and was not found: install it, and see that the command dotnet is on the PATH." >&2
  exit 1
fi
if ! node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || ! command -v npm >/dev/null; then
  echo "Node.js 20 or newer with npm is needed for the client libraries and was not found: install it, and see that node and npm are on the PATH." >&2
  exit 1
fi

target=Build
next=
for word in "$@"; do
  case "$next$word" in
    target=*) target=${word}; next= ;;
    --target=*) target=${word#--target=} ;;
    --target) next=target= ;;
    *) next= ;;
  esac
done
case "$target" in Test|Screens) tools/test-needs.sh ;; esac

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
rm -f artifacts/tests/sum.txt
dotnet tool restore --verbosity quiet
outcome=0
dotnet cake build.cake "$@" || outcome=$?
# last, alone on its line, so that a program can read it
[ ! -f artifacts/tests/sum.txt ] || cat artifacts/tests/sum.txt
exit $outcome
