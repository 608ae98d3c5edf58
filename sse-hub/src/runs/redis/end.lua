-- Ends a run, unless it has ended or another has replaced it.
--
-- KEYS: the run, its stream. ARGV: the generation, for how many milliseconds to keep it, how it ended, and what
-- went wrong. With an empty state the run is removed, since nobody is going to produce it.
local run, stream = KEYS[1], KEYS[2]
local state = redis.call('HMGET', run, 'generation', 'end', 'last')
if state[1] ~= ARGV[1] then
  return { 'gone' }
end
if state[2] then
  return { 'ended' }
end
if ARGV[3] == '' then
  redis.call('DEL', run, stream)
  return { 'ok' }
end
local id = string.format('%.0f-0', state[3] + 1)
if ARGV[4] == '' then
  redis.call('XADD', stream, id, 'end', ARGV[3])
else
  redis.call('XADD', stream, id, 'end', ARGV[3], 'text', ARGV[4])
end
redis.call('HSET', run, 'end', ARGV[3])
redis.call('PEXPIRE', run, ARGV[2])
redis.call('PEXPIRE', stream, ARGV[2])
return { 'ok' }
