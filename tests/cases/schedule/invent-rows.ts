import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseIsoDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import {
  type Fact,
  type JudgedDose,
  type Judgement,
  judge,
  parseRules,
  type RuleSet,
  type StageForecast,
} from '#schedule';

/** The tables of the law as they stand. */
export const law = await readRulesFolder(join(import.meta.dirname, '../../../rules'));

/** The law with rows of one table replaced: by the first words of the line. */
export function lawWith(changes: Readonly<Record<string, Readonly<Record<string, string>>>>): RuleSet {
  const files = new Map(law);
  for (const [file, rows] of Object.entries(changes)) {
    const lines = (files.get(file) ?? '').trimEnd().split('\n');
    for (const [start, row] of Object.entries(rows)) {
      const at = lines.findIndex((line) => line.startsWith(start));
      assert.ok(at > 0, `${file} has no row ${start}`);
      lines.splice(at, 1, ...row.split('\n'));
    }
    files.set(file, lines.join('\n'));
  }
  return parseRules(files);
}

/** The last columns of an invented row. */
export const cited = '架空,2027-01-10,V,';

/** A person of a test; doses as `product day; product day`. */
export interface Told {
  readonly born?: string;
  readonly sex?: 'female' | 'male';
  readonly facts?: readonly Fact[];
  readonly doses?: string;
  readonly asOf: string;
}

/** Judges a person by invented rules. */
export function tell(
  rules: RuleSet,
  { born = '2025-01-15', sex = 'female', facts = [], doses = '', asOf }: Told,
): Judgement {
  const given = doses
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [product = '', on = ''] = part.trim().split(' ');
      return { product, on: parseIsoDay(on), kind: 'routine' as const };
    });
  return judge(rules, { bornOn: parseIsoDay(born), sex, asOf: parseIsoDay(asOf), facts, doses: given });
}

/** Place, verdict and the codes that a person must look at. */
export function say(dose: JudgedDose | undefined): string {
  const codes = (dose?.findings ?? []).filter(({ severity }) => severity === 'question').map(({ code }) => code);
  return [`${dose?.stage}/${dose?.doseNumber ?? '-'}`, dose?.verdict, ...codes].join(' ');
}

/** The forecast of one stage. */
export function stageOf(programmes: readonly StageForecast[], programme: string, stage: string): StageForecast {
  const found = programmes.find((each) => each.programme === programme && each.stage === stage);
  assert.ok(found !== undefined);
  return found;
}
