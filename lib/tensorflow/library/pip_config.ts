/** Settings of a pip configuration file: section → key → value. */
export type PipConfig = Record<string, Record<string, string>>;

/**
 * Reads pip's configuration format, that of Python's `configparser`: an indented line continues the
 * value above it, which is how lists of addresses are written. Keys are lower case with dashes.
 * Lines outside the format are skipped, as a file of another tool's must not stop us.
 */
export function parsePipConfig(text: string): PipConfig {
  const config = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  let key: string | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const content = line.replace(/(^|\s);.*$/, "").trim();
    if (content === "" || content.startsWith("#")) continue;
    const header = /^\[([^\]]+)\]$/.exec(content);
    const separator = content.search(/[=:]/);
    if (header) {
      section = config.get(header[1]) ?? new Map();
      config.set(header[1], section);
      key = undefined;
    } else if (/^\s/.test(line) && section && key) {
      section.get(key)!.push(content);
    } else if (separator > 0 && section) {
      key = content.slice(0, separator).trim().toLowerCase().replaceAll("_", "-");
      section.set(key, [content.slice(separator + 1)]);
    }
  }
  const textOf = ([key, lines]: [string, string[]]) => [key, lines.join("\n").trim()];
  const sections = [...config].map(([name, settings]) =>
    [name, Object.fromEntries([...settings].map(textOf))] as const
  );
  return Object.fromEntries(sections);
}
