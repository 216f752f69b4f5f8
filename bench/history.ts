import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { importResidents } from '#addressees/persons';
import { fileSource } from '#common-base/linkage';
import { addDays, formatIsoDay, getDay } from '#kernel';
import { importHistory } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import type { Bench, Figure } from './bench.ts';
import { residentFile } from './make-residents.ts';
import { timed, watchMemory } from './measure.ts';
import type { Stage } from './stage.ts';

const bench: Bench = {
  title: '前の台帳の取込: 日付順の20年分',
  async run(stage) {
    const people = stage.rows ?? (stage.isLarge ? 400_000 : 20_000);
    const asOf = todayInTokyo(stage.context.clock);
    const residents = join(stage.folder, 'residents.csv');
    const path = join(stage.folder, 'history.csv');
    stage.tell(`${people} 人と20年分の接種を作っています`);
    await pipeline(Readable.from(residentFile({ people }).open()), createWriteStream(residents));
    await pipeline(Readable.from(twentyYears(residents)), createWriteStream(path));
    stage.tell('住民を取り込んでいます');
    await importResidents(stage.context, await fileSource(residents), { isChanges: false, asOf });
    const source = await fileSource(path);
    const copy = await stage.copyBare(source);
    stage.tell('履歴を取り込んでいます');
    const memory = watchMemory();
    const marks = new Fifths();
    const whole = await timed(() =>
      importHistory(followed(stage, marks), source, { asOf, ...(stage.isLarge ? {} : { rowsPerPart }) }),
    );
    const largest = memory.stop();
    const { rows, accepted } = whole.value;
    if (accepted !== rows) throw new Error('the made file was not taken in whole');
    const data = `${people.toLocaleString('ja-JP')} 人, ${rows.toLocaleString('ja-JP')} 行`;
    const rate = (what: string, value: number): Figure => ({ what, data, value, unit: '行/秒' });
    const [first, last] = marks.rowsPerSecond();
    return [
      rate('素の COPY', copy),
      { ...rate('取込', rows / whole.seconds), copyRowsPerSecond: copy },
      rate('はじめの5分の1', first),
      rate('終わりの5分の1', last),
      { what: '最大メモリ', data, value: largest, unit: 'MiB', aim: { atMost: 1024 } },
    ];
  },
};

export default bench;

/** When each fifth of the rows was done. */
class Fifths {
  private readonly reached: { readonly rows: number; readonly at: number }[] = [];

  note(done: number, total: number): void {
    if (done * 5 >= total * this.reached.length) this.reached.push({ rows: done, at: performance.now() });
  }

  /** Of the first fifth and of the last. */
  rowsPerSecond(): readonly [number, number] {
    const between = (from: number, to: number): number => {
      const [a, b] = [this.reached.at(from), this.reached.at(to)];
      return a === undefined || b === undefined ? 0 : ((b.rows - a.rows) * 1000) / (b.at - a.at);
    };
    return [between(0, 1), between(-2, -1)];
  }
}

function followed({ context }: Stage, marks: Fifths): Stage['context'] {
  return { ...context, onProgress: (done, total) => marks.note(done, total ?? done) };
}

const firstYear = 2006;
/** Small parts for a small file, so that what is written at the end of one stands in every fifth. */
const rowsPerPart = 20_000;
const daysOfAutumn = 80;

/** A dose each autumn for everybody born before the year, day by day as a ledger was written. */
async function* twentyYears(residents: string): AsyncGenerator<string> {
  yield '整理番号,予防接種コード,回数,接種年月日,医療機関コード,ロット番号,ワクチンメーカーコード,接種量,登録区,登録日,備考\r\n';
  for (let year = firstYear; year < firstYear + 20; year += 1) {
    const days = Array.from({ length: daysOfAutumn }, (): string[] => []);
    for await (const line of createInterface({ input: createReadStream(residents, 'utf8') })) {
      const [number = '', , , born = ''] = line.split(',', 4);
      if (/^\d/u.test(number) && Number(born.slice(0, 4)) < year)
        days[(Number(number) * 37) % daysOfAutumn]?.push(number);
    }
    for (const [i, numbers] of days.entries()) {
      const on = formatIsoDay(addDays(getDay(year, 9, 1), i)).replaceAll('-', '');
      const rest = `51,1,${on},1311200024,L${year}${i % 7},10,0.50,02,${on},\r\n`;
      if (numbers.length > 0) yield numbers.map((number) => `${number},${rest}`).join('');
    }
  }
}
