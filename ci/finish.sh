#!/usr/bin/env bash
# Stop the mock of a GitHub job, and show each request that it refused, with the rule and the fix.
set -eo pipefail

log=$RUNNER_TEMP/ringback.log
if [ -n "$RINGBACK_PID" ]; then kill "$RINGBACK_PID" 2>/dev/null || true; fi
refused=$(sed -n 's/^INFO ringback\.access\.refusals: //p' "$log" 2>/dev/null || true)
if [ -z "$refused" ]; then
  echo "Ringback refused nothing."
  exit 0
fi
echo "$refused"
{
  echo "### Ringback refused"
  echo '```'
  echo "$refused"
  echo '```'
} >>"$GITHUB_STEP_SUMMARY"
