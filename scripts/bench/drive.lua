-- What wrk sends. Its arguments: a file, its kind, and how many threads there are.
--
--     keys     Each line is a key, and asked about at the gate.
--     chain    The first line is a request with TOKEN where a token belongs, each further one a token. A token is sent
--              once; the answer holds the one that is sent in its place.
--     else     Each line is a request, its parts separated by tabs: method, path, body, headers.
--
-- Keys and tokens are shared among the threads. Everything is sent in turn.

local QUESTION = "GET /gate/auth HTTP/1.1\r\nHost: bench\r\nX-Forwarded-Method: GET\r\n" ..
    "X-Forwarded-Uri: /api/v1/workflows\r\nAuthorization: Bearer "
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

local function read(file)
    local lines = {}
    for line in io.lines(file) do lines[#lines + 1] = line end
    return lines
end

-- This thread's share of what stands at `first` and behind it.
local function share(lines, first, of)
    local own = {}
    for i = first + number, #lines, of do own[#own + 1] = lines[i] end
    return own
end

local function format(line)
    local parts, headers = {}, {}
    for part in (line .. "\t"):gmatch("([^\t]*)\t") do parts[#parts + 1] = part end
    for i = 4, #parts do
        local name, value = parts[i]:match("^([^:]+): (.*)$")
        headers[name] = value
    end
    return wrk.format(parts[1], parts[2], headers, parts[3] ~= "" and parts[3] or nil)
end

local function in_turn(list, make)
    local last = 0
    function request()
        last = last % #list + 1
        return make(list[last])
    end
end

-- It has more tokens than connections: while one is on its way, others are sent.
local function chain(template, tokens)
    local sent = {}
    -- All are of one length, which the head of the request tells.
    local text = format((template:gsub("TOKEN", tokens[1])))
    local from, to = text:find(tokens[1], 1, true)
    local before, after = text:sub(1, from - 1), text:sub(to + 1)
    function request()
        local token = table.remove(tokens, 1)
        sent[#sent + 1] = token
        return before .. token .. after
    end
    -- The bare handler gives none: then one that was sent is as good as new.
    function response(_, _, body)
        local old = table.remove(sent, 1)
        tokens[#tokens + 1] = body:match('"refresh_token":"([^"]+)"') or old
    end
end

function init(args)
    local lines, kind, of = read(args[1]), args[2], tonumber(args[3])
    if kind == "keys" then
        in_turn(share(lines, 1, of), function(key) return QUESTION .. key .. "\r\n\r\n" end)
    elseif kind == "chain" then
        chain(lines[1], share(lines, 2, of))
    else
        for i, line in ipairs(lines) do lines[i] = format(line) end
        in_turn(lines, function(text) return text end)
    end
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format("measured %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
