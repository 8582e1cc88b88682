#!/usr/bin/env bash
# Serve a mock in the background of a GitHub job, wait until it is healthy, and tell the steps behind where it is.
# ORG, OPTIONS and PORT are the action's inputs.
set -eo pipefail

log=$RUNNER_TEMP/ringback.log
: >"$log" # what is started in the background may be slower than the first look at what it says
options=(--port "$PORT")
if [ -n "$ORG" ]; then options+=(--org "$ORG"); fi
read -r -a further <<<"$OPTIONS"
PATH=$RUNNER_TEMP/ringback-path:$PATH nohup ringback serve "${options[@]}" "${further[@]}" >"$log" 2>&1 </dev/null &
mock=$!

url=
for _ in $(seq 150); do
  url=$(sed -n 's/^ringback ready on //p' "$log")
  if [ -n "$url" ] || ! kill -0 "$mock" 2>/dev/null; then break; fi
  sleep 0.2
done
if [ -z "$url" ]; then
  cat "$log"
  echo "the mock did not start within half a minute"
  exit 1
fi
curl --silent --show-error --fail --insecure --output /dev/null "$url/healthz"
echo "url=$url" >>"$GITHUB_OUTPUT"
printf '%s\n' "RINGBACK_URL=$url" "RINGBACK_PID=$mock" >>"$GITHUB_ENV"
echo "Ringback takes calls at $url"
