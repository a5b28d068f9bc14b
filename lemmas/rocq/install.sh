#!/bin/sh
# Coq 8.16 and mathcomp, from Debian where packages may be installed: about 260 MB to download.
# Exit 0 when they are there, 1 with a line that says how to get them.
set -eu

packages="coq libcoq-mathcomp-algebra"
if command -v coqc > /dev/null && [ -d "$(coqc -where)/user-contrib/mathcomp/algebra" ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -qq -y --no-install-recommends $packages && exit 0
fi
echo "Rocq is missing: apt-get install $packages" >&2
exit 1
