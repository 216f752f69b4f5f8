import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import { addDays, type Day, NotFound, type PersonId } from '#kernel';
import { formatWesternDay } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { type Fact, findLastGrantableDay, type RuleSet } from '#schedule';
import { findPersonCase } from '../judge-history.ts';
import { loadFacts } from './store.ts';
import { type FactTold, factKinds } from './types.ts';

/** What is wrong with a part of a fact, in the words of its form. */
export interface FactFault {
  readonly part: string;
  readonly message: string;
}

/** Of whom a fact is told, and under which rules. */
interface About {
  readonly person: PersonOnRecord;
  readonly facts: readonly Fact[];
  readonly rules: RuleSet;
  readonly today: Day;
}

/** 出産予定日 is 40週0日, counted from the first day of the last menstruation. */
const daysToDelivery = 280;

/** What of a fact cannot be true of this person, or lies beyond what the law lets a municipality decide. */
export async function listDoubtsOfFact(
  tx: Tx,
  asked: { readonly personId: PersonId; readonly told: FactTold; readonly rules: RuleSet; readonly today: Day },
): Promise<readonly FactFault[]> {
  const [person] = await loadPersonsForJudging(tx, { personIds: [asked.personId] });
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  const facts = (await loadFacts(tx, [asked.personId])).get(asked.personId)?.schedule ?? [];
  const about = { ...asked, person, facts };
  return [...doubtDay(asked.told, about), ...doubtPregnancy(asked.told, about), ...doubtException(asked.told, about)];
}

function doubtDay({ kind, from }: FactTold, { person }: About): readonly FactFault[] {
  const { bornOn, isBirthDateUncertain } = person;
  if (from === null || bornOn === null || isBirthDateUncertain || from >= bornOn) return [];
  const name = factKinds[kind].from;
  return [{ part: 'from', message: `${name}が生年月日（${formatWesternDay(bornOn)}）より前です。` }];
}

function doubtPregnancy({ kind, from, note }: FactTold, { person, today }: About): readonly FactFault[] {
  if (kind !== 'pregnancy') return [];
  const faults: FactFault[] = [];
  const latest = addDays(today, daysToDelivery);
  if (from !== null && from > latest) {
    const message = `出産予定日は、今日から40週（${formatWesternDay(latest)}）より先にはなりません。年と月を確かめてください。`;
    faults.push({ part: 'from', message });
  }
  if (person.sex === 'male' && note === null) {
    const message =
      '住民記録の性別が男の人です。人を取り違えていないか確かめてください。取り違えでなければ、確かめたことをメモに書きます。';
    faults.push({ part: 'note', message });
  }
  return faults;
}

/** 長期療養特例: the law names the diseases, the years and the ages; a longer grant would call doses lawful that are not. */
function doubtException({ kind, programme, from, to }: FactTold, about: About): readonly FactFault[] {
  if (kind !== 'exceptionGranted' || programme === null || from === null || to === null) return [];
  const personCase = findPersonCase(about.person, [], about.today, about.facts);
  if (personCase === undefined) return [];
  const last = findLastGrantableDay(about.rules, personCase, { programme, from });
  if (last === undefined) {
    return [{ part: 'programme', message: 'この予防接種に、長期療養特例はありません。' }];
  }
  if (to <= last) return [];
  const words = `この人の特例は、${formatWesternDay(last)}までです（理由がなくなった日からの年数と、予防接種ごとの年齢の上限）。`;
  return [{ part: last < from ? 'from' : 'to', message: words }];
}
