-- The position of the snapshot and its parts, of one moment; nothing where there is no log.
-- KEYS: what is said about the log, the snapshot.
local base = redis.call('HGET', KEYS[1], 'base')
if not base then return {} end
local said = redis.call('LRANGE', KEYS[2], 0, -1)
table.insert(said, 1, base)
return said
