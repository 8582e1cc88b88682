-- Begin the log, unless it has begun; say the version of its data, when it began, whose it is, who wrote it.
-- KEYS: what is said about the log. ARGV: version of the data, now, the org's mark, who writes, milliseconds.
local about = KEYS[1]
if redis.call('EXISTS', about) == 0 then
  redis.call('HSET', about, 'base', '0-0', 'format', ARGV[1], 'began', ARGV[2], 'org', ARGV[3], 'by', ARGV[4])
elseif tonumber(redis.call('HGET', about, 'format')) < tonumber(ARGV[1]) and redis.call('HGET', about, 'org') == ARGV[3] then
  redis.call('HSET', about, 'format', ARGV[1], 'by', ARGV[4])
end
redis.call('PEXPIRE', about, ARGV[5])
return redis.call('HMGET', about, 'format', 'began', 'org', 'by')
