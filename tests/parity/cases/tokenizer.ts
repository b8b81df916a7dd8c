import { join } from "node:path";
import { z } from "zod";
import { loadTokenizer } from "specialist/models/tokenizer/files.ts";
import type { ParityCase } from "../parity_case.ts";

/** Texts to padded ids, and their masks. */
export const tokenizer: ParityCase = async ({ folder, config, values }) => {
  const strings = z.array(z.string()).parse(values.strings);
  const own = await loadTokenizer(join(folder, config.tokenizer_dir));
  const { maxLength } = own.data;
  const shape = [strings.length, maxLength];
  const ids = strings.map((text) => own.encode(text));
  const masks = strings.map((text) => {
    const used = Math.min(own.tokenize(text).length + 2, maxLength);
    return Array.from({ length: maxLength }, (_, i) => i < used ? 1 : 0);
  });
  return {
    input_ids: { shape, data: Int32Array.from(ids.flat()) },
    attention_mask: { shape, data: Int32Array.from(masks.flat()) },
    ...Object.fromEntries(strings.map((text, i) => {
      const data = own.tokenize(text);
      const expected = z.array(z.array(z.int())).parse(values.ids_without_specials_untruncated)[i];
      const exact = { shape: [expected.length], data: expected, atol: 0, rtol: 0 };
      return [`untruncated/${i}`, { shape: [data.length], data, expected: exact }];
    })),
  };
};
