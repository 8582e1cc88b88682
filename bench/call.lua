-- wrk -s call.lua URL -- BODY: place one call again and again; print one line of figures, in microseconds.
-- Where BODY holds {n}, each request has another number there.

function init(arguments)
  wrk.method = "POST"
  wrk.body = arguments[1]
  wrk.headers["Authorization"] = "Bearer alice"
  wrk.headers["Content-Type"] = "application/json"
  local before, after = arguments[1]:match("^(.*){n}(.*)$")
  if before then
    local n = 0
    request = function()
      n = n + 1
      return wrk.format(nil, nil, nil, before .. n .. after)
    end
  end
end

function done(summary, latency)
  local broken = summary.errors
  print(string.format(
    'figures {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    broken.status, broken.connect + broken.read + broken.write + broken.timeout
  ))
end
