#!/usr/bin/env bash
# Makes the virtual environment. Debian and Ubuntu split venv off into a package of its own: install it where we may.
set -euo pipefail
python=$1 venv=$2
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  echo "qlab: this Python lacks venv; installing the system package python$version-venv"
  if ! { command -v apt-get >/dev/null && $sudo apt-get update -qq && $sudo apt-get install -y -qq "python$version-venv"; }; then
    echo "qlab: could not install it. Cure: install python$version-venv (Debian, Ubuntu) or a Python from python.org, then run make again." >&2
    exit 1
  fi
fi
exec "$python" -m venv "$venv"
