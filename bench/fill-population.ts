import { from as copyFrom } from 'pg-copy-streams';
import { type Day, formatIsoDay } from '#kernel';
import type { PersonCase } from '#schedule';
import { streamPeople } from './make-histories.ts';
import type { Stage } from './stage.ts';

const peopleAtOnce = 20_000;

/**
 * Puts people and their current history straight into the tables that a forecast and a cohort read, since taking in a million
 * histories measures something else. The entries behind the history are left out: this database is for measuring only.
 * Where a kept home holds as many people already, they are taken, and what was worked out of them before is forgotten.
 * Answers how many doses there are.
 */
export async function fillPopulation(stage: Stage, count: number, asOf: Day): Promise<number> {
  return stage.asOwner(async (client) => {
    const kept = await client.query<{ doses: number }>('SELECT count(*)::integer AS doses FROM current_doses');
    const present = await client.query<{ people: number }>('SELECT count(*)::integer AS people FROM persons');
    if (present.rows[0]?.people === count) {
      await client.query('TRUNCATE person_forecasts, forecast_states');
      return kept.rows[0]?.doses ?? 0;
    }
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
  sex, postal_code, address, became_resident_on, is_protected, is_non_registered, is_foreigner, is_cancelled, kana_key, name_key, search_keys,
  search_tokens, feed_digest, updated_at)`;

function personLine({ lgCode }: Stage, id: number, { bornOn, sex }: PersonCase): string {
  const born = formatIsoDay(bornOn);
  const place = ['2990012', `若葉台市緑町${(id % 4000) + 1}番${(id % 20) + 1}号`];
  const fixed = ['f', 'f', 'f', 'f', 'ソクテイタロウ', '測定太郎', '', '{}', '', '2026-11-21'];
  const name = ['測定　太郎', 'ソクテイ　タロウ'];
  return `${[lgCode, id, String(id).padStart(10, '0'), 1, ...name, born, 'day', sex, ...place, born, ...fixed].join('\t')}\n`;
}

const doseColumns = `current_doses (lg_code, person_id, entry_id, origin_entry_id, vaccinated_on, outcome,
  vaccination_class, product)`;

function doseLine({ lgCode }: Stage, id: number, entryId: number, dose: PersonCase['doses'][number]): string {
  const fields = [lgCode, id, entryId, entryId, formatIsoDay(dose.on), 'administered', dose.kind, dose.product];
  return `${fields.join('\t')}\n`;
}
