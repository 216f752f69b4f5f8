import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { importResidents } from '#addressees/persons';
import type { FeedSource, ImportResult } from '#common-base/linkage';
import { todayInTokyo } from '#platform/clock';
import type { Bench, Figure } from './bench.ts';
import { type ResidentOptions, residentFile } from './make-residents.ts';
import type { Stage } from './stage.ts';

const mebibyte = 1024 * 1024;

const bench: Bench = {
  title: '住民情報の取込 (検索キーと索引つき)',
  async run(stage) {
    const people = stage.isLarge ? 2_000_000 : 100_000;
    const memoryBefore = process.resourceUsage().maxRSS / 1024;
    const whole = await writeFeed(stage, { people });
    const copy = await stage.copyBare(whole.source);
    const data = `${people.toLocaleString('ja-JP')} 人, ${(whole.bytes / mebibyte).toFixed(0)} MiB`;
    const take = (feed: FeedSource, isChanges = false) => measure(stage, feed, isChanges);

    const fresh = await take(whole.source);
    const same = await take((await writeFeed(stage, { people, change: 1 })).source);
    const changes = await writeFeed(stage, { people, change: 2, changeEvery: 100, onlyChanged: true });
    const daily = await take(changes.source, true);
    const mixed = stage.isLarge
      ? []
      : [await take((await writeFeed(stage, { people, change: 3, changeEvery: 10 })).source)];
    const memory = process.resourceUsage().maxRSS / 1024;
    const rate = (what: string, result: ImportResult, on: string, least?: number): Figure => ({
      what,
      data: on,
      value: result.rows / result.seconds,
      unit: '行/秒',
      copyRowsPerSecond: copy,
      ...(least === undefined ? {} : { aim: { atLeast: least } }),
    });
    return [
      { what: '素の COPY', data, value: copy, unit: '行/秒' },
      rate('全件・すべて新しい人', fresh, data, 15_000),
      rate('全件・変わりなし', same, data, 60_000),
      rate('日次異動・すべて変更', daily, `${daily.rows.toLocaleString('ja-JP')} 行`),
      ...mixed.map((result) => rate('全件・1割が変更', result, data)),
      {
        what: '取込プログラムの最大メモリ',
        data: `${data}, 始め ${memoryBefore.toFixed(0)} MiB`,
        value: memory,
        unit: 'MiB',
        aim: { atMost: 1024 },
      },
    ];
  },
};

export default bench;

/** Writes the feed before the clock runs, so that making it costs the measurement nothing. */
async function writeFeed(stage: Stage, options: ResidentOptions): Promise<{ source: FeedSource; bytes: number }> {
  const made = residentFile(options);
  stage.tell(`${made.name} を作っています`);
  const path = join(stage.folder, made.name);
  let bytes = 0;
  await writeFile(
    path,
    Readable.from(
      (async function* counted() {
        for await (const chunk of made.open()) {
          bytes += chunk.length;
          yield chunk;
        }
      })(),
    ),
  );
  return { source: { name: made.name, open: () => createReadStream(path, { highWaterMark: mebibyte }) }, bytes };
}

async function measure(stage: Stage, source: FeedSource, isChanges: boolean): Promise<ImportResult> {
  stage.tell(`${source.name} を取り込んでいます`);
  const result = await importResidents(stage.context, source, { isChanges, asOf: todayInTokyo(stage.context.clock) });
  if (result.refused > 0 || result.repeated === true) throw new Error('the made file was not taken in whole');
  return result;
}
