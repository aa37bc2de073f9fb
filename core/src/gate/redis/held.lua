-- How many leases are held now.
-- KEYS: the workspace's leases by their ends. ARGV: the time in ms (empty: this server's).
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
return redis.call('ZCOUNT', KEYS[1], string.format('(%d', now), '+inf')
