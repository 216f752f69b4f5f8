import type { LgCode } from '#kernel';
import type { Database, Tx } from './types.ts';
import { withMunicipality } from './with-municipality.ts';

/** Answers one question of a municipality; undefined where there is no answer. */
type Lookup<A> = (lgCode: LgCode, question: string) => Promise<A | undefined>;

interface Asked<A> {
  readonly question: string;
  readonly resolve: (answer: A | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The most questions of one transaction. */
const togetherMax = 100;

/**
 * Looks up for many requests at once what each asks for itself: whoever comes while a lookup of the municipality is under
 * way goes with the next one, and a lone question goes at once. Nothing is kept: every answer is read after it was asked.
 * `load` reads and changes nothing, so that one question cannot hold up or undo another.
 */
export function gatherLookups<A>(
  db: Database,
  load: (tx: Tx, questions: readonly string[]) => Promise<ReadonlyMap<string, A>>,
): Lookup<A> {
  const waiting = new Map<LgCode, Asked<A>[]>();
  const work = async (lgCode: LgCode): Promise<void> => {
    for (let next = waiting.get(lgCode); next !== undefined && next.length > 0; next = waiting.get(lgCode)) {
      const together = next.splice(0, togetherMax);
      const questions = [...new Set(together.map(({ question }) => question))];
      try {
        const answers = await withMunicipality(db, lgCode, (tx) => load(tx, questions));
        for (const { question, resolve } of together) resolve(answers.get(question));
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    waiting.delete(lgCode);
  };
  return (lgCode, question) =>
    new Promise((resolve, reject) => {
      const asked = { question, resolve, reject };
      const others = waiting.get(lgCode);
      if (others !== undefined) {
        others.push(asked);
        return;
      }
      waiting.set(lgCode, [asked]);
      void work(lgCode);
    });
}
