/**
 * The paper's own numbers: of 400 votes, how many people gave to each method's pictures ("Specialist
 * Diffusion", CVPR 2023, user study). People were asked there, scores are computed here, the styles and
 * the base model are others: only which method comes first can be compared, never the size of a lead.
 */
import { renderTable, type TableFormat } from "specialist/tables/mod.ts";

type Votes = { style: string; dreambooth: number; textualInversion: number; specialist: number };

const votes: Votes[] = [
  { style: "food doodle", dreambooth: 68, textualInversion: 45, specialist: 287 },
  { style: "flat design", dreambooth: 61, textualInversion: 9, specialist: 330 },
  { style: "fantasy", dreambooth: 14, textualInversion: 101, specialist: 285 },
];

export const paperNote =
  "The paper's own numbers are another measure: of 400 votes of people, how " +
  "many each method got, with Stable Diffusion v1.4 and the paper's styles. Only the order of the " +
  "methods can be compared with the scores above.";

export function paperTable(format: TableFormat): string {
  const count = (title: string, value: (votes: Votes) => number) => ({
    title,
    value: (row: Votes) => `${value(row)}`,
    align: "right" as const,
  });
  return renderTable(votes, [
    { title: "style (votes of 400)", value: ({ style }) => style },
    count("DreamBooth", ({ dreambooth }) => dreambooth),
    count("textual inversion", ({ textualInversion }) => textualInversion),
    count("Specialist Diffusion", ({ specialist }) => specialist),
  ], format);
}
