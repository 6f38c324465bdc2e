-- wrk's side: asks for the lines of a file in turn (path, and an ETag after a tab), prints JSON.
-- A line that ends in the sign "@" is asked with another number in its place each time.
local requests, heads, place, turn = {}, {}, 0, os.time() % 100000 * 1000000

function init(args)
  for line in io.lines(args[1]) do
    local path, tag = line:match("^([^\t]+)\t?(.*)$")
    local headers = {["Accept"] = args[2], ["Accept-Encoding"] = "identity"}
    if tag ~= "" then headers["If-None-Match"] = tag end
    local whole = wrk.format("GET", path, headers)
    requests[#requests + 1] = whole
    heads[#requests] = path:sub(-1) == "@" and {whole:match("^(.-)@(.*)$")}
  end
end

function request()
  place = place % #requests + 1
  local parts = heads[place]
  if not parts then return requests[place] end
  turn = turn + 1
  return parts[1] .. turn .. parts[2]
end

function done(summary, latency)
  local failed = 0
  for _, count in pairs(summary.errors) do failed = failed + count end
  io.write(string.format(
    '\n{"per_s": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "failed": %d, "bytes": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, failed, summary.bytes))
end
