const here = new URL("./", import.meta.url).href;
const library = new URL("../", import.meta.url).href;

/**
 * The line that called TensorFlow, and where that is this library's own, the line outside that led to it:
 * "file:///…/lib/nn/linear.ts:20:13, called at file:///…/mine.ts:3:7".
 */
export function callSite(): string {
  const places = stack().filter((place) =>
    !place.startsWith(here) && !place.includes("/node_modules/") && !/^(ext|node):/.test(place)
  );
  const outside = places.find((place) => !place.startsWith(library));
  return [places[0], ...outside && outside !== places[0] ? [outside] : []].join(", called at ");
}

/** The places of all calls, the innermost first; between user and op are more than V8 keeps. */
function stack(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Infinity;
  const lines = new Error().stack!.split("\n").slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  return lines.flatMap((line) => /([^\s(]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? []);
}
