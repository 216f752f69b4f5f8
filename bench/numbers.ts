import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { confirmIndividualNumber, importIndividualNumbers, type VaultContext } from '#addressees/numbers';
import { importResidents } from '#addressees/persons';
import { type Actor, permissionsOf } from '#common-base/access';
import type { FeedSource, ImportResult } from '#common-base/linkage';
import { individualNumberCheckDigit, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { fileKeyRing, makeWrappingKeyFile } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import type { Bench, Figure } from './bench.ts';
import { residentFile } from './make-residents.ts';
import type { Stage } from './stage.ts';

const questions = 300;

const bench: Bench = {
  title: '個人番号の取込と確認 (検査用数字・暗号化・索引・監査つき)',
  async run(stage) {
    const people = stage.isLarge ? 1_000_000 : 100_000;
    await makeWrappingKeyFile(stage.folder);
    const context: VaultContext = { ...stage.context, keyWrapper: fileKeyRing(stage.folder) };
    stage.tell(`${people} 人の住民情報を取り込んでいます`);
    const asOf = todayInTokyo(stage.context.clock);
    await importResidents(stage.context, residentFile({ people }), { isChanges: false, asOf });
    const memoryBefore = process.resourceUsage().maxRSS / 1024;
    const whole = await writeFeed(stage, people, 'new', 1);
    const copy = await stage.copyBare(whole);
    const fresh = await take(stage, context, whole);
    const same = await take(stage, context, await writeFeed(stage, people, 'same', 1, true));
    const changed = await take(stage, context, await writeFeed(stage, people, 'changed', 2));
    const data = `${people.toLocaleString('ja-JP')} 人`;
    const rate = (what: string, result: ImportResult, least?: number): Figure => ({
      what,
      data,
      value: result.rows / result.seconds,
      unit: '行/秒',
      copyRowsPerSecond: copy,
      ...(least === undefined ? {} : { aim: { atLeast: least } }),
    });
    const memory = process.resourceUsage().maxRSS / 1024 - memoryBefore;
    return [
      rate('全件・すべて新しい番号', fresh, 15_000),
      rate('全件・変わりなし', same),
      rate('全件・すべて変更', changed),
      { what: '個人番号確認の中央値', data, value: await confirmMedian(stage, context), unit: 'ミリ秒' },
      { what: '取込による最大メモリの増え', data, value: memory, unit: 'MiB', aim: { atMost: 512 } },
    ];
  },
};

export default bench;

/** A feed of numbers on the disk; `offset` gives everybody another number, `isReversed` another file of the same ones. */
async function writeFeed(
  stage: Stage,
  people: number,
  name: string,
  offset: number,
  isReversed = false,
): Promise<FeedSource> {
  stage.tell(`個人番号のファイル (${name}) を作っています`);
  const path = join(stage.folder, `numbers-${name}.csv`);
  await writeFile(
    path,
    Readable.from(
      (function* lines() {
        yield '整理番号,個人番号,個人番号の枝番\r\n';
        for (let i = 1; i <= people; i += 1) {
          const n = isReversed ? people + 1 - i : i;
          yield `${String(n).padStart(10, '0')},${numberOf(n, offset)},${String(offset).padStart(2, '0')}\r\n`;
        }
      })(),
    ),
  );
  return { name: `numbers-${name}.csv`, open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }) };
}

function numberOf(person: number, offset: number): string {
  const eleven = `${offset}${String(person).padStart(10, '0')}`;
  return `${eleven}${individualNumberCheckDigit(eleven)}`;
}

async function take(stage: Stage, context: VaultContext, source: FeedSource): Promise<ImportResult> {
  stage.tell(`${source.name} を取り込んでいます`);
  const result = await importIndividualNumbers(context, source);
  if (result.accepted !== result.rows || result.repeated === true)
    throw new Error('the made file was not taken in whole');
  return result;
}

/** Milliseconds of a 本人確認 with its keys, its question and its audit row. */
async function confirmMedian(stage: Stage, context: VaultContext): Promise<number> {
  const actor: Actor = {
    ...context.actor,
    permissions: permissionsOf({ roles: ['chief'], rank: 'chief', isInCharge: true, lent: [] }),
  };
  const personId = await withMunicipality(stage.installation.db, stage.lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ person_id: PersonId }>(
      "SELECT person_id FROM persons WHERE lg_code = $1 AND addressee_number = '0000000077'",
      [tx.lgCode],
    );
    return rows[0]?.person_id;
  });
  if (personId === undefined) throw new Error('the made person was not found');
  const times: number[] = [];
  for (let i = 0; i < questions; i += 1) {
    const startedAt = performance.now();
    const decision = await confirmIndividualNumber({ ...context, actor }, personId, numberOf(77, 2));
    if (decision.answer !== 'accepted' || decision.value !== 'theirs') throw new Error('the number was not confirmed');
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[questions / 2] ?? 0;
}
