#!/bin/sh
# Place one call with curl and its --retry, with a token that is ready.
#
#     ringback crash-test -- sh examples/curl_retry.sh
set -eu

exec curl --silent --show-error --fail --retry 2 --max-time 5 \
  --header "Authorization: Bearer $RINGBACK_ACCESS_TOKEN" \
  --header 'Content-Type: application/json' \
  --data '{"phoneNumber": "+442079460100"}' \
  "$RINGBACK_URL/api/v2/conversations/calls"
