import { parseCsvTable } from '#formats';
import { type Day, findIsoDay, UnreadableInput } from '#kernel';

/** The ways by which data leave the office for somebody else. */
export const provisionDoors = {
  informationNetwork: '情報提供ネットワークシステム（中間サーバー）',
  businessSystems: '庁内の業務システムへの回答',
  clinics: '医療機関のシステム',
  exports: 'データの持ち出し',
  vrs: 'ワクチン接種記録システム（VRS）',
} as const;

/** One of them. */
export type ProvisionDoor = keyof typeof provisionDoors;

/** Why something may be given to whom, in the days for which the law says so: one row of the table. */
export interface ProvisionBasis {
  readonly id: string;
  readonly door: ProvisionDoor;
  /** Whom: a code of the door, such as `municipality`. */
  readonly recipient: string;
  readonly recipientName: string;
  readonly purpose: string;
  readonly information: string;
  readonly law: string;
  /** 旧別表第一・第二の項; empty where there was none. */
  readonly formerTable: string;
  /** 新別表 or 主務省令の表の項; empty before it was in force, and where there is none. */
  readonly table: string;
  readonly withNumbers: boolean;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  /** How sure the row is (rules/README.md); `own` for a row of the municipality itself. */
  readonly certainty: string;
  readonly source: string;
}

/** The national table; a fault in it is a fault of the release. Pure. */
export function parseProvisions(text: string, file: string): readonly ProvisionBasis[] {
  return parseCsvTable(text).map(({ line, values }) => readBasis(values, `${file} の${line}行目`));
}

/**
 * What a municipality provides (`provisions.csv` of its settings): rows that name only an `id` take that row of the national
 * table, for days within its own; the others are the municipality's own bases (条例 and the like). Without a file the
 * national table holds as it is. Throws UnreadableInput with the line.
 */
export function chooseProvisions(
  national: readonly ProvisionBasis[],
  text: string | undefined,
): readonly ProvisionBasis[] {
  if (text === undefined) return national;
  const chosen = parseCsvTable(text).map(({ line, values }) => {
    const place = `設定 provisions.csv の${line}行目`;
    if ((values['door'] ?? '') !== '') return readBasis({ ...values, certainty: 'own' }, place);
    const row = national.find(({ id }) => id === values['id']);
    if (row === undefined) throw new UnreadableInput(`${place}: 提供の根拠「${values['id'] ?? ''}」は表にありません。`);
    const validFrom = readDay(values['valid_from'], place) ?? row.validFrom;
    const validTo = readDay(values['valid_to'], place) ?? row.validTo;
    return { ...row, validFrom: Math.max(validFrom, row.validFrom) as Day, validTo: earlier(validTo, row.validTo) };
  });
  const twice = chosen.find(({ id }, i) => chosen.findIndex((each) => each.id === id) !== i);
  if (twice !== undefined) throw new UnreadableInput(`設定 provisions.csv に「${twice.id}」が二度あります。`);
  return chosen;
}

/** What is asked of the table before anything leaves. */
export interface ProvisionQuestion {
  readonly door: ProvisionDoor;
  readonly recipient: string;
  /** 個人番号, or what stands for it between systems, goes along. */
  readonly withNumbers: boolean;
}

/** The row that allows it on a day; undefined where none does. Without numbers less than a row allows is fine, never more. */
export function decideProvision(
  table: readonly ProvisionBasis[],
  { door, recipient, withNumbers }: ProvisionQuestion,
  on: Day,
): ProvisionBasis | undefined {
  return table.find(
    (row) =>
      row.door === door &&
      row.recipient === recipient &&
      (row.withNumbers || !withNumbers) &&
      isProvisionInForce(row, on),
  );
}

/** Whether a row is in force on a day; first and last day do. */
export function isProvisionInForce({ validFrom, validTo }: ProvisionBasis, on: Day): boolean {
  return validFrom <= on && (validTo === null || on <= validTo);
}

function readBasis(values: Readonly<Record<string, string>>, place: string): ProvisionBasis {
  const text = (name: string): string => (values[name] ?? '').trim();
  const needed = (name: string): string => {
    if (text(name) === '') throw new UnreadableInput(`${place}: ${name} が空です。`);
    return text(name);
  };
  const door = needed('door');
  if (!isDoor(door)) {
    throw new UnreadableInput(`${place}: door は ${Object.keys(provisionDoors).join('、')} のどれかです。`);
  }
  const withNumbers = needed('with_numbers');
  if (withNumbers !== 'yes' && withNumbers !== 'no') {
    throw new UnreadableInput(`${place}: with_numbers は yes か no です。`);
  }
  const validFrom = readDay(needed('valid_from'), place);
  if (validFrom === null) throw new UnreadableInput(`${place}: valid_from が空です。`);
  return {
    ...{ id: needed('id'), door, recipient: needed('recipient'), recipientName: needed('recipient_name') },
    ...{ purpose: needed('purpose'), information: needed('information'), law: needed('law') },
    ...{ formerTable: text('former_table'), table: text('table'), withNumbers: withNumbers === 'yes' },
    ...{ validFrom, validTo: readDay(values['valid_to'], place), certainty: text('certainty'), source: text('source') },
  };
}

function isDoor(word: string): word is ProvisionDoor {
  return Object.hasOwn(provisionDoors, word);
}

function readDay(text: string | undefined, place: string): Day | null {
  if (text === undefined || text.trim() === '') return null;
  const day = findIsoDay(text.trim());
  if (day === undefined)
    throw new UnreadableInput(`${place}: 「${text}」は日として読めません。2026-04-01 の形にしてください。`);
  return day;
}

function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b) as Day;
}
