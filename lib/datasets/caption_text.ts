import { z } from "zod";

/** In characters; text encoders look at some 77 tokens. */
export const longestCaption = 2000;

/** What a picture shows. */
export const captionText = z.string().trim().min(1, "the caption is empty")
  .max(longestCaption, `the caption has more than ${longestCaption} characters`);
