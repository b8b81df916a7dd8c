/** JSON as a tree of what is written: unlike values, it can hold a key twice, or 1e400. */
export type JsonNode = { brackets: "{}" | "[]"; entries: JsonEntry[] } | { text: string };

/** A member of an object, or an item of a list, which has no key. */
export type JsonEntry = { key?: string; value: JsonNode };

/** @throws SyntaxError where the text is not JSON */
export function parseTree(text: string): JsonNode {
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

export function printTree(node: JsonNode): string {
  if ("text" in node) return node.text;
  const [open, close] = node.brackets;
  const parts = node.entries.map(({ key, value }) =>
    (key === undefined ? "" : `${JSON.stringify(key)}:`) + printTree(value)
  );
  return open + parts.join(",") + close;
}

/** Where a node stands: the `at`-th of these entries. */
export type JsonPlace = { entries: JsonEntry[]; at: number };

/** The places of all nodes, those inside of a node after it. */
export function placesIn(entries: JsonEntry[], places: JsonPlace[] = []): JsonPlace[] {
  for (const [at, { value }] of entries.entries()) {
    places.push({ entries, at });
    if ("entries" in value) placesIn(value.entries, places);
  }
  return places;
}
