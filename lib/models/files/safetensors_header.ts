/**
 * The header of a safetensors file: its length in 8 bytes, then JSON that gives each tensor's type,
 * shape and place in the data that follows. Files come from anywhere, so nothing in it is trusted.
 */
import { z } from "zod";
import { firstProblem, parseJson, problemLine, sizeOf } from "../../internal/runtime/mod.ts";
import { type DtypeName, dtypeNames, dtypes } from "./dtypes.ts";

/** Of the format's own 100 MB, what a checkpoint of 100,000 tensors has. */
export const maxHeaderBytes = 16 << 20;

const offset = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.enum(dtypeNames),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([offset, offset]),
});
const metadataSchema = z.record(z.string(), z.string());

/** A tensor's place: bytes `begin` to `end` of the data. */
export type TensorEntry = {
  name: string;
  dtype: DtypeName;
  shape: number[];
  begin: number;
  end: number;
};

export type Header = { entries: TensorEntry[]; metadata: Record<string, string> };

/**
 * The tensors in the order of their data.
 *
 * @param dataBytes how many bytes follow the header
 * @throws Error where the header is malformed, or does not describe each of those bytes once
 */
export function parseHeader(json: string, dataBytes: number): Header {
  const { __metadata__: metadata = {}, ...tensors } = parseObject(json);
  const entries = Object.entries(tensors)
    .map(([name, value]) => parseEntry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin > covered) throw new Error(`bytes ${covered} to ${begin} belong to no tensor`);
    if (begin < covered) throw new Error(`tensor "${name}" overlaps the one before it`);
    if (end > dataBytes) {
      throw new Error(`tensor "${name}" ends at byte ${end}, the data at ${dataBytes}`);
    }
    covered = end;
  }
  if (covered < dataBytes) throw new Error(`bytes ${covered} to ${dataBytes} belong to no tensor`);
  return { entries, metadata: parseMetadata(metadata) };
}

/** The header of tensors whose data follow each other in the order of `entries`. */
export function formatHeader({ entries, metadata }: Header): string {
  const json = JSON.stringify(Object.fromEntries([
    ["__metadata__", metadata],
    ...entries.map(({ name, dtype, shape, begin, end }) => [
      name,
      { dtype, shape, data_offsets: [begin, end] },
    ]),
  ]));
  // Spaces up to a multiple of eight bytes, so that the data are aligned.
  return json + " ".repeat(-new TextEncoder().encode(json).length & 7);
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(json);
  } catch (error) {
    throw new Error(`the header: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("the header is not a JSON object");
  }
  const twice = repeatedKey(json);
  if (twice !== undefined) throw new Error(`the header lists ${twice} twice`);
  return value as Record<string, unknown>;
}

/** A key that stands twice in the outermost object of `json`, of which JSON.parse keeps the last. */
function repeatedKey(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g)) {
    if (token === "{") depth++;
    else if (token === "}") depth--;
    else if (colon && depth === 1) {
      const key = token.slice(0, -colon.length);
      const name = JSON.parse(key);
      if (seen.has(name)) return key;
      seen.add(name);
    }
  }
}

function parseEntry(name: string, value: unknown): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const problem = firstProblem(parsed.error, value, entrySchema);
    throw new Error(`tensor "${name}": ${problemLine(problem)}`);
  }
  const { dtype, shape, data_offsets: [begin, end] } = parsed.data;
  const bytes = sizeOf(shape) * dtypes[dtype].bytes;
  if (end - begin !== bytes) {
    throw new Error(
      `tensor "${name}" is ${dtype} [${shape}], ${bytes} bytes, but has ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function parseMetadata(value: unknown): Record<string, string> {
  const parsed = metadataSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problem = firstProblem(parsed.error, value, metadataSchema);
  throw new Error(`__metadata__: ${problemLine(problem)}`);
}
