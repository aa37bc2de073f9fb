-- Holds a lease for longer, or gives it back.
-- KEYS: the lease's workspace. ARGV: the time in ms (empty: this server's), the lifetime in ms (0: give it back), the
-- lease, what the names of workspaces' leases begin with, and the workspace for which the asking node vouches that the
-- lease is held, where this server may have missed it (empty: it does not).
-- Answers 1; or 0 if the lease has ended.
local now, lifetime, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local vouched = ARGV[5] ~= ''
local workspace = vouched and ARGV[5] or redis.call('GET', KEYS[1])
if not workspace then return { 0 } end
local leases = ARGV[4] .. workspace
redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
if not vouched and not redis.call('ZSCORE', leases, lease) then
  redis.call('DEL', KEYS[1])
  return { 0 }
end
if lifetime == 0 then
  redis.call('ZREM', leases, lease)
  redis.call('DEL', KEYS[1])
  return { 1 }
end
redis.call('ZADD', leases, now + lifetime, lease)
redis.call('SET', KEYS[1], workspace, 'PX', lifetime)
local last = redis.call('ZRANGE', leases, -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', leases, last[2] - now)
return { 1 }
