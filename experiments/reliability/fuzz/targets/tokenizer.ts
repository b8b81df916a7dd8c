import { loadTokenizer, saveTokenizer } from "specialist/models/tokenizer.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile, seedFrom } from "../seed_files.ts";
import { tokenizer } from "../small_networks.ts";
import { defineTarget } from "../target.ts";

const { vocab, merges, addedTokens } = tokenizer.data;
const text = "a red apple in <style-token> style";

export const target = defineTarget({
  title: "tokenizer folders",
  async seeds() {
    const saved = await seedFrom((folder) => saveTokenizer(tokenizer, folder));
    const added_tokens = Object.entries(addedTokens).map(([content, id]) => ({ id, content }));
    const { "vocab.json": _vocab, "merges.txt": _merges, ...others } = saved;
    return [
      { ...saved, "added_tokens.json": jsonFile(addedTokens) },
      { ...others, "tokenizer.json": jsonFile({ model: { vocab, merges }, added_tokens }) },
    ];
  },
  read: loadTokenizer,
  check({ encode, decode, vocabSize, data, addToken }) {
    const ids = encode(text);
    requireThat(ids.length === data.maxLength, `a text has ${ids.length} ids`);
    const isRow = (id: number) => Number.isInteger(id) && id >= 0 && id < vocabSize;
    requireThat(
      ids.every(isRow),
      `of ${vocabSize} tokens, one has the id ${ids.find((id) => !isRow(id))}`,
    );
    decode(ids);
    const word = "<another-word>";
    const [id] = addToken(word).tokenize(word);
    requireThat(id === vocabSize, `another word has the id ${id}`);
    requireThat(!tokenOf(data.vocab, id), `another word has the id of ${tokenOf(data.vocab, id)}`);
  },
});

function tokenOf(vocab: Record<string, number>, wanted: number): string | undefined {
  return Object.entries(vocab).find(([, id]) => id === wanted)?.[0];
}
