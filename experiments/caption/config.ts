import { z } from "zod";

/** Captions for a folder of pictures. */
export const captionSchema = z.strictObject({
  folder: z.string().describe("Folder of the pictures; those with a text file keep it"),
  captioner: z.string().optional().describe(
    "Image-to-text model in the layout of transformers.js: its folder, or its id on the Hub, " +
      "as Xenova/vit-gpt2-image-captioning",
  ),
});

export type CaptionConfig = z.infer<typeof captionSchema>;
