-- Returns how a run stands, and records it as lost if its lease is over.
--
-- KEYS: the run. ARGV: what the keys of streams begin with, for how many milliseconds a run is kept after its
-- end, and whether somebody reads it.
local run, streams, keep = KEYS[1], ARGV[1], ARGV[2]
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)

local state = redis.call('HMGET', run, 'generation', 'lease', 'end', 'last')
if not state[1] then
  return {}
end
if not state[3] and tonumber(state[2]) <= now then
  local stream = streams .. state[1]
  redis.call('XADD', stream, string.format('%.0f-0', state[4] + 1), 'end', 'lost')
  redis.call('HSET', run, 'end', 'lost')
  redis.call('PEXPIRE', run, keep)
  redis.call('PEXPIRE', stream, keep)
  state[3] = 'lost'
end
if ARGV[3] == '1' then
  redis.call('HSET', run, 'read', string.format('%.0f', now))
end
return { state[1], state[4], state[3] or '' }
