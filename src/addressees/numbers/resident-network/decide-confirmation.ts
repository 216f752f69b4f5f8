import type { Comparison, RegisterAnswer } from './types.ts';

/** What went out to 市町村CS about somebody; null: not asked, because it is not known or may not leave the office. */
export interface AskedItems {
  readonly individualNumber: string | null;
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | null;
  readonly address: string | null;
}

const compared = ['name', 'birthDate', 'sex', 'address'] as const;

/** The items that went out, by their names alone. Pure. */
export function listAskedItems(asked: AskedItems): readonly string[] {
  return (['individualNumber', ...compared] as const).filter((item) => asked[item] !== null);
}

/** The answer without anything about what was not asked: nobody can agree with what was never said. Pure. */
export function fitAnswer(asked: AskedItems, answer: RegisterAnswer): RegisterAnswer {
  const of = (item: (typeof compared)[number]): Comparison => (asked[item] === null ? 'notCompared' : answer[item]);
  const isAboutNumber = asked.individualNumber !== null || answer.number === 'unknown';
  return {
    number: isAboutNumber ? answer.number : 'notAsked',
    name: of('name'),
    birthDate: of('birthDate'),
    sex: of('sex'),
    address: of('address'),
    previousMunicipality: answer.previousMunicipality,
  };
}

/** Whether a person must look: something that was asked differs, or was left without an answer. Pure. */
export function isDifferent(asked: AskedItems, answer: RegisterAnswer): boolean {
  const wantedNumber = asked.individualNumber === null ? 'notAsked' : 'valid';
  return answer.number !== wantedNumber || compared.some((item) => asked[item] !== null && answer[item] !== 'agrees');
}

/** What the national register said nothing of: whoever reads 一致 must know of what. Pure. */
export function listNotCompared(answer: RegisterAnswer): readonly ('individualNumber' | (typeof compared)[number])[] {
  const items = compared.filter((item) => answer[item] === 'notCompared');
  return answer.number === 'notAsked' ? ['individualNumber', ...items] : items;
}
