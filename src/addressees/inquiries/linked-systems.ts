import { findSettings } from '#common-base/municipalities';
import { parseCsvTable } from '#formats';
import { type Day, findIsoDay, UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A system that may ask, and the office work for which it may (AD-20): one row for each pair. */
export interface LinkedSystem {
  readonly system: string;
  readonly name: string;
  /** The work as the system's calls name it. */
  readonly officeWork: string;
  /** The work as staff read it. */
  readonly officeWorkName: string;
  /** 個人番号利用事務: only then are numbers asked by and answered with. */
  readonly mayUseNumbers: boolean;
  readonly basis: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** The list in force; a municipality without one answers nobody. */
export async function loadLinkedSystems(tx: Tx): Promise<readonly LinkedSystem[]> {
  return parseLinkedSystems((await findSettings(tx, 'linked-systems.csv')) ?? '');
}

/**
 * Reads `linked-systems.csv`: system, name, officeWork, officeWorkName, mayUseNumbers, basis, validFrom, validTo; a work
 * without a name is shown as calls name it. Pure.
 */
export function parseLinkedSystems(text: string): readonly LinkedSystem[] {
  if (text.trim() === '') return [];
  return parseCsvTable(text).map(({ line, values }) => {
    const { system = '', name = '', officeWork = '', mayUseNumbers = '', basis = '' } = values;
    const validFrom = findIsoDay(values['validFrom'] ?? '');
    const to = values['validTo'] ?? '';
    const validTo = to === '' ? null : findIsoDay(to);
    const isSound =
      [system, name, officeWork, basis].every((value) => value !== '') && /^(?:yes|no)$/u.test(mayUseNumbers);
    if (!isSound || validFrom === undefined || validTo === undefined) {
      throw new UnreadableInput(
        `設定 linked-systems.csv の${line}行目を読めません。どの列も（validTo のほかは）空にせず、mayUseNumbers は yes か no、日は 2026-04-01 の形にしてください。`,
      );
    }
    const officeWorkName = values['officeWorkName'] ?? '';
    const work = { officeWork, officeWorkName: officeWorkName === '' ? officeWork : officeWorkName };
    return { system, name, ...work, mayUseNumbers: mayUseNumbers === 'yes', basis, validFrom, validTo };
  });
}
