-- Begins a new epoch, unless another node has.
--
-- KEYS: the hub. ARGV: the epoch that has lost events, and a new one.
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
end
return redis.status_reply('OK')
