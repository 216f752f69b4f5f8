import type { Day } from '#kernel';
import type { Fact } from '#schedule';
import type { FactTold } from './types.ts';

/** A fact as the schedule reads it; undefined for 禁忌 and for one whose parts are missing. */
export function findScheduleFact(told: FactTold): Fact | undefined {
  const { disease, programme, ground, result, from, to } = told;
  switch (told.kind) {
    case 'hadDisease':
      return disease === null || from === null ? undefined : { kind: 'hadDisease', disease, on: from };
    case 'antibodyTest':
      return disease === null || from === null || result === null
        ? undefined
        : { kind: 'antibodyTest', disease, on: from, result };
    case 'pregnancy':
      return from === null ? undefined : { kind: 'pregnancy', dueOn: from };
    case 'longTermIllness':
      return from === null ? undefined : { kind: 'longTermIllness', from, to };
    case 'exceptionGranted':
      return programme === null || from === null || to === null
        ? undefined
        : { kind: 'exceptionGranted', programme, from, to };
    case 'hbigAtBirth':
      return { kind: 'hbigAtBirth' };
    case 'categoryBEligible60to64':
      return ground === null ? undefined : { kind: 'categoryBEligible60to64', reason: ground };
    case 'supplyShortage':
      return programme === null ? undefined : { kind: 'supplyShortage', programme };
    case 'doctorJudgedNecessary':
      return programme === null || from === null ? undefined : { kind: 'doctorJudgedNecessary', programme, on: from };
    case 'startedProgramme':
      return programme === null || from === null ? undefined : { kind: 'startedProgramme', programme, on: from };
    case 'contraindication':
      return undefined;
  }
}

/** Whether a 禁忌 was known on a day; one without a day was always known. */
export function isKnownOn({ from }: FactTold, on: Day): boolean {
  return from === null || from <= on;
}

/** The programmes of which one of the 禁忌 was known on a day. */
export function listContraindicated(contraindications: readonly FactTold[], on: Day): ReadonlySet<string> {
  const known = contraindications.filter((fact) => isKnownOn(fact, on));
  return new Set(known.flatMap(({ programme }) => programme ?? []));
}
