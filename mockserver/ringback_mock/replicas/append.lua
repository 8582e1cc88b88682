-- Append each proposal to the log unless an entry that its replica does not know yet has changed what the
-- proposal hangs on; and give the entries that it does not know.
-- KEYS: the log, what is said about it. ARGV: the last entry that is known, how many at most are given, the
-- version of the data, milliseconds that all this lives on, when the log began; then of each proposal what it
-- hangs on, what it changes, and its text. A proposal without a text is a question only.
local log, about = KEYS[1], KEYS[2]
local known, most = ARGV[1], tonumber(ARGV[2])
local said = redis.call('HMGET', about, 'base', 'format', 'before', 'began')
if not said[1] or said[4] ~= ARGV[5] then return {'gone'} end
if tonumber(said[2]) > tonumber(ARGV[3]) then return {'newer', said[2]} end
local entries = redis.call('XRANGE', log, known, '+', 'COUNT', most + 1)
if #entries > 0 and entries[1][1] == known then
  table.remove(entries, 1)
elseif known ~= said[1] and known ~= said[3] then
  return {'gone'}
end
if #entries >= most then return {'more', entries} end
local changed, any = {}, #entries > 0
local function note(keys)
  for key in string.gmatch(keys, '[^\n]+') do changed[key] = true end
end
for _, entry in ipairs(entries) do note(entry[2][2]) end
local fates, appended = {}, false
for place = 6, #ARGV, 3 do
  local hangs_on, stands = ARGV[place], true
  if hangs_on == '*' then
    stands = not any
  else
    for key in string.gmatch(hangs_on, '[^\n]+') do
      if changed[key] then stands = false break end
    end
  end
  local fate = ''
  if stands then
    fate = 'stands'
    if ARGV[place + 2] ~= '' then
      fate = redis.call('XADD', log, '*', 'k', ARGV[place + 1], 'd', ARGV[place + 2])
      note(ARGV[place + 1])
      any, appended = true, true
    end
  end
  fates[#fates + 1] = fate
end
if appended then
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[4]) end
end
return {'ok', entries, fates, redis.call('XLEN', log)}
