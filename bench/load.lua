-- wrk's side: asks for the lines of a file in turn (path, and an ETag after a tab), prints JSON.
local requests, place = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, tag = line:match("^([^\t]+)\t?(.*)$")
    local headers = {["Accept"] = args[2], ["Accept-Encoding"] = "identity"}
    if tag ~= "" then headers["If-None-Match"] = tag end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local failed = 0
  for _, count in pairs(summary.errors) do failed = failed + count end
  io.write(string.format(
    '\n{"per_s": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "failed": %d, "bytes": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, failed, summary.bytes))
end
