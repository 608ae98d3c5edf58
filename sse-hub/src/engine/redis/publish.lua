-- Gives an event its place in the hub's order.
--
-- KEYS: the hub, its log, its topics.
-- ARGV: an epoch if one has to begin, this event's token, the window in milliseconds, the epoch and
-- the sequence up to which the publisher knows the history, the number of topics, the topics, and
-- the event's fields.
--
-- Redis doesn't undo what a script has done before it fails. So whatever can fail comes before
-- the sequence is counted up, and a failure leaves no hole in the order.
local hub, log, topics = KEYS[1], KEYS[2], KEYS[3]

local function text(number)
  return string.format('%.0f', number)
end

local state = redis.call('HMGET', hub, 'epoch', 'sequence', 'token', 'time', 'floor')
local epoch = state[1]
local last = tonumber(state[2] or '0')
local last_token = state[3] or '0'
local floor = state[5] or '0'

-- There is no history, or what the publisher has seen of it is not here: Redis has lost its end.
if not epoch or (epoch == ARGV[4] and last < tonumber(ARGV[5])) then
  epoch = ARGV[1]
  redis.call('HSET', hub, 'epoch', epoch)
end

-- A clock that was set back must not make an ID that is too low.
local now = redis.call('TIME')
local time = math.max(now[1] * 1000 + math.floor(now[2] / 1000), tonumber(state[4] or '0'))
local oldest = text(math.max(time - tonumber(ARGV[3]), 0))
local number = text(last + 1)

local remembered = redis.call('ZCARD', topics)
if remembered == 0 and last > 0 then
  -- The topics are gone, by eviction or by hand: nothing is known of any of them.
  floor = text(last)
  redis.call('HSET', hub, 'floor', floor)
end

local entry = { 'h', epoch .. ' ' .. ARGV[2] .. ' ' .. last_token }
local count = tonumber(ARGV[6])
for at = 7, 6 + count do
  local topic = ARGV[at]
  local before = redis.call('ZSCORE', topics, topic)
  entry[#entry + 1] = 't'
  entry[#entry + 1] = text(tonumber(before or floor)) .. ' ' .. topic
  remembered = remembered + redis.call('ZADD', topics, number, topic)
end
for at = 7 + count, #ARGV do
  entry[#entry + 1] = ARGV[at]
end
-- The topics whose last event is the oldest share one floor.
if remembered > 65536 then
  local gone = redis.call('ZPOPMIN', topics, remembered - 65536)
  redis.call('HSET', hub, 'floor', text(tonumber(gone[#gone])))
end
redis.call('XADD', log, 'MINID', '~', oldest, text(time) .. '-' .. number, unpack(entry))
redis.call('HSET', hub, 'sequence', number, 'token', ARGV[2], 'time', text(time))
return { epoch, number }
