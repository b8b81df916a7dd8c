/** Prompts that no training caption equals: paraphrases of held-out concepts, and other sentences. */
import { join } from "node:path";
import { z } from "zod";
import { dataFile, readJson } from "../../internal/runtime/mod.ts";

/** A sentence that joins a caption with its style. */
export const templateSchema = z.string().refine(
  (template) => template.includes("{item}") && template.includes("{style}"),
  "must hold both {item} and {style}",
);

const text = z.string().trim().min(1, "the paraphrase is empty");
const paraphrasesSchema = z.record(z.string(), z.tuple([text, text]));
const templatesSchema = z.array(templateSchema).min(1);

/** How prompts may differ from the captions that models are trained with. */
export type Prompts = {
  /** Two hand-written ways to say what each validation and test concept shows, by its id. */
  paraphrases: Record<string, [string, string]>;
  /** Sentences with {item} and {style} that are not among the training templates. */
  templates: string[];
};

const shippedPrompts = dataFile("prompts");

/** Where prompts are kept in `folder`; the committed ones by default. */
export function promptFiles(folder = shippedPrompts): Record<keyof Prompts, string> {
  return {
    paraphrases: join(folder, "paraphrases.json"),
    templates: join(folder, "templates.json"),
  };
}

/**
 * Reads prompts: the committed ones by default. Those of test concepts are for reporting only.
 *
 * ```ts
 * const { paraphrases } = await readPrompts();
 * paraphrases.airplane; // ["a passenger jet", "an aircraft flying"]
 * ```
 *
 * @param folder holds paraphrases.json and templates.json
 * @throws UserError naming file and field, where one is missing or damaged
 */
export async function readPrompts(folder = shippedPrompts): Promise<Prompts> {
  const files = promptFiles(folder);
  return {
    paraphrases: await readJson(files.paraphrases, paraphrasesSchema),
    templates: await readJson(files.templates, templatesSchema),
  };
}
