import { z } from "zod";
import fxemojiNames from "./fxemoji_names.json" with { type: "json" };
import omitted from "./omitted.json" with { type: "json" };
import { emojiSets, type IconSet, readPackageFile } from "./sets.ts";

/** Something that every designer drew. */
export type Concept = {
  /** Its name in one word, as "red-apple". */
  id: string;
  /** As "1F34E". */
  hexcode: string;
  label: string;
  /** Keywords. */
  tags: string[];
  /** As "food-drink". */
  group: string;
  /** As "food-fruit". */
  subgroup: string;
  /** The icon's name in each set that has it. */
  icons: Record<string, string>;
};

/** An emoji as Unicode's common locale data names it. */
export type NamedEmoji = Omit<Concept, "icons">;

const emojibaseSchema = z.array(z.object({
  hexcode: z.string(),
  label: z.string(),
  tags: z.array(z.string()).default([]),
  group: z.int().optional(),
  subgroup: z.int().optional(),
}));

const groupsSchema = z.object({
  groups: z.record(z.string(), z.string()),
  subgroups: z.record(z.string(), z.string()),
});

/** What shows a thing, being or place, as opposed to a sign. */
const drawableGroups = [
  "smileys-emotion",
  "people-body",
  "animals-nature",
  "food-drink",
  "travel-places",
  "activities",
  "objects",
];

/** The clocks worth drawing; the others show one hour each. */
const drawableTimes = [
  "hourglass-done",
  "hourglass-not-done",
  "watch",
  "alarm-clock",
  "stopwatch",
  "mantelpiece-clock",
];

/** Where a set may lack a concept. */
const optionalSets: readonly string[] = [
  "fxemoji",
  "noto-v1",
  "emojione-monotone",
  "streamline-emojis",
];

/** All emoji with names, keywords and groups, without regional indicators. */
export async function readNamedEmoji(): Promise<NamedEmoji[]> {
  const emoji = emojibaseSchema.parse(await readPackageFile("emojibase-data/en/data.json"));
  const { groups, subgroups } = groupsSchema.parse(
    await readPackageFile("emojibase-data/meta/groups.json"),
  );
  return emoji.flatMap(({ hexcode, label, tags, group, subgroup }) =>
    group === undefined || subgroup === undefined ? [] : {
      id: slug(label),
      hexcode,
      label,
      tags,
      group: groups[group],
      subgroup: subgroups[subgroup],
    }
  );
}

/** The concepts that all sets have, but for the few sets that may lack some. */
export function joinConcepts(
  emoji: readonly NamedEmoji[],
  iconSets: ReadonlyMap<string, IconSet>,
): Concept[] {
  const aliases = new Map(
    [...iconSets].map(([name, { drawings }]) => [name, aliasesOf(drawings.aliases ?? {})]),
  );
  const taken = new Set<string>();
  return emoji.filter(isDrawable).flatMap((one) => {
    const names = [one.id, ...knownNames(one.hexcode, iconSets, aliases)];
    const icons: Record<string, string> = {};
    for (const { name: set } of emojiSets) {
      const icon = iconOf(one, set, names, iconSets.get(set)!);
      const isFree = icon !== undefined && !taken.has(`${set}:${icon}`);
      if (isFree) icons[set] = icon;
      else if (!optionalSets.includes(set)) return [];
    }
    Object.entries(icons).forEach(([set, icon]) => taken.add(`${set}:${icon}`));
    return [{ ...one, icons }];
  });
}

export function isDrawable({ id, group, subgroup }: NamedEmoji): boolean {
  if (!drawableGroups.includes(group)) return false;
  if (subgroup === "time") return drawableTimes.includes(id);
  return !omitted.subgroups.includes(subgroup) && !omitted.concepts.includes(id);
}

/** By hexcode in sets that have it; otherwise by one of the names that other sets use. */
function iconOf(
  { id, hexcode }: NamedEmoji,
  set: string,
  names: string[],
  { drawings, chars }: IconSet,
): string | undefined {
  if (chars !== undefined) return chars[plainHexcode(hexcode)];
  const has = (name: string) => name in drawings.icons || name in (drawings.aliases ?? {});
  if (set === "streamline-emojis") {
    // Where it has several drawings of an emoji, they are numbered.
    return names.flatMap((name) => [name, `${name}-1`]).find(has);
  }
  if (set !== "fxemoji") return names.find(has);
  const special = (fxemojiNames as Record<string, string | null>)[id];
  if (special !== undefined) return special ?? undefined;
  return names.map((name) => name.replaceAll("-", "")).find(has);
}

/** What the sets with hexcodes call this emoji. */
function knownNames(
  hexcode: string,
  iconSets: ReadonlyMap<string, IconSet>,
  aliases: ReadonlyMap<string, Map<string, string[]>>,
): string[] {
  return [...iconSets].flatMap(([set, { chars }]) => {
    const name = chars?.[plainHexcode(hexcode)];
    return name === undefined ? [] : [name, ...aliases.get(set)!.get(name) ?? []];
  });
}

function aliasesOf(aliases: Record<string, { parent: string }>): Map<string, string[]> {
  const byParent = Map.groupBy(Object.entries(aliases), ([, { parent }]) => parent);
  return new Map([...byParent].map(([parent, all]) => [parent, all.map(([alias]) => alias)]));
}

function plainHexcode(hexcode: string): string {
  return hexcode.toLowerCase().replaceAll("-fe0f", "");
}

/** "Rescue worker’s helmet" → "rescue-workers-helmet" */
function slug(label: string): string {
  return label.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f’'.]/g, "")
    .replace(/[^a-z0-9]+/g, "-");
}
