-- Begin the log, unless it has begun; say the version of its data, when it began, whose it is, who wrote it.
-- One of an org in whose place another is to be served ends.
-- KEYS: what is said about the log, the log, its snapshot. ARGV: version of the data, now, the org's mark, who
-- writes, milliseconds, the mark of the org that may be replaced.
local about = KEYS[1]
local kept = redis.call('HMGET', about, 'org', 'format')
if kept[1] == ARGV[6] and ARGV[6] ~= ARGV[3] and tonumber(kept[2]) <= tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
end
if redis.call('EXISTS', about) == 0 then
  redis.call('HSET', about, 'base', '0-0', 'format', ARGV[1], 'began', ARGV[2], 'org', ARGV[3], 'by', ARGV[4])
elseif tonumber(redis.call('HGET', about, 'format')) < tonumber(ARGV[1]) and redis.call('HGET', about, 'org') == ARGV[3] then
  redis.call('HSET', about, 'format', ARGV[1], 'by', ARGV[4])
end
redis.call('PEXPIRE', about, ARGV[5])
return redis.call('HMGET', about, 'format', 'began', 'org', 'by')
