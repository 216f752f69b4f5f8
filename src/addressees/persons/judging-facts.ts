import { type Day, type PersonId, parseIsoDay, type Sex } from '#kernel';
import type { CopiedLines } from '#platform/postgres';
import type { PresenceFacts } from './derive-presence.ts';
import { dayColumn } from './person-store.ts';

/** What judging a whole population needs of a person, and no more. */
export interface JudgingFacts extends PresenceFacts {
  readonly version: number;
  readonly bornOn: Day | null;
  readonly sex: Sex;
}

/** The columns of `judgingFactsSql` in the order in which `readJudgingFacts` takes them. */
export const judgingFactsColumns =
  'person_id, version, born_on, sex, became_resident_on, ceased_resident_on, past_residencies, died_on, is_non_registered, is_cancelled, principal_id';

/** Everybody of the municipality (an SQL expression) as a row source of exactly those columns. */
export function judgingFactsSql(lgCode: string): string {
  return `SELECT person_id, version, ${dayColumn('born_on')}, substr(sex, 1, 1) AS sex,
    ${dayColumn('became_resident_on')}, ${dayColumn('ceased_resident_on')}, past_residencies, ${dayColumn('died_on')},
    is_non_registered, is_cancelled, principal_id FROM persons WHERE lg_code = ${lgCode}`;
}

const sexes: Readonly<Record<string, Sex>> = { m: 'male', f: 'female', u: 'unknown' };

/** Takes one person's columns from copied lines. */
export function readJudgingFacts(lines: CopiedLines): JudgingFacts {
  const personId = lines.sure() as PersonId;
  const version = lines.sure();
  const bornOn = lines.number() as Day | null;
  const sex = sexes[lines.word() ?? ''] ?? 'unknown';
  const present = {
    becameOn: lines.number() as Day | null,
    ceasedOn: lines.number() as Day | null,
    ceasedReason: null,
  };
  const past = lines.text();
  const diedOn = lines.number() as Day | null;
  const isNonRegistered = lines.boolean();
  const isCancelled = lines.boolean();
  const principalId = lines.number() as PersonId | null;
  const residencies = past === null ? [present] : [...pastResidencies(past), present];
  return { personId, version, bornOn, sex, residencies, diedOn, isNonRegistered, isCancelled, principalId };
}

function pastResidencies(json: string): PresenceFacts['residencies'] {
  const periods = JSON.parse(json) as { readonly becameOn: string | null; readonly ceasedOn: string }[];
  return periods.map(({ becameOn, ceasedOn }) => ({
    becameOn: becameOn === null ? null : parseIsoDay(becameOn),
    ceasedOn: parseIsoDay(ceasedOn),
    ceasedReason: null,
  }));
}
