#!/bin/sh
# Start a container: clone the checkout if there is none, bring it up to date, then serve the work
# pool (worker) or run another command in the checkout, such as: xrecord verify.
#   XRECORD_PROJECT      the folder of the checkout; /srv/record in the image
#   XRECORD_REPOSITORY   what to clone if the folder is empty; XRECORD_BRANCH: which branch (main)
#   XRECORD_PULL         1: pull now, and before each run
#   XRECORD_DEPLOYMENTS  the deployments of prefect.yaml to make
#   PREFECT_API_URL      the Prefect server
set -eu

project=${XRECORD_PROJECT:?"expected the folder of the checkout"}
if [ ! -d "$project/schemas" ]; then
  if [ -z "${XRECORD_REPOSITORY:-}" ]; then
    echo "$project: expected a checkout, found no schemas/." \
      "Mount one there, or set XRECORD_REPOSITORY to what to clone." >&2
    exit 2
  fi
  git clone --quiet --branch "${XRECORD_BRANCH:-main}" "$XRECORD_REPOSITORY" "$project"
fi
cd "$project"
sh deploy/pull.sh
export PYTHONPATH="$project"

[ "${1:-worker}" = worker ] || exec "$@"

: "${PREFECT_API_URL:?"expected the address of a Prefect server, such as http://server:4200/api"}"
pool=xinjiang-record
# It may be there; if it could not be made, the next command says so.
prefect --no-prompt work-pool create "$pool" --type process >/dev/null 2>&1 || true
for name in ${XRECORD_DEPLOYMENTS:-record-daily verify-daily}; do
  set -- "$@" --name "$name"
done
shift
prefect --no-prompt deploy "$@"
# Runs whose processes were killed would keep their places; mark them as crashed first.
python -m xinjiang_record.cli schedule --sweep
exec prefect worker start --pool "$pool" --type process --with-healthcheck
