/** Changes to JSON that keep it JSON, or nearly: what gets past a parser, to what trusts it. */
import fc from "fast-check";

/** As they are written, so that some are no JSON and some no number that a double can hold. */
const hostileValues = [
  ...["null", "true", "false", "[]", "{}", "[null]", '""', '" "', '"\\u0000"', '"\\ud800"'],
  ...["0", "-0", "-1", "1", "2", "3", "0.5", "1e-320", "1e308", "1e400", "-1e400", "255"],
  ...["65536", "2147483648", "4294967296", "1000000000"],
  ...["9007199254740991", "9007199254740993", "9223372036854775808", "1e30"],
  ...['"__proto__"', '"constructor"', '"toString"', '"../../outside"', '"/etc/passwd"'],
  ...['"..\\\\outside"', '"\\u001b[2J"', '"a\\nb"', '"<|endoftext|>"', '"NaN"', '"1"'],
  ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}'],
  ...["NaN", "-Infinity", "undefined", "'", '{"a":1,"a":2}'],
];

const hostileKeys = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length", ""],
  ...["__metadata__", "../outside", "0", "-1", "_note", "unknown", "\u0000"],
];

const node = fc.nat(0xffff);
const value = fc.constantFrom(...hostileValues);
const key = fc.constantFrom(...hostileKeys);

/** `node` counts the nodes of a document through, and begins again behind the last. */
export const jsonMutation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("replace"), node, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove"), node }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("nudge"),
      node,
      by: fc.constantFrom(-1, 1, -8, 8, 0.5, 1000, 2 ** 31, 2 ** 53),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("swap"), node, other: node }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename"), node, key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("twice"), node, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("add"), node, key, value }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("nest"),
      node,
      depth: rarely(100_000, fc.constantFrom(2, 50, 1000)),
      brackets: fc.constantFrom("[]", '{"a":}'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("grow"),
      node,
      to: rarely(1 << 20, fc.constantFrom(1 << 8, 1 << 12, 1 << 15)),
    }),
  },
);

export type JsonMutation = typeof jsonMutation extends fc.Arbitrary<infer T> ? T : never;

/** The changed document; the same one where it is not JSON, or the change has no place in it. */
export function mutateJson(json: string, mutation: JsonMutation): string {
  let root: JsonEntry;
  try {
    root = { value: parseTree(json) };
  } catch {
    return json;
  }
  const places = placesIn([root]);
  // The outermost entries are those of a list that holds the document alone.
  const { entries, at } = places[mutation.node % places.length];
  const entry = entries[at];
  switch (mutation.kind) {
    case "replace":
      entry.value = { text: mutation.value };
      break;
    case "remove":
      entries.splice(at, 1);
      break;
    case "nudge":
      entry.value = nudged(entry.value, mutation.by);
      break;
    case "swap": {
      const other = places[mutation.other % places.length];
      [entry.value, other.entries[other.at].value] = [
        { text: printTree(other.entries[other.at].value) },
        { text: printTree(entry.value) },
      ];
      break;
    }
    case "rename":
      if (entry.key !== undefined) entry.key = mutation.key;
      break;
    case "twice":
      entries.splice(at + 1, 0, { ...entry, value: { text: mutation.value } });
      break;
    case "add":
      add(entry.value, mutation.key, mutation.value);
      break;
    case "nest":
      entry.value = nested(entry.value, mutation.depth, mutation.brackets);
      break;
    case "grow":
      entry.value = grown(entry.value, mutation.to);
  }
  return printTree(root.value);
}

function nudged(node: JsonNode, by: number): JsonNode {
  if ("entries" in node) return node;
  const number = Number(node.text);
  return Number.isNaN(number) ? node : { text: `${number + by}` };
}

function add(node: JsonNode, key: string, value: string): void {
  if (!("entries" in node)) return;
  node.entries.push({ ...node.brackets === "{}" && { key }, value: { text: value } });
}

function nested(node: JsonNode, depth: number, brackets: string): JsonNode {
  const open = brackets.slice(0, -1), close = brackets.slice(-1);
  return { text: open.repeat(depth) + printTree(node) + close.repeat(depth) };
}

/** Its entries, each key another, or its text, again and again up to so many characters. */
function grown(node: JsonNode, to: number): JsonNode {
  const times = Math.ceil(to / printTree(node).length);
  if ("text" in node) {
    return { text: node.text.startsWith('"') ? repeated(node.text, times) : node.text };
  }
  const copies = Array.from(
    { length: times },
    (_, i) =>
      node.entries.map(({ key, value }) => ({ key: key && i > 0 ? `${key}${i}` : key, value })),
  );
  return { ...node, entries: copies.flat() };
}

function repeated(quoted: string, times: number): string {
  return `"${quoted.slice(1, -1).repeat(times)}"`;
}

/** JSON as a tree of what is written: unlike values, it can hold a key twice, or 1e400. */
type JsonNode = { brackets: "{}" | "[]"; entries: JsonEntry[] } | { text: string };

/** A member of an object, or an item of a list, which has no key. */
type JsonEntry = { key?: string; value: JsonNode };

/** @throws SyntaxError where the text is not JSON */
function parseTree(text: string): JsonNode {
  return treeOf(JSON.parse(text));
}

function treeOf(value: unknown): JsonNode {
  if (Array.isArray(value)) {
    return { brackets: "[]", entries: value.map((item) => ({ value: treeOf(item) })) };
  }
  if (typeof value !== "object" || value === null) return { text: JSON.stringify(value) };
  const entries = Object.entries(value).map(([key, value]) => ({ key, value: treeOf(value) }));
  return { brackets: "{}", entries };
}

function printTree(node: JsonNode): string {
  if ("text" in node) return node.text;
  const [open, close] = node.brackets;
  const parts = node.entries.map(({ key, value }) =>
    (key === undefined ? "" : `${JSON.stringify(key)}:`) + printTree(value)
  );
  return open + parts.join(",") + close;
}

/** Where a node stands: the `at`-th of these entries. */
type JsonPlace = { entries: JsonEntry[]; at: number };

/** The places of all nodes, those inside of a node after it. */
function placesIn(entries: JsonEntry[], places: JsonPlace[] = []): JsonPlace[] {
  for (const [at, { value }] of entries.entries()) {
    places.push({ entries, at });
    if ("entries" in value) placesIn(value.entries, places);
  }
  return places;
}

/** Once in a hundred times what takes long. */
export function rarely<T>(large: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 99, arbitrary: otherwise },
    { weight: 1, arbitrary: fc.constant(large) },
  );
}
