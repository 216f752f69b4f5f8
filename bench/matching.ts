import { join } from 'node:path';
import { decideMatch, findAlikeOfMany } from '#addressees/matching';
import { importResidents, loadPersonsForJudging, normalizeKana } from '#addressees/persons';
import { bytesSource } from '#common-base/linkage';
import {
  type IdentityFault,
  type IdentityProbe,
  identityFaults,
  makeIdentityGround,
} from '#counterparties/demo-municipality';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import type { Bench, Figure } from './bench.ts';
import type { Stage } from './stage.ts';

const atOnce = 200;

/** What became of the probes of one fault. */
interface Tally {
  probes: number;
  matched: number;
  wrong: number;
  /** Probes that mean somebody on record, and how many of them find that person among the candidates. */
  pairs: number;
  found: number;
  candidates: number;
}

const bench: Bench = {
  title: '名寄せ (正解のわかっている誤りつきの行による適合率と再現率)',
  async run(stage) {
    const people = stage.isLarge ? 100_000 : 20_000;
    const probes = stage.isLarge ? 100_000 : 4_200;
    const settingsFolder = join(import.meta.dirname, '../settings/wakabadai');
    const today = todayInTokyo(stage.context.clock);
    const ground = makeIdentityGround({ settingsFolder, people, seed: 20261121, today });
    stage.tell(`${people.toLocaleString('ja-JP')} 人を取り込んでいます`);
    const feed = bytesSource('residents.csv', Buffer.from(ground.residentLines.join('')));
    await importResidents(stage.context, feed, { isChanges: false, asOf: today });
    await stage.asOwner((client) => client.query('VACUUM (ANALYZE) persons'));
    const tallies = new Map<IdentityFault, Tally>();
    const startedAt = performance.now();
    let waiting: IdentityProbe[] = [];
    let done = 0;
    for (const probe of ground.probes()) {
      waiting.push(probe);
      if (waiting.length < atOnce) continue;
      await judge(stage, waiting, tallies);
      done += waiting.length;
      waiting = [];
      if (done >= probes) break;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return figuresOf(
      tallies,
      `${people.toLocaleString('ja-JP')} 人、${done.toLocaleString('ja-JP')} 行`,
      done / seconds,
    );
  },
};

export default bench;

async function judge(
  stage: Stage,
  probes: readonly IdentityProbe[],
  tallies: Map<IdentityFault, Tally>,
): Promise<void> {
  await withMunicipality(stage.context.db, stage.lgCode, async (tx) => {
    const told = probes.map((probe) => probe.told);
    const addresseeNumbers = told.flatMap(({ addresseeNumber }) => addresseeNumber ?? []);
    const named = await loadPersonsForJudging(tx, { addresseeNumbers });
    const byNumber = new Map(named.map((person) => [person.addresseeNumber, person]));
    const alike = await findAlikeOfMany(tx, told);
    for (const [i, { fault, meant, told: row }] of probes.entries()) {
      const tally = tallies.get(fault) ?? { probes: 0, matched: 0, wrong: 0, pairs: 0, found: 0, candidates: 0 };
      tallies.set(fault, tally);
      const sameNumber = byNumber.get(row.addresseeNumber ?? '');
      const decision = decideMatch(row, normalizeKana(row.kana), sameNumber, []);
      tally.probes += 1;
      if (decision.kind === 'matched') {
        tally.matched += 1;
        if (sameNumber?.addresseeNumber !== meant) tally.wrong += 1;
      }
      const candidates = alike[i] ?? [];
      tally.candidates += candidates.length;
      if (meant === null) continue;
      tally.pairs += 1;
      if (candidates.some(({ record }) => record.addresseeNumber === meant)) tally.found += 1;
    }
  });
}

function figuresOf(tallies: ReadonlyMap<IdentityFault, Tally>, data: string, perSecond: number): Figure[] {
  const sum = (of: (tally: Tally) => number): number =>
    [...tallies.values()].reduce((all, tally) => all + of(tally), 0);
  const matched = sum((tally) => tally.matched);
  const wrong = sum((tally) => tally.wrong);
  const percent = (part: number, whole: number): number => (whole === 0 ? 100 : (part / whole) * 100);
  const recall = percent(
    sum((tally) => tally.found),
    sum((tally) => tally.pairs),
  );
  return [
    { what: '自動で結び付けた行', data, value: matched, unit: '行' },
    { what: '自動で結び付けて誤った行', data, value: wrong, unit: '行', aim: { atMost: 0 } },
    { what: '適合率 (自動で結び付けた行のうち正しいもの)', data, value: percent(matched - wrong, matched), unit: '%' },
    { what: '再現率 (正しい人が候補に出た割合)', data, value: recall, unit: '%', aim: { atLeast: 98 } },
    {
      what: '1行あたりの候補',
      data,
      value: sum((tally) => tally.candidates) / sum((tally) => tally.probes),
      unit: '人',
    },
    { what: '候補を探す速さ', data, value: perSecond, unit: '行/秒' },
    ...identityFaults.flatMap((fault): Figure[] => {
      const tally = tallies.get(fault);
      if (tally === undefined) return [];
      const of = `${tally.probes.toLocaleString('ja-JP')} 行、自動 ${tally.matched}、誤り ${tally.wrong}`;
      const isNobody = tally.pairs === 0;
      return [
        isNobody
          ? { what: `候補 ${fault}`, data: of, value: tally.candidates / tally.probes, unit: '人/行' }
          : { what: `再現率 ${fault}`, data: of, value: percent(tally.found, tally.pairs), unit: '%' },
      ];
    }),
  ];
}
