/**
 * HTML from templates that escape what is put in.
 * @module
 */
export { type Content, Html, html, scriptJson } from "./html.ts";
