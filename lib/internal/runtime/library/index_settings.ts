/** The package index that pip is set to use. */
import { devNull, homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Where packages may be looked for on this machine. */
export type IndexSettings = {
  /** Folders and pages that link to wheels. */
  findLinks: URL[];
  /** Package indexes, the main one first. */
  indexes: URL[];
  /** Whether the public index may be asked: not where a main index is named or indexes are off. */
  usePublicIndex: boolean;
  /** A PEM file of certificate authorities to trust besides the system's. */
  certificates?: string;
};

type Environment = (name: string) => string | undefined;
type ReadText = (path: string) => string | undefined;

/**
 * What the user told pip and uv in their environment variables and pip's configuration files.
 * Neither tool needs to be installed.
 */
export function readIndexSettings(
  environment: Environment = (name) => Deno.env.get(name) || undefined,
  readText: ReadText = readTextIfPresent,
): IndexSettings {
  const settings = mergedSettings(environment, readText);
  const setting = (key: string) =>
    environment(`PIP_${key.toUpperCase().replaceAll("-", "_")}`) ?? settings[key];

  const noIndex = isTrue(setting("no-index")) || isTrue(environment("UV_NO_INDEX"));
  const main = setting("index-url") ?? environment("UV_DEFAULT_INDEX") ??
    environment("UV_INDEX_URL");
  const indexes = [main, setting("extra-index-url"), ...uvExtraIndexes(environment)];
  const findLinks = [setting("find-links"), environment("UV_FIND_LINKS")?.replaceAll(",", " ")];
  return {
    findLinks: findLinks.flatMap(words).map(toUrl),
    indexes: noIndex ? [] : indexes.flatMap(words).map(toUrl),
    usePublicIndex: !noIndex && main === undefined,
    certificates: setting("cert"),
  };
}

/** pip's rule: a later file wins, and within a file the command's section wins over [global]. */
function mergedSettings(environment: Environment, readText: ReadText): Record<string, string> {
  const configs = configFiles(environment).map(readText)
    .filter((text) => text !== undefined).map(parsePipConfig);
  const sections = ["global", "install", "download"];
  return Object.assign({}, ...sections.flatMap((name) => configs.map((config) => config[name])));
}

/** pip's configuration files on Linux, the weakest first. */
function configFiles(environment: Environment): string[] {
  const chosen = environment("PIP_CONFIG_FILE");
  if (chosen === devNull) return [];
  const home = homedir();
  const shared = (environment("XDG_CONFIG_DIRS") ?? "/etc/xdg").split(":").reverse();
  const virtual = environment("VIRTUAL_ENV");
  return [
    ...shared.map((folder) => join(folder, "pip", "pip.conf")),
    "/etc/pip.conf",
    join(home, ".pip", "pip.conf"),
    join(environment("XDG_CONFIG_HOME") ?? join(home, ".config"), "pip", "pip.conf"),
    ...(virtual ? [join(virtual, "pip.conf")] : []),
    ...(chosen ? [chosen] : []),
  ];
}

/** uv may give an index a name: `name=address`. */
function uvExtraIndexes(environment: Environment): (string | undefined)[] {
  const named = words(environment("UV_INDEX")).map((word) => word.replace(/^[\w.-]+=/, ""));
  return [...named, environment("UV_EXTRA_INDEX_URL")];
}

function words(text: string | undefined): string[] {
  return text?.split(/\s+/).filter((word) => word !== "") ?? [];
}

function isTrue(text: string | undefined): boolean {
  return ["1", "true", "yes", "on", "y", "t"].includes(text?.toLowerCase() ?? "");
}

/** An address, or the path of a folder or page. */
function toUrl(location: string): URL {
  if (!isAbsolute(location) && URL.canParse(location)) return new URL(location);
  return pathToFileURL(resolve(location.replace(/^~(?=\/|$)/, homedir())));
}

/** More than any such file has. */
const maxBytes = 1 << 16;

function readTextIfPresent(path: string): string | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile && size <= maxBytes ? Deno.readTextFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Settings of a pip configuration file: section → key → value. */
type PipConfig = Record<string, Record<string, string>>;

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
