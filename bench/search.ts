import { importResidents, type PersonQuery, searchPersons } from '#addressees/persons';
import type { Actor } from '#common-base/access';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { type Bench, type Figure, formatNumber } from './bench.ts';
import { type MadeResident, residentFile, residentsAt } from './make-residents.ts';
import type { Stage } from './stage.ts';

const clerks = 10;
const searchesPerClerk = 60;
const aimMs = 200;

/** What clerks look for, each kind as often as the others. */
const kinds: Readonly<Record<string, (one: MadeResident) => PersonQuery>> = {
  'カナの初め (3文字)': (one) => ({ text: one.kana.slice(0, 3) }),
  カナの姓と名: (one) => ({ text: one.kana }),
  漢字の姓: (one) => ({ text: one.name.split('　')[0] ?? '' }),
  '漢字の名 (一部)': (one) => ({ text: one.name.split('　')[1] ?? '' }),
  漢字の姓名: (one) => ({ text: one.name.replace('　', '') }),
  生年月日とカナ: (one) => ({ text: `${one.kana.split('　')[0] ?? ''} ${one.birthDate}` }),
  生年とカナ: (one) => ({ text: `${one.kana.split('　')[0] ?? ''} ${one.birthDate.slice(0, 4)}年` }),
  番号: (one) => ({ text: one.number }),
  住所: (one) => ({ text: one.address.replace('若葉台市', '') }),
  町名の一部: (one) => ({ address: townOf(one).slice(-3) }),
};

function townOf(one: MadeResident): string {
  return one.address.replace('若葉台市', '').replace(/.丁目.*$/u, '');
}

const bench: Bench = {
  title: `人の検索 (${clerks} 人が同時に、記録も残しながら)`,
  async run(stage) {
    const people = stage.isLarge ? 1_000_000 : 100_000;
    await bringPeople(stage, people);
    const before = await measure(stage, people, 17);
    stage.tell('統計を取り終えたデータベースでもう一度');
    await stage.asOwner((client) => client.query('VACUUM (ANALYZE) persons, address_towns'));
    const after = await measure(stage, people, 29);
    return [...figuresOf(before, people, '取込の直後'), ...figuresOf(after, people, '統計つき')];
  },
};

export default bench;

async function bringPeople(stage: Stage, people: number): Promise<void> {
  const { rows } = await withMunicipality(stage.context.db, stage.lgCode, (tx) =>
    tx.client.query<{ count: number }>('SELECT count(*) AS count FROM persons WHERE lg_code = $1', [tx.lgCode]),
  );
  if ((rows[0]?.count ?? 0) >= people) return;
  stage.tell(`${people.toLocaleString('ja-JP')} 人を取り込んでいます`);
  const asOf = todayInTokyo(stage.context.clock);
  await importResidents(stage.context, residentFile({ people }), { isChanges: false, asOf });
}

interface Took {
  readonly kind: string;
  readonly ms: number;
  readonly found: number;
}

async function measure(stage: Stage, people: number, step: number): Promise<Took[]> {
  const actor: Actor = { ...stage.context.actor, permissions: new Set(['persons.search']) };
  const asOf = todayInTokyo(stage.context.clock);
  const took: Took[] = [];
  const names = Object.keys(kinds);
  const work = async (clerk: number): Promise<void> => {
    const places = Array.from({ length: searchesPerClerk }, (_, i) => (i * 7919 * step + clerk * 104_729) % people);
    for (const [i, one] of residentsAt(people, places).entries()) {
      const kind = names[(i + clerk) % names.length] ?? '';
      const query = kinds[kind]?.(one) ?? {};
      const startedAt = performance.now();
      const answer = await withMunicipality(stage.context.db, stage.lgCode, (tx) =>
        searchPersons(tx, actor, query, { asOf }),
      );
      took.push({ kind, ms: performance.now() - startedAt, found: answer.people.length });
    }
  };
  await work(0);
  took.length = 0;
  await Promise.all(Array.from({ length: clerks }, (_, clerk) => work(clerk)));
  const silent = took.filter(({ found }) => found === 0);
  if (silent.length > 0) throw new Error(`a search for somebody who exists found nobody: ${silent[0]?.kind ?? ''}`);
  return took;
}

function figuresOf(took: readonly Took[], people: number, when: string): Figure[] {
  const data = `${formatNumber(people)} 人, ${when}`;
  const all = took.map(({ ms }) => ms);
  const kindFigures = Object.keys(kinds).map((kind) => {
    const own = took.filter((one) => one.kind === kind).map(({ ms }) => ms);
    return { what: `p95 ${kind}`, data: `${data}, ${own.length} 回`, value: percentile(own, 95), unit: 'ミリ秒' };
  });
  return [
    { what: 'p50 すべて', data: `${data}, ${all.length} 回`, value: percentile(all, 50), unit: 'ミリ秒' },
    { what: 'p95 すべて', data, value: percentile(all, 95), unit: 'ミリ秒', aim: { atMost: aimMs } },
    ...kindFigures,
  ];
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
