/** What the guide retrieves for the shots, and whether paraphrases are understood. */
import { join } from "node:path";
import {
  baseTrainingConcepts,
  itemCaptions,
  loadEmoji,
  makeCaptionCorpus,
  readCorpusParaphrases,
  readPrompts,
  readSplits,
} from "specialist/data";
import {
  cacheFolder,
  gitCommit,
  hashFolder,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { embedTexts, judgeTexts, loadClip, loadJudges } from "specialist/models";
import { captionIndex, emojiPreset, type EncodeTexts } from "specialist/specialist";
import type { RetrievalConfig } from "../commands/options.ts";
import { type TextAgreement, textAgreement, textGroups, wordsOf } from "./nearest_captions.ts";
import { measureRetrieval, summariseRetrieval } from "./precision.ts";
import { type RetrievalRecord, retrievalReport } from "./report.ts";

/** Measures retrieval at the preset's setting and others, and writes record and report. */
export async function retrieval(config: RetrievalConfig): Promise<void> {
  const backend = await useBackend({ batch: 32 });
  const [{ concepts }, splits] = [await loadEmoji(), await readSplits()];
  const captions = new Map(concepts.map((concept) => [concept.id, itemCaptions(concept)[0]]));
  const corpusParaphrases = await readCorpusParaphrases();
  const corpus = await makeCaptionCorpus(concepts, splits, corpusParaphrases);

  const guideFolder = join(config.model, "guide");
  const guide = await loadClip(guideFolder);
  const index = await captionIndex([...corpus.keys()], {
    encode: (texts) => embedTexts(guide, texts),
    model: await hashFolder(guideFolder),
    folder: join(cacheFolder(), "captions"),
  });
  const shots = splits.shots.slice(0, config.shots)
    .map((id) => ({ id, caption: captions.get(id)! }));
  const setting = emojiPreset.retrieval;
  const measure = async (threshold: number, limit?: number) => {
    const retrieved = await measureRetrieval(shots, { index, corpus }, { threshold, limit });
    return { retrieved, summary: summariseRetrieval({ threshold, limit }, retrieved) };
  };
  const preset = await measure(setting.threshold, setting.limit);
  const summaries = [preset.summary];
  for (const threshold of config.thresholds) {
    for (const limit of [...config.limits, undefined]) {
      summaries.push((await measure(threshold, limit)).summary);
    }
  }

  const { content } = await loadJudges(config.judges);
  const trained = new Set(baseTrainingConcepts(splits));
  const knownWords = new Set(
    concepts.filter(({ id }) => trained.has(id)).flatMap(itemCaptions).flatMap(wordsOf),
  );
  const groups = textGroups(concepts, splits, {
    inCorpus: corpusParaphrases,
    prompts: (await readPrompts()).paraphrases,
  });
  const agreement: RetrievalRecord["agreement"] = [];
  for (
    const [reader, encode] of [
      ["The guide", index.encode],
      ["The content judge", (texts) => Promise.resolve(judgeTexts(content, texts))],
    ] satisfies [string, EncodeTexts][]
  ) {
    const read: TextAgreement[] = [];
    for (const group of groups) read.push(await textAgreement(group, captions, encode, knownWords));
    agreement.push({ reader, groups: read });
  }

  const record: RetrievalRecord = {
    setting,
    corpus: corpus.size,
    shots: preset.retrieved,
    summaries,
    agreement,
  };
  const { model, judges, output } = config;
  const models = { guide: await hashFolder(guideFolder), judges: await hashFolder(judges) };
  await Deno.mkdir(output, { recursive: true });
  await writeAtomically(
    join(output, "retrieval.json"),
    JSON.stringify({ model, judges, models, backend, commit: gitCommit(), ...record }, null, 2),
  );
  await writeAtomically(join(output, "retrieval.md"), retrievalReport(record));
  console.log(retrievalReport(record));
}
