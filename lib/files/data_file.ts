import { fileURLToPath } from "node:url";

/** The path of what the project ships, as `dataFile("splits.json")`. */
export function dataFile(path: string): string {
  return fileURLToPath(new URL(`../../data/${path}`, import.meta.url));
}
