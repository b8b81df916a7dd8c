import { encodePng } from "../images/mod.ts";
import type { Image } from "../images/image.ts";
import { type Html, html } from "../html/mod.ts";

/** An image element that carries its pixels. */
export async function picture(image: Image, alt: string): Promise<Html> {
  const png = (await encodePng(image)).toBase64();
  return html`
    <img src="data:image/png;base64,${png}" width="${image.width}" height="${image.height}"
      alt="${alt}">
  `;
}
