import { getIconData, iconToHTML, iconToSVG } from "@iconify/utils";
import { drawSvg, type Image } from "../../images/mod.ts";
import type { IconSet } from "./icon_sets.ts";

/** The icon on white, as large as fits into a square of `size` pixels. */
export async function drawIcon({ drawings }: IconSet, name: string, size: number): Promise<Image> {
  const icon = getIconData(drawings, name);
  if (icon === null) throw new Error(`${drawings.prefix} has no icon named ${name}`);
  const { attributes, body } = iconToSVG(icon, { width: `${size}`, height: `${size}` });
  return await drawSvg(iconToHTML(body, attributes), size);
}
