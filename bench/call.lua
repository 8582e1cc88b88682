-- wrk -s call.lua URL -- KIND FROM FILE: send requests of a kind; print one line of figures, in microseconds.
--   same      the body that is the file's first line, again and again
--   numbers   calls to numbers that never come again: the file's lines hold how each begins
--   mix       of ten requests seven are such calls, two read a call that was placed, one is a refused body
--   listed    the file's lines as they are: METHOD, PATH and BODY between tabs
-- FROM is how many numbers were dialled before. The bodies to refuse stand in FILE.refused.

local PATH = "/api/v2/conversations/calls"
local lines, refusals = {}, {}
local n, kind, call = 0, "", nil

local function read(name)
  local found = {}
  for line in io.lines(name) do found[#found + 1] = line end
  return found
end

local function number()
  local line = lines[n % #lines + 1]
  local turn = math.floor(n / #lines) * 7919 % 10000
  return string.format('{"phoneNumber":"%s%04d","attributes":{"order":"17"}}', line, turn)
end

function init(arguments)
  kind, n = arguments[1], tonumber(arguments[2])
  lines = read(arguments[3])
  if kind == "mix" then refusals = read(arguments[3] .. ".refused") else response = nil end
  wrk.headers["Authorization"] = "Bearer alice"
  wrk.headers["Content-Type"] = "application/json"
end

local function mixed()
  local one = n % 10
  if one == 9 then
    return wrk.format("POST", PATH, nil, (refusals[math.floor(n / 10) % #refusals + 1]:gsub("{n}", tostring(n))))
  elseif one > 6 and call then
    return wrk.format("GET", PATH .. "/" .. call)
  end
  return wrk.format("POST", PATH, nil, number())
end

function request()
  n = n + 1
  if kind == "same" then return wrk.format("POST", PATH, nil, lines[1]) end
  if kind == "numbers" then return wrk.format("POST", PATH, nil, number()) end
  if kind == "mix" then return mixed() end
  local method, path, body = lines[n % #lines + 1]:match("^(%S+)\t(%S+)\t(.*)$")
  return wrk.format(method, path, nil, body)
end

function response(status, headers, body)
  if status == 202 then call = body:match('"id":%s*"([^"]+)"') end
end

function done(summary, latency)
  local broken = summary.errors
  print(string.format(
    'figures {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    broken.status, broken.connect + broken.read + broken.write + broken.timeout
  ))
end
