/** Exports a run's result for other programs. */
import { join } from "node:path";
import { additionFiles, trainedIn } from "specialist";
import { findRunRecord, type RunRecord, UserError } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import {
  convertToKohya,
  loadStableDiffusion,
  saveSingleFile,
  type StableDiffusion,
} from "specialist/models";
import type { ExportConfig } from "../commands/options.ts";

/** @returns the file */
export async function runExport({ run, format, output }: ExportConfig): Promise<string> {
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
      await convertToKohya(join(run, additionFiles.lora), file);
      break;
    case "single-file": {
      console.log(`Computing with ${await useBackend()}`);
      const model = await loadStableDiffusion(join(run, "model"));
      requireStableDiffusion1(record, model);
      await saveSingleFile(file, model, { dtype: "F16" });
    }
  }
  return file;
}

/** The original code's file for version 2 is another, and neither has a place for a tokenizer. */
function requireStableDiffusion1(record: RunRecord, { unet }: StableDiffusion): void {
  const reason = trainedIn(record).includes("token")
    ? "a single file has no place for the word that it has learned"
    : unet.config.cross_attention_dim === 1024 && "it is a Stable Diffusion 2";
  if (!reason) return;
  throw new UserError({
    what: `${record.id} cannot become a single file: ${reason}`,
    field: "format",
    remedy: "use the folder model in the run's folder",
  });
}

function requireLora(record: RunRecord): void {
  if (`${trainedIn(record)}` === "lora") return;
  throw new UserError({
    what: `${record.id} has no file of low-rank adapters: it trains ${
      trainedIn(record).join(" and ") || record.kind
    }`,
    field: "format",
    remedy: "name a run whose adapters are all that learns, as of the method lora",
  });
}
