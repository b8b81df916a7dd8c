import { dirname } from "node:path";
import { dataFile, writeAtomically } from "../../files/mod.ts";
import { emojiCorpusFile } from "../caption_corpus.ts";
import { renderLicences } from "./licences.ts";
import type { Emoji } from "./load_emoji.ts";
import { makeCaptionCorpus } from "./make_corpus.ts";
import { shipStyle } from "./ship_style.ts";
import type { Splits } from "./splits.ts";

/** How many shots of each unseen style the project ships. */
const shotCount = 8;

/** Writes what the project ships of the benchmark: shots, caption corpus and licences. */
export async function shipEmoji({ concepts, sets }: Emoji, splits: Splits): Promise<void> {
  const byId = new Map(concepts.map((concept) => [concept.id, concept]));
  const shots = splits.shots.slice(0, shotCount).map((id) => byId.get(id)!);
  for (const set of sets.filter(({ role }) => role === "style")) await shipStyle(set, shots);
  const captions = await makeCaptionCorpus(concepts, splits);
  await Deno.mkdir(dirname(emojiCorpusFile), { recursive: true });
  await writeAtomically(emojiCorpusFile, captions.join("\n") + "\n");
  await writeAtomically(dataFile("LICENSES.md"), renderLicences());
}
