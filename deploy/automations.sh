#!/bin/sh
# Create the automations of automations.yaml on the server that PREFECT_API_URL names, in place of
# those of an earlier call: deploy/automations.sh TYPE/NAME, such as slack-webhook/xrecord.
set -eu
block=${1:?"expected a notification block, such as slack-webhook/xrecord (prefect block ls)"}
here=$(cd "$(dirname "$0")" && pwd)

id=$(prefect block inspect "$block" --output json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
there=$(COLUMNS=200 prefect automation ls)
sed -n 's/^  - name: "\(.*\)"$/\1/p' "$here/automations.yaml" | while read -r name; do
  case $there in
  *"$name"*) prefect --no-prompt automation delete "$name" ;;
  esac
done
prefect automation create --from-json "$(sed "s/BLOCK_ID/$id/" "$here/automations.yaml" |
  python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))')"
