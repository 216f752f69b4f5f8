import { UnreadableInput } from '#kernel';
import { parseRules, type RuleSet } from '#schedule';

/** Proposed tables in the place of the base's. */
export interface Proposal {
  readonly rules: RuleSet;
  /** The tables that differ from the base's, whole, by file. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Reads proposed tables against a base: each file must be one of the tables of rules/, and all must read as rules. Throws
 * UnreadableInput naming file and line; also where nothing differs.
 */
export function readProposal(base: RuleSet, files: ReadonlyMap<string, string>): Proposal {
  const texts = new Map<string, string>();
  for (const [name, text] of files) {
    const known = base.texts.get(name);
    if (known === undefined) {
      const names = [...base.texts.keys()].join('、');
      throw new UnreadableInput(`${name} という表はありません。ファイルの名前を ${names} のどれかにしてください。`);
    }
    const plain = text.replace(/^\uFEFF/u, '').replaceAll('\r\n', '\n');
    if (plain.trim() !== known.replaceAll('\r\n', '\n').trim()) texts.set(name, plain);
  }
  if (texts.size === 0) throw new UnreadableInput('いまのきまりと同じ内容です。変えたい行を書き換えてください。');
  return { rules: parseRules(new Map([...base.texts, ...texts])), texts };
}

/** The rules of texts kept long ago; null where the program has moved on and reads such tables no longer. */
export function findReadableRules(texts: ReadonlyMap<string, string>): RuleSet | null {
  try {
    return parseRules(texts);
  } catch (error) {
    if (error instanceof UnreadableInput) return null;
    throw error;
  }
}
