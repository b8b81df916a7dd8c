import { dataFile } from "../files/mod.ts";

/** The shipped base model's folder, which has a guide and a judge beside it. */
export const baseModelFolder: string = dataFile("models/emoji-base");
