import { fileURLToPath } from 'node:url';
import type { ActionContext, Actor } from '#common-base/access';
import { bytesSource, type FeedSource } from '#common-base/linkage';
import { registerMunicipality } from '#common-base/municipalities';
import type { LgCode, StaffId } from '#kernel';
import { fixedClock } from '#platform/clock';
import type { Database } from '#platform/postgres';

/** The instant at which tests of people happen. */
export const testClock = fixedClock('2026-11-21T09:00:00+09:00');

type Permission = Actor['permissions'] extends ReadonlySet<infer Name> ? Name : never;

/** A member of staff with the given permissions and no staff row behind. */
export function testActor(
  lgCode: LgCode,
  permissions: readonly Permission[],
  reason: string | null = '窓口での照会',
): Actor {
  return {
    lgCode,
    staffId: 1 as StaffId,
    staffName: '試験 職員',
    via: 'cli',
    from: 'test',
    osUser: 'test',
    reason,
    roles: ['operator'],
    permissions: new Set(permissions),
  };
}

/** A context for imports and actions, with everything permitted that they need. */
export function testContext(db: Database, actor: Actor): ActionContext {
  return { db, actor, clock: testClock };
}

/** Loads the settings of the demonstration municipality, whose layouts the test feeds use. */
export async function loadDemonstrationSettings(db: Database): Promise<void> {
  await registerMunicipality(db, fileURLToPath(new URL('../../settings/wakabadai', import.meta.url)));
}

const residentColumns = [
  '整理番号',
  '氏名カナ',
  '氏名漢字',
  '生年月日',
  '性別',
  '町丁目',
  '番地',
  '枝',
  '子枝',
  '住所',
  '方書',
  '電話番号',
  '世帯番号',
  '郵便番号',
  '続柄区分',
  '取消',
  '住登外フラグ',
  '外国人フラグ',
  '外国人本名カナ',
  '外国人本名漢字',
  '住民となった日',
  '住民でなくなった日',
  '異動',
  '異動年月日',
  '住民異動',
  '住民異動年月日',
  '転入前住所',
  '転入前方書',
  '転出後住所',
  '転出後方書',
  '支援措置',
  '死亡年月日',
] as const;

/** One resident of a test feed by the sender's columns; what is not said is that of 若葉 花子. */
export type TestResident = Partial<Record<(typeof residentColumns)[number], string>> & { readonly 整理番号: string };

const hanako: TestResident = {
  整理番号: '0000000001',
  氏名カナ: 'ワカバ　ハナコ',
  氏名漢字: '若葉　花子',
  生年月日: '19540825',
  性別: '2',
  町丁目: '0001',
  番地: '13',
  枝: '23',
  住所: '若葉台市青葉台二丁目13番23号',
  電話番号: '0299-39-0327',
  世帯番号: '000000001',
  郵便番号: '2990012',
  続柄区分: '02',
  取消: '0',
  住登外フラグ: '0',
  外国人フラグ: '0',
  住民となった日: '20081008',
  異動: '11',
  異動年月日: '20081008',
  住民異動: '11',
  住民異動年月日: '20081008',
  支援措置: '0',
};

/** A resident file as a vendor sends it: UTF-8, CRLF, header. */
export function residentFeed(residents: readonly TestResident[], name = 'residents.csv'): FeedSource {
  return textFeed(name, residentLines(residents));
}

/** The lines of that file, the header first. */
export function residentLines(residents: readonly TestResident[]): string[] {
  const rows = residents.map((resident) =>
    residentColumns.map((column) => resident[column] ?? hanako[column] ?? '').join(','),
  );
  return [residentColumns.join(','), ...rows];
}

/** Any feed of lines. */
export function textFeed(name: string, lines: readonly string[]): FeedSource {
  return bytesSource(name, Buffer.from(feedText(lines), 'utf8'));
}

/** Lines as a vendor ends them. */
export function feedText(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}
