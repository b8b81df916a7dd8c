/** Writes what a run has made for other programs. */
import { join } from "node:path";
import { UserError } from "specialist/errors/mod.ts";
import { convertToKohya } from "specialist/models/adapters/mod.ts";
import { findRunRecord, type RunRecord } from "specialist/records/mod.ts";
import type { ExportConfig } from "./config.ts";

/** @returns the file */
export async function exportRun({ run, format, output }: ExportConfig): Promise<string> {
  const record = await findRunRecord(run);
  if (record?.status !== "finished") {
    throw new UserError({
      what: "there is no finished run in this folder",
      file: run,
      remedy: 'name the folder of one; "deno task specialist runs" lists them',
    });
  }
  const file = output ?? join(run, `${format}.safetensors`);
  switch (format) {
    case "lora-kohya":
      requireLora(record);
      await convertToKohya(join(run, "lora.safetensors"), file);
  }
  return file;
}

function requireLora({ id, kind }: RunRecord): void {
  if (kind === "lora") return;
  throw new UserError({
    what: `${id} has no low-rank adapters: its method is ${kind}`,
    field: "format",
    remedy: "name a run of the method lora",
  });
}
