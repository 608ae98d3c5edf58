-- Gives events their places in the hub's order.
--
-- KEYS: the hub, its log, its topics, what these retain.
-- ARGV: the format, an epoch if one has to begin, the window in milliseconds, the epoch and the
-- sequence of the last event that the publisher knows of, and for each event its token, the number of
-- its topics, the topics, the number of its fields, and the fields.
--
-- Returns the epoch, the last event's sequence, token and time, how many events have been published, and
-- why the next one was refused.
local hub, log, topics, retained = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local function text(number)
  return string.format('%.0f', number)
end

local state = redis.call('HMGET', hub, 'epoch', 'sequence', 'token', 'time', 'floor', 'format')
local epoch, token = state[1], state[3] or '0'
local last, floor = tonumber(state[2] or '0'), state[5] or '0'
if epoch and (state[6] or '1') ~= ARGV[1] then
  return redis.error_reply('FORMAT the hub has format ' .. state[6])
end

-- There is no history, or it ends before what the publisher has seen: Redis has lost its end.
if not epoch or (epoch == ARGV[4] and last < tonumber(ARGV[5])) then
  epoch = ARGV[2]
end

-- A clock that was set back must not make an ID that is too low.
local now = redis.call('TIME')
local time = math.max(now[1] * 1000 + math.floor(now[2] / 1000), tonumber(state[4] or '0'))
local oldest = text(math.max(time - tonumber(ARGV[3]), 0))

-- Redis doesn't undo what a script has done before it fails. A Redis that is full or read-only fails
-- at the first write, which is this one, and it leaves no hole in the order.
redis.call('HSET', hub, 'epoch', epoch, 'format', ARGV[1], 'time', text(time))

local remembered = redis.call('ZCARD', topics)
if remembered == 0 and last > 0 then
  -- Redis has evicted the topics, or someone has deleted them: nothing is known of any of them.
  floor = text(last)
  redis.call('HSET', hub, 'floor', floor)
end

-- Redis takes no ID below one that somebody else has used, and forgets such an ID only with the whole
-- log. So this deletes the log, and writes again what the nodes may not have read yet.
local function forget_higher(id)
  local newest = redis.call('XREVRANGE', log, '(' .. id, '-', 'COUNT', 1000)
  redis.call('DEL', log)
  for at = #newest, 1, -1 do
    redis.call('XADD', log, newest[at][1], unpack(newest[at][2]))
  end
end

-- Forgets the topics whose last event is the oldest. They share one floor.
local function forget_topics()
  local gone = redis.call('ZPOPMIN', topics, remembered - 65536)
  remembered, floor = 65536, text(tonumber(gone[#gone]))
  redis.call('HSET', hub, 'floor', floor)
end

local function add(id, entry)
  local added = redis.pcall('XADD', log, 'MINID', '~', oldest, id, unpack(entry))
  if type(added) == 'table' and (added.err:find('equal or smaller') or added.err:find('last possible ID')) then
    forget_higher(id)
    added = redis.call('XADD', log, id, unpack(entry))
  end
  if type(added) == 'table' then
    error(added.err, 0)
  end
end

-- Returns what a topic retains: the epoch, the sequence, and the fields from `first` to `last`, each with its length.
local function value(number, first, last)
  local parts = { epoch, ' ', number, ' ' }
  for at = first, last do
    parts[#parts + 1] = #ARGV[at] .. ':' .. ARGV[at]
  end
  return table.concat(parts)
end

-- Publishes the event whose arguments begin here, and returns where those of the next one begin.
local function publish(at)
  local number = text(last + 1)
  local entry = { 'h', epoch .. ' ' .. ARGV[at] .. ' ' .. token }
  local last_topic = at + 1 + ARGV[at + 1]
  for at = at + 2, last_topic do
    local before = redis.call('ZSCORE', topics, ARGV[at])
    entry[#entry + 1] = 't'
    entry[#entry + 1] = text(tonumber(before or floor)) .. ' ' .. ARGV[at]
    remembered = remembered + redis.call('ZADD', topics, number, ARGV[at])
  end
  local last_field = last_topic + 1 + ARGV[last_topic + 1]
  for at = last_topic + 2, last_field do
    entry[#entry + 1] = ARGV[at]
  end
  if remembered > 65536 then
    forget_topics()
  end
  -- The first field says whether a topic retains the event or forgets. No topic has an empty name: this only fails now,
  -- before the event is in the log, if Redis doesn't let the hash be written.
  local first = ARGV[last_topic + 2]
  if first == 'k' or first == 'f' then
    redis.call('HDEL', retained, '')
  end
  add(text(time) .. '-' .. number, entry)
  if first == 'k' then
    redis.call('HSET', retained, ARGV[at + 2], value(number, last_topic + 4, last_field))
  elseif first == 'f' then
    redis.call('HDEL', retained, ARGV[last_topic + 3])
  end
  last, token = last + 1, ARGV[at]
  return last_field + 1
end

local at, done, failure = 6, 0, ''
while ARGV[at] do
  local is_published, result = pcall(publish, at)
  if not is_published then
    failure = type(result) == 'table' and result.err or result
    break
  end
  at, done = result, done + 1
end

redis.call('HSET', hub, 'sequence', text(last), 'token', token)
return { epoch, text(last), token, text(time), done, failure }
