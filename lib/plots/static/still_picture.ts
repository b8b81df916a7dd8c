import sharp from "sharp";
import type { Figure } from "../figure.ts";
import { figureSvg } from "./figure_svg.ts";

export type StillPicture = {
  mime: "image/png" | "image/jpeg";
  bytes: Uint8Array;
  /** As it is to be shown, in pixels. */
  width: number;
  height: number;
};

/** A small picture of a figure: PNG, sharp on dense screens; or JPEG where it is made of pictures. */
export async function stillPicture(figure: Figure): Promise<StillPicture> {
  const svg = new TextEncoder().encode(await figureSvg(figure));
  const isPhotographic = Boolean(figure.layout.images?.length);
  const scale = isPhotographic ? 1 : 2;
  const drawn = sharp(svg, { density: 72 * scale });
  const { data, info } =
    await (isPhotographic
      ? drawn.jpeg({ quality: 80, mozjpeg: true })
      : drawn.png({ palette: true, colours: 64, effort: 10 }))
      .toBuffer({ resolveWithObject: true });
  return {
    mime: isPhotographic ? "image/jpeg" : "image/png",
    bytes: new Uint8Array(data),
    width: info.width / scale,
    height: info.height / scale,
  };
}
