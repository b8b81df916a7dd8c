/**
 * Files that are checked when read, and appear complete or not at all when written; the cache.
 * @module
 */
export { cacheFolder } from "./cache_folder.ts";
export { dataFile } from "./data_file.ts";
export { listOf, recordOf, someOf } from "./many.ts";
export { namesIn } from "./names_in.ts";
export { parseJson } from "./parse_json.ts";
export { readBytes, requireFile } from "./read_bytes.ts";
export { replaceFolder } from "./replace_folder.ts";
export { readJson } from "./read_json.ts";
export { readText, readTextIfThere } from "./read_text.ts";
export { makeFolder, syncFile } from "./sync.ts";
export { removeUnfinishedFolders } from "./unfinished.ts";
export { appendLine, writeAll, writeAtomically } from "./write_atomically.ts";
