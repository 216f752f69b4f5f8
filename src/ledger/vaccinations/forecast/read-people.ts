import { type JudgingFacts, judgingFactsColumns, judgingFactsSql, readJudgingFacts } from '#addressees/persons';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import { type CopiedLines, copyOut, type Tx } from '#platform/postgres';
import type { DoseKind, GivenDose } from '#schedule';

/** A page of the population: everybody whose id lies after `after` up to `to`. */
export interface PeopleRange {
  readonly after: number;
  readonly to: number;
}

/** For which day and by which rules a forecast is asked. */
export interface ForecastFrame {
  readonly asOf: Day;
  readonly rulesVersion: string;
}

/** A person with what is known of the ledger and of the forecast kept. */
export interface PersonToJudge extends JudgingFacts {
  readonly ledgerVersion: number;
  /** Of the forecast kept, where only the facts could have changed since; null where it is void anyway. */
  readonly keptDigest: string | null;
}

const peoplePerPage = 2000;

/** Literals of a query that COPY takes no parameters for; each is refused where it is not what it must be. */
function literal(text: string, shape: RegExp): string {
  if (!shape.test(text)) throw new RangeError('a key of a query is not of its shape');
  return `'${text}'`;
}

const lgCodeOf = (tx: Tx): string => literal(tx.lgCode, /^\d{6}$/u);

/**
 * Everybody whose forecast is missing, made of other facts or other rules, or does not hold on the day. Linked records are
 * always looked at: what one of them says concerns all. The range is said of each table: else the others are looked up
 * person by person, or read whole, for every page.
 */
function staleSql(tx: Tx, { asOf, rulesVersion }: ForecastFrame, range?: PeopleRange): string {
  const within = (alias: string): string => (range === undefined ? '' : `AND ${withinSql(range, `${alias}.`)}`);
  const lgCode = lgCodeOf(tx);
  const day = `DATE ${literal(formatIsoDay(asOf), /^\d{4}-\d\d-\d\d$/u)}`;
  const isVoid = `(f.rules_version <> ${literal(rulesVersion, /^[0-9a-f]{16}$/u)} OR f.as_of > ${day} OR f.next_change_on <= ${day})`;
  return `SELECT p.*, coalesce(h.version, 0) AS ledger_version,
      CASE WHEN ${isVoid} THEN NULL ELSE f.facts_digest END AS kept_digest
    FROM (${judgingFactsSql(lgCode)}) p
    LEFT JOIN ledger_heads h ON h.lg_code = ${lgCode} AND h.person_id = p.person_id ${within('h')}
    LEFT JOIN person_forecasts f ON f.lg_code = ${lgCode} AND f.person_id = p.person_id ${within('f')}
    WHERE (f.person_id IS NULL OR f.person_version <> p.version OR f.ledger_version <> coalesce(h.version, 0)
      OR ${isVoid} OR p.principal_id IS NOT NULL) ${within('p')}`;
}

/** Pages of people in the order of their ids, and how many people they are. */
export interface PeoplePages {
  readonly pages: readonly PeopleRange[];
  readonly people: number;
}

/** Parts everybody who needs judging into pages; one cheap look at the whole population. */
export async function listStalePages(tx: Tx, frame: ForecastFrame): Promise<PeoplePages> {
  return cutPages(tx, `SELECT person_id FROM (${staleSql(tx, frame)}) s`);
}

/** Parts the whole register into pages. */
export async function listPeoplePages(tx: Tx): Promise<PeoplePages> {
  return cutPages(tx, `SELECT person_id FROM persons WHERE lg_code = ${lgCodeOf(tx)}`);
}

async function cutPages(tx: Tx, idsSql: string): Promise<PeoplePages> {
  const { rows } = await tx.client.query<{ person_id: number; n: number }>(
    `SELECT person_id, n FROM (SELECT person_id, row_number() OVER (ORDER BY person_id) AS n,
       count(*) OVER () AS people FROM (${idsSql}) i) numbered
     WHERE n % ${peoplePerPage} = 0 OR n = people ORDER BY n`,
  );
  const pages = rows.map(({ person_id: to }, i) => ({ after: rows[i - 1]?.person_id ?? 0, to }));
  return { pages, people: rows.at(-1)?.n ?? 0 };
}

/** The people of a page whose forecast must be looked at. */
export async function readStalePeople(tx: Tx, frame: ForecastFrame, range: PeopleRange): Promise<PersonToJudge[]> {
  const lines = await copyOut(
    tx,
    `SELECT ${judgingFactsColumns}, ledger_version, kept_digest FROM (${staleSql(tx, frame, range)}) s ORDER BY person_id`,
  );
  const people: PersonToJudge[] = [];
  while (lines.hasMore()) {
    people.push({ ...readJudgingFacts(lines), ledgerVersion: lines.sure(), keptDigest: lines.text() });
  }
  return people;
}

/** All people of a page. */
export async function readAllPeople(tx: Tx, range: PeopleRange): Promise<JudgingFacts[]> {
  const lines = await copyOut(
    tx,
    `SELECT ${judgingFactsColumns} FROM (${judgingFactsSql(lgCodeOf(tx))}) p WHERE ${withinSql(range)} ORDER BY person_id`,
  );
  const people: JudgingFacts[] = [];
  while (lines.hasMore()) people.push(readJudgingFacts(lines));
  return people;
}

const withinSql = ({ after, to }: PeopleRange, of = ''): string =>
  `${of}person_id > ${Number.parseInt(String(after), 10)} AND ${of}person_id <= ${Number.parseInt(String(to), 10)}`;

const dosesColumns = `person_id, vaccinated_on - DATE '1970-01-01', left(vaccination_class, 1), product`;
const isJudged = `outcome = 'administered' AND product IS NOT NULL`;
const kinds: Readonly<Record<string, DoseKind>> = { r: 'routine', v: 'voluntary', t: 'temporary' };

/**
 * The given doses of people that a product is known of; who has none is absent. Where most of a range of ids is asked for
 * it is read through, else (or without one) each person is looked up.
 */
export async function readGivenDoses(
  tx: Tx,
  range: PeopleRange | null,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, readonly GivenDose[]>> {
  if (personIds.length === 0) return new Map();
  const lgCode = lgCodeOf(tx);
  const isDense = range !== null && range.to - range.after < personIds.length * 3;
  // One look per person, whatever the statistics of a ledger just filled say.
  const sql = isDense
    ? `SELECT ${dosesColumns} FROM current_doses WHERE lg_code = ${lgCode} AND ${withinSql(range)} AND ${isJudged}
       ORDER BY person_id, entry_id`
    : `SELECT d.* FROM unnest('{${personIds.join(',')}}'::bigint[]) AS wanted(person_id)
       CROSS JOIN LATERAL (SELECT ${dosesColumns} FROM current_doses c
         WHERE c.lg_code = ${lgCode} AND c.person_id = wanted.person_id AND ${isJudged} ORDER BY entry_id OFFSET 0) d`;
  return groupDoses(await copyOut(tx, sql));
}

function groupDoses(lines: CopiedLines): Map<PersonId, GivenDose[]> {
  const byPerson = new Map<PersonId, GivenDose[]>();
  let last = -1;
  let doses: GivenDose[] = [];
  while (lines.hasMore()) {
    const personId = lines.sure();
    if (personId !== last) {
      last = personId;
      doses = [];
      byPerson.set(personId as PersonId, doses);
    }
    const on = lines.sure() as Day;
    const kind = kinds[lines.word() ?? ''] ?? 'routine';
    doses.push({ on, kind, product: lines.word() ?? '' });
  }
  return byPerson;
}
