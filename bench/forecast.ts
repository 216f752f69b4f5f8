import { join } from 'node:path';
import { from as copyFrom } from 'pg-copy-streams';
import { addDays, type Day, formatIsoDay } from '#kernel';
import { runForecast } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { readRulesFolder } from '#platform/files';
import { type PersonCase, parseRules } from '#schedule';
import type { Bench, Figure } from './bench.ts';
import { streamPeople } from './make-histories.ts';
import type { Stage } from './stage.ts';

const bench: Bench = {
  title: '全員の接種予定: 初めての計算、翌日、何も変わらないとき、きまりが変わったとき (読み書きとも)',
  async run(stage) {
    const people = stage.isLarge ? 1_000_000 : 100_000;
    const asOf = todayInTokyo(stage.context.clock);
    const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../rules')));
    const doses = await fill(stage, people, asOf);
    const data = `${people.toLocaleString('ja-JP')} 人, 接種歴 ${doses.toLocaleString('ja-JP')} 件`;
    const memory = watchMemory();
    const first = await forecast(stage, '初めての計算', data, { rules, asOf });
    const again = await forecast(stage, '何も変わらないとき', data, { rules, asOf });
    const nextDay = await forecast(stage, '翌日の計算', data, { rules, asOf: addDays(asOf, 1) });
    const seasons = `${rules.texts.get('seasons.csv') ?? ''}\n`;
    const changed = await forecast(stage, 'きまりが変わったとき', data, {
      rules: parseRules(rules.texts, { seasons }),
      asOf: addDays(asOf, 1),
    });
    return [
      ...first,
      ...again,
      ...nextDay,
      ...changed,
      {
        what: '最大メモリ (計算する側。データベースは別)',
        data,
        value: memory.stop(),
        unit: 'MiB',
        aim: { atMost: 1024 },
      },
    ];
  },
};

export default bench;

async function forecast(
  stage: Stage,
  what: string,
  data: string,
  options: Parameters<typeof runForecast>[1],
): Promise<Figure[]> {
  stage.tell(what);
  const before = process.cpuUsage();
  const { people, judged, seconds } = await runForecast(stage.context, options);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = ((user + system) / 1_000_000).toFixed(1);
  const judgedOf = `${data}, 判定し直した人 ${judged.toLocaleString('ja-JP')}, 計算する側のCPU ${cpuSeconds}秒`;
  // A million people in half a minute on two cores.
  const aim = judged === people ? { aim: { atMost: (people / 1_000_000) * 30 } } : {};
  return [{ what, data: judgedOf, value: seconds, unit: '秒', ...aim }];
}

/** The largest resident memory of this process (all its threads) until stopped, in mebibytes. */
function watchMemory(): { stop(): number } {
  let largest = 0;
  const look = (): void => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 100);
  return {
    stop() {
      clearInterval(timer);
      look();
      return largest / 2 ** 20;
    },
  };
}

const peopleAtOnce = 20_000;

/**
 * Puts people and their current history straight into the tables that a forecast reads, since taking in a million
 * histories measures something else. The entries behind the history are left out: this database is for measuring only.
 */
async function fill(stage: Stage, count: number, asOf: Day): Promise<number> {
  return stage.asOwner(async (client) => {
    stage.tell(`${count} 人と接種歴を作っています`);
    await client.query('ALTER TABLE current_doses DROP CONSTRAINT IF EXISTS current_doses_lg_code_entry_id_fkey');
    const copy = async (sql: string, text: string): Promise<void> => {
      const target = client.query(copyFrom(`COPY ${sql} FROM STDIN`));
      await new Promise<void>((resolve, reject) => {
        target.once('error', reject);
        target.end(text, () => resolve());
      });
    };
    const people = streamPeople(count, asOf);
    let entryId = 0;
    for (let at = 0; at < count; at += peopleAtOnce) {
      const page = takePeople(people, Math.min(peopleAtOnce, count - at));
      await copy(personColumns, page.map((person, i) => personLine(stage, at + i + 1, person)).join(''));
      const doses = page.flatMap((person, i) =>
        person.doses.map((dose) => doseLine(stage, at + i + 1, (entryId += 1), dose)),
      );
      await copy(doseColumns, doses.join(''));
    }
    await client.query(
      `INSERT INTO ledger_heads (lg_code, person_id) SELECT DISTINCT lg_code, person_id FROM current_doses ORDER BY 1, 2`,
    );
    await client.query('ANALYZE persons, current_doses, ledger_heads');
    return entryId;
  });
}

/** The next so many people; the stream goes on after them. */
function takePeople(people: Iterator<PersonCase>, count: number): PersonCase[] {
  const taken: PersonCase[] = [];
  while (taken.length < count) {
    const next = people.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

const personColumns = `persons (lg_code, person_id, addressee_number, version, name, kana, born_on, birth_date_precision,
  sex, became_resident_on, is_protected, is_non_registered, is_foreigner, is_cancelled, kana_key, name_key, search_keys,
  search_tokens, feed_digest, updated_at)`;

function personLine({ lgCode }: Stage, id: number, { bornOn, sex }: PersonCase): string {
  const born = formatIsoDay(bornOn);
  const fixed = ['f', 'f', 'f', 'f', 'ソクテイタロウ', '測定太郎', '', '{}', '', '2026-11-21'];
  const name = ['測定　太郎', 'ソクテイ　タロウ'];
  return `${[lgCode, id, String(id).padStart(10, '0'), 1, ...name, born, 'day', sex, born, ...fixed].join('\t')}\n`;
}

const doseColumns = `current_doses (lg_code, person_id, entry_id, origin_entry_id, vaccinated_on, outcome,
  vaccination_class, product)`;

function doseLine({ lgCode }: Stage, id: number, entryId: number, dose: PersonCase['doses'][number]): string {
  const fields = [lgCode, id, entryId, entryId, formatIsoDay(dose.on), 'administered', dose.kind, dose.product];
  return `${fields.join('\t')}\n`;
}
