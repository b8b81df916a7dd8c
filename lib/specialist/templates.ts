/** Style templates: the sentences that join what a picture shows (item) with its style. */
import { z } from "zod";

/** The paper's five. */
export const captionTemplates = [
  "{item} in the style of {style}",
  "{item} in {style} style",
  "a picture of {item} in {style} style",
  "a rendering of {item} in {style} style",
  "a painting of {item} in {style} style",
] as const;

export const templateSchema = z.string().refine(
  (template) => template.includes("{item}") && template.includes("{style}"),
  "must hold both {item} and {style}",
);

/**
 * ```ts
 * fillTemplate("{item} in {style} style", { item: "a castle", style: "flat" }); // a castle in flat style
 * ```
 */
export function fillTemplate(template: string, words: { item: string; style: string }): string {
  return template.replace(/\{(item|style)\}/g, (_, name: "item" | "style") => words[name]);
}

/** The second template: "a red apple in flat design style", for those who do not vary it. */
export function stylePrompt(item: string, style: string): string {
  return fillTemplate(captionTemplates[1], { item, style });
}
