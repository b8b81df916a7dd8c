/**
 * A model that says what pictures show.
 * @module
 */
export { type Captioner, startCaptioner } from "./captioner.ts";
export { obtainCaptioner } from "./obtain_captioner.ts";
