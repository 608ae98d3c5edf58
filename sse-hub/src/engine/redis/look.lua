-- Tells where the history is, and begins one if there is none.
--
-- KEYS: the hub. ARGV: an epoch if one has to begin.
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
local state = redis.call('HMGET', KEYS[1], 'epoch', 'sequence', 'token', 'time', 'since')
local now = redis.call('TIME')
return {
  state[1], state[2] or '0', state[3] or '0', state[4] or '0', state[5] or '0',
  string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000)),
}
