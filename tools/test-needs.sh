#!/bin/sh
# What the tests need beyond .NET and Node: a browser, a Korean font for its screens, PostgreSQL's programs (the tests start
# their own server); and qpdf and Poppler, which look at our PDF files: without these two, one test is skipped. Installs
# what is missing from the system's packages where it may; says what to type where not.
set -eu

browser() {
  [ -n "${CHROMIUM:-}" ] && return 0
  for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $name >/dev/null 2>&1 && return 0; done
  return 1
}
korean() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=ko)" ]; }
postgresql() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
pdf() { command -v qpdf >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1; }

missing=
browser || missing="$missing chromium"
korean || missing="$missing fontconfig fonts-noto-cjk"
postgresql || missing="$missing postgresql"
wanted=
pdf || wanted=" qpdf poppler-utils"
[ -n "$missing$wanted" ] || exit 0

if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then as=; elif sudo -n true 2>/dev/null; then as=sudo; else as=no; fi
  if [ "$as" != no ]; then
    echo "Installing for the tests:$missing$wanted"
    $as apt-get update -q >/dev/null || true
    # shellcheck disable=SC2086
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing $wanted >/dev/null || true
    still=
    browser || still="$still a browser (chromium, or name one in the variable CHROMIUM),"
    korean || still="$still a Korean font,"
    postgresql || still="$still PostgreSQL 15 or newer,"
    [ -z "$still" ] && exit 0
    echo "The system's packages did not bring:${still%,}. Install it by hand, then run the tests again." >&2
    exit 1
  fi
  [ -n "$missing" ] || exit 0
  echo "The tests need more programs. Install them, then run the tests again:  sudo apt-get install$missing" >&2
  exit 1
fi
[ -n "$missing" ] || exit 0
echo "The tests need:$missing. Install these with your system's package manager (names as in Debian), then run the tests again." >&2
exit 1
