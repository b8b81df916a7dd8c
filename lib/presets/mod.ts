/**
 * Settings that were found good, by what they are for.
 * @module
 */
export { emojiDrawing, emojiParts, emojiTraining } from "./emoji.ts";
export { plainParts } from "./plain.ts";
