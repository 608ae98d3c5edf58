-- Gives an event its place in the hub's order.
--
-- KEYS: the hub, its log, its topics.
-- ARGV: an epoch if one has to begin, this event's token, the window in milliseconds, the epoch and
-- the sequence up to which the publisher knows the history, the number of topics, the topics, and
-- the event's fields.
local hub = KEYS[1]

redis.call('HSETNX', hub, 'epoch', ARGV[1])
local state = redis.call('HMGET', hub, 'epoch', 'sequence', 'token', 'time', 'floor')
local epoch = state[1]
local sequence = tonumber(state[2] or '0')
local last_token = state[3] or '0'

-- What the publisher has seen is not here: Redis has lost the end of its history.
if epoch == ARGV[4] and sequence < tonumber(ARGV[5]) then
  epoch = ARGV[1]
  redis.call('HSET', hub, 'epoch', epoch, 'since', string.format('%.0f', sequence))
end

sequence = redis.call('HINCRBY', hub, 'sequence', 1)
local number = string.format('%.0f', sequence)

-- A clock that was set back must not make an ID that is too low.
local now = redis.call('TIME')
local time = math.max(now[1] * 1000 + math.floor(now[2] / 1000), tonumber(state[4] or '0'))
local oldest = string.format('%.0f', math.max(time - tonumber(ARGV[3]), 0))
local time = string.format('%.0f', time)

local entry = { 'h', epoch .. ' ' .. ARGV[2] .. ' ' .. last_token }
local count = tonumber(ARGV[6])
for at = 7, 6 + count do
  local topic = ARGV[at]
  local last = redis.call('ZSCORE', KEYS[3], topic) or state[5] or '0'
  entry[#entry + 1] = 't'
  entry[#entry + 1] = string.format('%.0f', tonumber(last)) .. ' ' .. topic
  redis.call('ZADD', KEYS[3], number, topic)
end
for at = 7 + count, #ARGV do
  entry[#entry + 1] = ARGV[at]
end
local id = time .. '-' .. number
redis.call('XADD', KEYS[2], 'MINID', '~', oldest, id, unpack(entry))
redis.call('HSET', hub, 'token', ARGV[2], 'time', time)

-- The topics whose last event is the oldest share one floor.
local excess = redis.call('ZCARD', KEYS[3]) - 65536
if excess > 0 then
  local gone = redis.call('ZPOPMIN', KEYS[3], excess)
  redis.call('HSET', hub, 'floor', string.format('%.0f', tonumber(gone[#gone])))
end
return { epoch, sequence }
