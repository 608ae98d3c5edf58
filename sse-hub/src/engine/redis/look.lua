-- Returns where the history ends, and begins one if there is none.
--
-- KEYS: the hub. ARGV: the format, and an epoch if one has to begin.
local state = redis.call('HMGET', KEYS[1], 'epoch', 'sequence', 'token', 'time', 'format')
if not state[1] then
  -- Writes only in this case, so that a node can look at a Redis that is full.
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'format', ARGV[1])
  state[1], state[5] = ARGV[2], ARGV[1]
end
local now = redis.call('TIME')
return {
  state[1], state[2] or '0', state[3] or '0', state[4] or '0', state[5] or '1',
  string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000)),
}
