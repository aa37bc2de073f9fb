-- Counts a request in all of its windows or in none, by the rules of limits/window.rs.
-- KEYS: the windows. ARGV: the time in ms (empty: this server's), the cost, how far midnight is in ms, the day's number,
-- and then for each window: its requests, its length in ms (0: to midnight), 1 if it slides, and what the day has had
-- at least (-1: ask the cell alone).
-- Answers whether it was counted, then for each window: used, before, ms since it began, length, day. Answers nothing
-- if there is no cell of a day and nobody has said what the day has had.
local DAY = 86400000
local now, cost, midnight, today = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- Where the caller's time stands still (in a test), a cell must not go by this server's.
local spare = now and DAY or 1
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function is_empty(w)
  return w.used == 0 and w.before == 0
end

local function open(w)
  w.start, w.length = now, w.own
  if w.own == 0 then
    -- A day that comes twice, because a clock was put back, is counted once.
    w.length = w.day == today and midnight + DAY or midnight
    w.day = today
  end
end

local function pass(w)
  -- This server's clock was put back: nobody waits longer for it than one window.
  if w.start > now then w.start = now end
  local past = now - w.start
  if is_empty(w) or past < w.length then return end
  if w.slides and past < w.length * 2 then
    w.before, w.used, w.start = w.used, 0, w.start + w.length
  else
    w.used, w.before = 0, 0
  end
end

local function fits(w)
  local counted = w.used
  if w.before > 0 then
    counted = counted + math.ceil(w.before * (w.start + w.length - now) / w.length)
  end
  return counted + cost <= w.most
end

local function take(w, units)
  if is_empty(w) then open(w) end
  w.used = w.used + units
  w.changed = true
end

local function keep(w)
  local rest = math.max(w.start + w.length - now, 0)
  -- A cell is kept for as long as it says something: a sliding one a length more, a day's for another day.
  if w.own == 0 then rest = rest + DAY elseif w.slides then rest = rest + w.length end
  local cell = string.format('%d %d %d %d %d', w.used, w.before, w.start, w.length, w.day)
  redis.call('SET', w.key, cell, 'PX', rest + spare)
end

local windows, room = {}, true
local cells = redis.call('MGET', unpack(KEYS))
for i, key in ipairs(KEYS) do
  local at = 4 * i
  local w = { key = key, used = 0, before = 0, start = 0, length = 0, day = 0 }
  w.most, w.own, w.slides = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3] == '1'
  local least = tonumber(ARGV[at + 4])
  if cells[i] then
    local used, before, start, length, day = string.match(cells[i], '(%d+) (%d+) (%d+) (%d+) (%d+)')
    w.used, w.before, w.start = tonumber(used), tonumber(before), tonumber(start)
    w.length, w.day = tonumber(length), tonumber(day)
  elseif w.own == 0 then
    if least < 0 then return {} end
    w.changed = true
  end
  pass(w)
  if least > w.used then take(w, least - w.used) end
  room = room and fits(w)
  windows[i] = w
end

local counted = room and cost > 0
local answer = { counted and 1 or 0 }
for _, w in ipairs(windows) do
  if counted then take(w, cost) end
  if w.changed then keep(w) end
  for _, value in ipairs({ w.used, w.before, now - w.start, w.length, w.day }) do
    answer[#answer + 1] = value
  end
end
return answer
