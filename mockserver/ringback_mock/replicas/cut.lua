-- Let the log go on from a snapshot, unless there is a newer one. The entries since the snapshot before stay,
-- for a replica that has not read as far as this one.
-- KEYS: the log, what is said about it, the snapshot, the new snapshot. ARGV: its position, milliseconds.
local log, about, snapshot, fresh = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local base = redis.call('HGET', about, 'base')
local function numbers(id)
  local major, minor = string.match(id, '(%d+)-(%d+)')
  return tonumber(major), tonumber(minor)
end
local stands = false
if base and #redis.call('XRANGE', log, ARGV[1], ARGV[1]) == 1 then
  local old, oldMinor = numbers(base)
  local new, newMinor = numbers(ARGV[1])
  stands = new > old or (new == old and newMinor > oldMinor)
end
if not stands then
  redis.call('DEL', fresh)
  return 0
end
redis.call('RENAME', fresh, snapshot)
redis.call('HSET', about, 'base', ARGV[1], 'before', base)
redis.call('XTRIM', log, 'MINID', base)
for place = 1, 3 do redis.call('PEXPIRE', KEYS[place], ARGV[2]) end
return 1
