import { encode } from "fast-png";
import type { DOMWindow } from "jsdom";

/** Gives canvases what a heatmap needs: one picture, put in whole and read as PNG. */
export function addPixelCanvas({ HTMLCanvasElement }: DOMWindow): void {
  const drawn = new WeakMap<HTMLCanvasElement, ImageData>();
  Object.assign(HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement) {
      return {
        createImageData: (width: number, height: number) => ({
          width,
          height,
          data: new Uint8ClampedArray(4 * width * height),
        }),
        putImageData: (pixels: ImageData) => drawn.set(this, pixels),
      };
    },
    toDataURL(this: HTMLCanvasElement) {
      const { width, height, data } = drawn.get(this)!;
      return `data:image/png;base64,${encode({ width, height, data }).toBase64()}`;
    },
  });
}
