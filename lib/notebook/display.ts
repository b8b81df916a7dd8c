/** Outputs of the cell that is running. Outside a notebook there are none. */

/** What is shown, by MIME type; a front end takes the richest that it knows. */
export type Bundle = Record<string, unknown>;

/** What is said about a representation, by MIME type: the width and height of a picture. */
export type BundleMetadata = Record<string, unknown>;

/** An output that changes in place. */
export type LiveDisplay = { update(bundle: Bundle): Promise<void> };

/** Whether this runs in a notebook's kernel. */
export function isNotebook(): boolean {
  return kernel() !== undefined;
}

/** Shows an output below the cell. */
export async function display(bundle: Bundle, metadata: BundleMetadata = {}): Promise<void> {
  await kernel()?.broadcast("display_data", { data: bundle, metadata, transient: {} });
}

/** Shows an output that can be replaced, from any later cell too. */
export async function openDisplay(bundle: Bundle): Promise<LiveDisplay> {
  const send = async (type: string, data: Bundle) => {
    await kernel()?.broadcast(type, { data, metadata: {}, transient: { display_id: id } });
  };
  const id = crypto.randomUUID();
  await send("display_data", bundle);
  return { update: (bundle) => send("update_display_data", bundle) };
}

function kernel(): typeof Deno.jupyter | undefined {
  try {
    return Deno.jupyter;
  } catch {
    // Outside the kernel, looking is an error.
    return undefined;
  }
}
