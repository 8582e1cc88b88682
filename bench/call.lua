-- wrk -s call.lua URL -- BODY: place one call again and again; print one line of figures, in microseconds.

function init(arguments)
  wrk.method = "POST"
  wrk.body = arguments[1]
  wrk.headers["Authorization"] = "Bearer alice"
  wrk.headers["Content-Type"] = "application/json"
end

function done(summary, latency)
  local broken = summary.errors
  print(string.format(
    'figures {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    broken.status, broken.connect + broken.read + broken.write + broken.timeout
  ))
end
