-- Adds events to a run and renews its lease, unless the run has ended or another has replaced it.
--
-- KEYS: the run, its stream. ARGV: the generation, the lease and the time to keep in milliseconds, the sequence of
-- the oldest event to leave, that of the first event to add, and the events: for each the number of its
-- fields, and these.
local run, stream = KEYS[1], KEYS[2]
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)

local state = redis.call('HMGET', run, 'generation', 'end', 'last', 'read')
local last, sequence = tonumber(state[3] or '0'), tonumber(ARGV[5])
if state[1] ~= ARGV[1] or sequence > last + 1 then
  return { 'gone' }
end
if state[2] then
  return { 'ended' }
end
-- The run is lost if Redis has lost the newest events.
if last > 0 then
  local tail = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)
  if not tail[1] or tail[1][1] ~= string.format('%.0f-0', last) then
    redis.call('XADD', stream, string.format('%.0f-0', last + 1), 'end', 'lost')
    redis.call('HSET', run, 'end', 'lost')
    redis.call('PEXPIRE', run, ARGV[3])
    redis.call('PEXPIRE', stream, ARGV[3])
    return { 'lost' }
  end
end
local at = 6
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  -- Events that are there already were sent again because the first answer was lost.
  if sequence > last then
    redis.call('XADD', stream, string.format('%.0f-0', sequence), unpack(ARGV, at + 1, at + count))
    last = sequence
  end
  sequence = sequence + 1
  at = at + count + 1
end
redis.call('HSET', run, 'last', string.format('%.0f', last), 'lease', string.format('%.0f', now + ARGV[2]))
redis.call('XTRIM', stream, 'MINID', ARGV[4] .. '-0')
redis.call('PEXPIRE', run, string.format('%.0f', ARGV[2] + ARGV[3]))
redis.call('PEXPIRE', stream, string.format('%.0f', ARGV[2] + ARGV[3]))
return { 'ok', state[4] and string.format('%.0f', now - state[4]) or '' }
