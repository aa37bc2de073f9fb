-- Takes a lease, if there is one.
-- KEYS: the workspace's leases by their ends, the new lease's workspace. ARGV: the time in ms (empty: this server's),
-- how many there are (-1: as many as come), the lifetime in ms, the lease, the workspace.
-- Answers 1 and how many are held now; or 0 and after how many ms one ends.
local now, most, lifetime = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local held = redis.call('ZCARD', KEYS[1])
if most >= 0 and held >= most then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return { 0, first[2] and first[2] - now or lifetime }
end
redis.call('ZADD', KEYS[1], now + lifetime, ARGV[4])
redis.call('SET', KEYS[2], ARGV[5], 'PX', lifetime)
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], last[2] - now)
return { 1, held + 1 }
