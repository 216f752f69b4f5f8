import { parseCsvTable } from '#formats';
import { type Day, findIsoDay, isLocalGovernmentCode } from '#kernel';

/** A municipality with which doses are given to each other's residents (相互乗入), and when the agreement holds. */
export interface Partner {
  readonly lgCode: string;
  readonly name: string;
  readonly validFrom: Day | null;
  readonly validTo: Day | null;
}

/** Reads `mutual-agreement.csv` (lg_code, name, valid_from, valid_to); throws with the line of the fault. */
export function parsePartners(text: string): readonly Partner[] {
  return parseCsvTable(text).map(({ line, values }) => {
    const [lgCode = '', name = ''] = [values['lg_code'], values['name']];
    const day = (key: string): Day | null => {
      const written = values[key] ?? '';
      const found = written === '' ? null : findIsoDay(written);
      if (found === undefined) throw new Error(`line ${line}: ${key} is no day`);
      return found;
    };
    if (!isLocalGovernmentCode(lgCode) || name === '') throw new Error(`line ${line}: no municipality's code and name`);
    return { lgCode, name, validFrom: day('valid_from'), validTo: day('valid_to') };
  });
}

/** The partner of a code on a day; undefined where no agreement holds. */
export function findPartner(partners: readonly Partner[], lgCode: string | null, on: Day): Partner | undefined {
  return partners.find(
    (one) =>
      one.lgCode === lgCode &&
      (one.validFrom === null || one.validFrom <= on) &&
      (one.validTo === null || on <= one.validTo),
  );
}
