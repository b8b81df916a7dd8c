import { mergeAddedRows, mergeLora, type Params } from "../nn/mod.ts";

/**
 * Calls `use` with low-rank adapters and added words made part of the weights, for formats that have
 * no place for them.
 */
export async function withMergedParams(
  params: Params,
  use: (merged: Params) => Promise<void>,
): Promise<void> {
  const merged = mergeAddedRows(mergeLora(params));
  try {
    await use(merged);
  } finally {
    for (const [name, value] of Object.entries(merged)) {
      if (value !== params[name]) value.dispose();
    }
  }
}
