import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { readConfigFile } from "specialist/config/mod.ts";

/** The fields of all commands that name what is written. */
const fields = ["output", "runs", "results", "pages", "folder", "run"];
/** Commands whose argument is a folder in which they write. */
const inFolder = new Set(["caption", "export", "sweep-task"]);
/** Programs that write beside the files that are their arguments. */
const besideFile = new Set(["cli/notebooks.ts", "cli/check_notebooks.ts"]);

/** The files and folders that a command line asks to be written. */
export async function placesIn(program: string, args: string[]): Promise<string[]> {
  const string = { type: "string", multiple: true } as const;
  const { values, positionals: words } = parseArgs({
    args,
    strict: false,
    options: Object.fromEntries([...fields, "set", "config"].map((name) => [name, string])),
  });
  const given = (name: string) => (values[name] ?? []) as string[];
  const assigned = given("set").flatMap((text) => {
    const [, field, value] = /^(\w+)=(.*)$/.exec(text) ?? [];
    return fields.includes(field) ? [value] : [];
  });
  const configs = await Promise.all(given("config").map(readConfigFile));
  const configured = configs.flatMap((config) => fields.map((name) => config[name]));
  return [
    ...fields.flatMap(given),
    ...assigned,
    ...configured.filter((value) => typeof value === "string"),
    ...inFolder.has(words[0]) ? words.slice(1) : [],
    ...besideFile.has(program) ? words.map((path) => dirname(path)) : [],
  ];
}
