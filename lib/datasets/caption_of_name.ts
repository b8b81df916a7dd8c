import { basename, extname } from "node:path";

/** What cameras and programs call pictures, whatever they show. */
const meaningless = new Set([
  ..."img dsc dscn dscf pxl mvimg vid mp image images photo picture pic shot scan".split(" "),
  ..."screenshot untitled whatsapp at copy edited".split(" "),
]);

/**
 * What a picture shows, as its file's name says: "01_red-apple.jpg" shows "red apple". Nothing where
 * the name has no word that could tell, as "IMG_2034.jpg".
 */
export function captionOfName(file: string): string | undefined {
  const tokens = basename(file, extname(file)).split(/[^\p{L}\p{N}'’]+/u);
  const isWord = (token: string) => /^\p{L}[\p{L}'’]*$/u.test(token);
  const first = tokens.findIndex(isWord), last = tokens.findLastIndex(isWord);
  const telling = (token: string) =>
    isWord(token) && /\p{Lo}|../u.test(token) && !meaningless.has(token.toLowerCase());
  if (!tokens.some(telling)) return undefined;
  return tokens.slice(first, last + 1).join(" ");
}
