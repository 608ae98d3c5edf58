-- Starts a run, unless one with its ID is running.
--
-- KEYS: the run. ARGV: what the keys of streams begin with, for how many milliseconds a run is kept after its
-- end, the generation of the new run, and its lease in milliseconds.
local run, streams, keep = KEYS[1], ARGV[1], ARGV[2]
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)

local state = redis.call('HMGET', run, 'generation', 'lease', 'end', 'last')
-- The same request again, since its first answer was lost.
if state[1] == ARGV[3] then
  return { 'started', ARGV[3] }
end
if state[1] and not state[3] then
  if tonumber(state[2]) > now then
    return { 'running', state[1] }
  end
  local stream = streams .. state[1]
  redis.call('XADD', stream, string.format('%.0f-0', state[4] + 1), 'end', 'lost')
  redis.call('PEXPIRE', stream, keep)
end
redis.call('DEL', run)
redis.call('HSET', run, 'generation', ARGV[3], 'last', '0', 'lease', string.format('%.0f', now + ARGV[4]))
redis.call('PEXPIRE', run, string.format('%.0f', ARGV[4] + keep))
return { 'started', ARGV[3] }
