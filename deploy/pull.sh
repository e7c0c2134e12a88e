#!/bin/sh
# Bring the checkout up to date before a run, if XRECORD_PULL is 1. A run that works keeps the lock
# runs/live/record, so that no file changes under it. Where the checkout has releases that the
# repository has not, git refuses what it would overwrite, and the run fails with its message.
set -eu
[ "${XRECORD_PULL:-}" = 1 ] || exit 0

cd "${XRECORD_PROJECT:-.}"
mkdir -p runs/live/record
flock --wait 600 runs/live/record git pull --quiet --ff-only
if [ -n "${XRECORD_LOCK:-}" ] && ! cmp -s requirements.lock "$XRECORD_LOCK"; then
  echo "requirements.lock names other libraries than $XRECORD_LOCK, which are installed." \
    "Build the image again." >&2
  exit 3
fi
