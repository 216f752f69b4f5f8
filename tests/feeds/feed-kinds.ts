import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importResidents, importWelfare } from '#addressees/persons';
import { bytesSource, type ImportResult } from '#common-base/linkage';
import { registerMunicipality } from '#common-base/municipalities';
import { parseIsoDay } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import type { Database } from '#platform/postgres';
import { testActor, testContext } from '../support/addressees.ts';
import type { TestDatabase } from '../support/database.ts';

/** One kind of feed as the tests of bad input see it: its columns, a good row, and what it fills. */
export interface FeedKind {
  readonly title: string;
  readonly layout: string;
  /** Column name → value of a good row; the first is the key column. */
  readonly row: Readonly<Record<string, string>>;
  /** The key of the n-th row, n from 1. */
  keyOf(n: number): string;
  /** A text column in which a sender's system may put anything. */
  readonly textColumn: string;
  /** Rows that the feed leaves in the database. */
  readonly counting: string;
  take(t: TestDatabase, name: string, bytes: Uint8Array): Promise<ImportResult>;
}

const asOf = parseIsoDay('2026-11-21');

/** The feeds of people, of flags and of institutions; all with a column that names the municipality. */
export const feedKinds: readonly FeedKind[] = [
  {
    title: '住民情報',
    layout: 'residents',
    row: {
      整理番号: '',
      氏名カナ: 'ワカバ　ハナコ',
      氏名漢字: '若葉　花子',
      生年月日: '19540825',
      性別: '2',
      町丁目: '0001',
      番地: '13',
      枝: '23',
      子枝: '',
      住所: '若葉台市緑町13番23号',
      方書: '',
      電話番号: '0299-39-0327',
      世帯番号: '000000001',
      郵便番号: '2990012',
      続柄区分: '02',
      取消: '0',
      住登外フラグ: '0',
      外国人フラグ: '0',
      外国人本名カナ: '',
      外国人本名漢字: '',
      住民となった日: '20081008',
      住民でなくなった日: '',
      異動: '11',
      異動年月日: '20081008',
      住民異動: '11',
      住民異動年月日: '20081008',
      転入前住所: '',
      転入前方書: '',
      転出後住所: '',
      転出後方書: '',
      支援措置: '0',
      死亡年月日: '',
      団体コード: '134996',
    },
    keyOf: (n) => String(n).padStart(10, '0'),
    textColumn: '方書',
    counting: 'SELECT count(*) FROM persons, (SELECT count(*) FROM person_versions) v',
    take: (t, name, bytes) =>
      importResidents(contextOf(t), bytesSource(name, bytes), { layoutName: 'residents', isChanges: true, asOf }),
  },
  {
    title: '福祉・課税',
    layout: 'welfare',
    row: {
      整理番号: '',
      生活保護: '0',
      障害者: '0',
      課税区分: '1',
      有効開始: '20260401',
      有効終了: '',
      団体コード: '134996',
    },
    keyOf: (n) => String(n).padStart(10, '0'),
    textColumn: '課税区分',
    counting: 'SELECT count(*) FROM welfare_flags',
    take: (t, name, bytes) => importWelfare(contextOf(t), bytesSource(name, bytes), { asOf }),
  },
  {
    title: '契約医療機関',
    layout: 'institutions',
    row: {
      医療機関コード: '',
      医療機関名: 'わかば診療所',
      郵便番号: '2990012',
      所在地: '若葉台市緑町1番1号',
      電話番号: '0299-11-1111',
      契約開始: '20260401',
      契約終了: '',
      振込銀行: '0001',
      支店: '001',
      種別: '1',
      口座番号: '1234567',
      口座名義カナ: 'ワカバ',
      団体コード: '134996',
    },
    keyOf: (n) => String(100_000 + n),
    textColumn: '所在地',
    counting: 'SELECT count(*) FROM institution_versions',
    take: (t, name, bytes) => importInstitutions(contextOf(t), bytesSource(name, bytes)),
  },
];

/** A file of n good rows in which single values of rows (n from 1) may be replaced; UTF-8, CRLF. */
export function feedText(
  kind: FeedKind,
  rows: number,
  changes: Readonly<Record<number, Readonly<Record<string, string>>>> = {},
): string {
  const columns = Object.keys(kind.row);
  const key = columns[0] ?? '';
  const lines = Array.from({ length: rows }, (_, i) => {
    const row: Record<string, string> = { ...kind.row, [key]: kind.keyOf(i + 1), ...changes[i + 1] };
    return columns.map((column) => row[column] ?? '').join(',');
  });
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

/** Registers the demonstration municipality with layouts that have the column 団体コード beside the usual ones. */
export async function loadLayoutsWithMunicipality(db: Database): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-settings-'));
  try {
    await cp(fileURLToPath(new URL('../../settings/wakabadai', import.meta.url)), folder, { recursive: true });
    for (const { layout } of feedKinds) {
      const path = join(folder, 'layouts', `${layout}.json`);
      const written = JSON.parse(await readFile(path, 'utf8')) as { columns: object[] };
      written.columns.push({ name: '団体コード', key: 'lgCode', type: 'lgCode' });
      await writeFile(path, JSON.stringify(written));
    }
    await registerMunicipality(db, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function contextOf(t: TestDatabase) {
  return testContext(t.db, testActor(t.lgCode, ['persons.import', 'welfare.import', 'institutions.import']));
}
