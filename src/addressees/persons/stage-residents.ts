import { setImmediate } from 'node:timers/promises';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import { copyLine, copyRows, type Tx } from '#platform/postgres';
import { deriveCeasedReason } from './derive-residence.ts';
import type { SearchKeys } from './derive-search-keys.ts';
import type { ResidentRow } from './types.ts';

/** A changed or new row of a feed, ready to be written; `personId` is null for a new person. */
export interface StagedResident {
  readonly ordinal: number;
  readonly personId: PersonId | null;
  readonly effectiveOn: Day;
  /** SHA-256 of what the row says, base64. */
  readonly digest: string;
  readonly row: ResidentRow;
}

interface Line extends StagedResident {
  readonly keys: SearchKeys;
}

type Field = string | number | null;
type Read = (line: Line) => Field;

/** Columns of resident_feed_rows that go into the head, the version or both, with where their values come from. */
const columns: readonly { readonly name: string; readonly goesTo: 'head' | 'version' | 'both'; readonly read: Read }[] =
  [
    both('name', (row) => row.name),
    both('kana', (row) => row.kana),
    { name: 'birth_text', goesTo: 'version', read: ({ row }) => row.birthText },
    { name: 'born_on', goesTo: 'head', read: ({ row }) => dayField(row.birthDate.bornOn) },
    { name: 'birth_date_precision', goesTo: 'head', read: ({ row }) => row.birthDate.precision },
    both('sex', (row) => row.sex),
    both('machiaza_id', (row) => row.machiazaId),
    both('block', (row) => row.block),
    version('branch', (row) => row.branch),
    version('sub_branch', (row) => row.subBranch),
    both('address', (row) => row.address),
    both('building', (row) => row.building),
    both('phone', (row) => row.phone),
    both('household_number', (row) => row.householdNumber),
    both('postal_code', (row) => row.postalCode),
    both('relation', (row) => row.relation),
    both('is_cancelled', (row) => flagField(row.isCancelled)),
    both('is_non_registered', (row) => flagField(row.isNonRegistered)),
    both('is_foreigner', (row) => flagField(row.isForeigner)),
    version('foreign_kana', (row) => row.foreignKana),
    version('foreign_name', (row) => row.foreignName),
    both('became_resident_on', (row) => dayField(row.becameResidentOn)),
    both('ceased_resident_on', (row) => dayField(row.ceasedResidentOn)),
    { name: 'ceased_reason', goesTo: 'head', read: ({ row }) => ceasedReasonOf(row) },
    version('change_reason', (row) => row.changeReason),
    version('changed_on', (row) => dayField(row.changedOn)),
    version('residency_change_reason', (row) => row.residencyChangeReason),
    version('residency_changed_on', (row) => dayField(row.residencyChangedOn)),
    version('previous_address', (row) => row.previousAddress),
    version('previous_building', (row) => row.previousBuilding),
    version('next_address', (row) => row.nextAddress),
    version('next_building', (row) => row.nextBuilding),
    both('is_protected', (row) => flagField(row.isProtected)),
    both('died_on', (row) => dayField(row.diedOn)),
    version('common_name', (row) => row.commonName),
    version('former_family_name', (row) => row.formerFamilyName),
    version('nationality', (row) => row.nationality),
    version('guardian_number', (row) => row.guardianNumber),
    version('email', (row) => row.email),
    {
      name: 'feed_digest',
      goesTo: 'head',
      read: ({ digest }) => `\\x${Buffer.from(digest, 'base64').toString('hex')}`,
    },
    { name: 'kana_key', goesTo: 'head', read: ({ keys }) => keys.kanaKey },
    { name: 'name_key', goesTo: 'head', read: ({ keys }) => keys.nameKey },
    { name: 'address_key', goesTo: 'head', read: ({ keys }) => keys.addressKey },
    { name: 'building_key', goesTo: 'head', read: ({ keys }) => keys.buildingKey },
    { name: 'phone_key', goesTo: 'head', read: ({ keys }) => keys.phoneKey },
    { name: 'search_keys', goesTo: 'head', read: ({ keys }) => keys.searchKeys },
    { name: 'search_tokens', goesTo: 'head', read: ({ keys }) => `{${keys.searchTokens.join(',')}}` },
  ];

const stagedColumns = columns.map((column) => column.name);
const headColumns = columns.filter((column) => column.goesTo !== 'version').map((column) => column.name);
const versionColumns = columns.filter((column) => column.goesTo !== 'head').map((column) => column.name);

// Rows of earlier batches are deleted but still in the index until the transaction ends: the range passes them by.
function rowsOf(alias: string): string {
  return `${alias}.lg_code = $1 AND ${alias}.feed_run_id = $2 AND ${alias}.ordinal >= $3`;
}

const copyColumns = [
  'lg_code',
  'feed_run_id',
  'ordinal',
  'is_new',
  'addressee_number',
  'effective_on',
  ...stagedColumns,
];
const copyKnown = `COPY resident_feed_rows (person_id, ${copyColumns.join(', ')}) FROM STDIN`;
/** A new person's id is drawn by the table. */
const copyNew = `COPY resident_feed_rows (${copyColumns.join(', ')}) FROM STDIN`;

const lockHeads = `
  SELECT count(*) FROM (
    SELECT p.person_id FROM persons p JOIN resident_feed_rows r ON r.lg_code = p.lg_code AND r.person_id = p.person_id
    WHERE ${rowsOf('r')} AND NOT r.is_new ORDER BY p.person_id FOR UPDATE OF p) locked`;

const insertHeads = `
  INSERT INTO persons (lg_code, person_id, addressee_number, version, updated_at, ${headColumns.join(', ')})
  OVERRIDING SYSTEM VALUE
  SELECT lg_code, person_id, addressee_number, 1, $4, ${headColumns.join(', ')}
  FROM resident_feed_rows r WHERE ${rowsOf('r')} AND is_new ORDER BY ordinal`;

const insertFirstVersions = `
  INSERT INTO person_versions (lg_code, person_id, version, effective_on, recorded_at, feed_run_id,
    ${versionColumns.join(', ')})
  SELECT lg_code, person_id, 1, effective_on, $4, $2, ${versionColumns.join(', ')}
  FROM resident_feed_rows r WHERE ${rowsOf('r')} AND is_new ORDER BY ordinal`;

// A first day as resident at or after the end of the last period begins a new one: see deriveResidencies.
const updateHeads = `
  UPDATE persons p SET version = p.version + 1, updated_at = $4,
    past_residencies = CASE WHEN r.became_resident_on >= p.ceased_resident_on
        AND r.became_resident_on IS DISTINCT FROM p.became_resident_on
      THEN coalesce(p.past_residencies, '[]') || jsonb_build_object('becameOn', p.became_resident_on,
        'ceasedOn', p.ceased_resident_on, 'ceasedReason', p.ceased_reason)
      ELSE p.past_residencies END,
    ${headColumns.map((name) => `${name} = r.${name}`).join(', ')}
  FROM resident_feed_rows r
  WHERE ${rowsOf('r')} AND NOT r.is_new AND p.lg_code = $1 AND p.person_id = r.person_id`;

const insertNextVersions = `
  INSERT INTO person_versions (lg_code, person_id, version, effective_on, recorded_at, feed_run_id,
    ${versionColumns.join(', ')})
  SELECT r.lg_code, p.person_id, p.version, r.effective_on, $4, $2, ${versionColumns.map((name) => `r.${name}`).join(', ')}
  FROM resident_feed_rows r JOIN persons p ON p.lg_code = $1 AND p.person_id = r.person_id
  WHERE ${rowsOf('r')} AND NOT r.is_new ORDER BY r.ordinal`;

/** Rows on their way: first as lines of COPY, then in the staging table, then in heads and versions. */
export interface ResidentBatch {
  readonly feedRunId: number;
  readonly firstOrdinal: number;
  /** Lines of people who are new and of known ones, hundreds in one text. */
  readonly newLines: readonly string[];
  readonly knownLines: readonly string[];
}

const linesAtOnce = 400;

/**
 * Makes the search keys and the lines of a batch. Nothing here waits for the database: it is done while the batch before
 * is being written, in small steps, so that answers are taken as they come.
 */
export async function prepareResidents(
  lgCode: string,
  feedRunId: number,
  residents: readonly [StagedResident, ...StagedResident[]],
  deriveKeys: (row: ResidentRow) => SearchKeys,
): Promise<ResidentBatch> {
  const lines = async (some: readonly StagedResident[]): Promise<string[]> => {
    const texts: string[] = [];
    for (let from = 0; from < some.length; from += linesAtOnce) {
      const part = some.slice(from, from + linesAtOnce);
      texts.push(part.map((resident) => stageLine(lgCode, feedRunId, resident, deriveKeys(resident.row))).join('\n'));
      await setImmediate();
    }
    return texts;
  };
  const newLines = await lines(residents.filter((resident) => resident.personId === null));
  const knownLines = await lines(residents.filter((resident) => resident.personId !== null));
  return { feedRunId, firstOrdinal: residents[0].ordinal, newLines, knownLines };
}

/** Sends a batch into the staging table. */
export async function stageResidents(tx: Tx, batch: ResidentBatch): Promise<void> {
  if (batch.newLines.length > 0) await copyRows(tx, copyNew, batch.newLines);
  if (batch.knownLines.length > 0) await copyRows(tx, copyKnown, batch.knownLines);
}

/**
 * Writes the changed and new people of a staged batch: a version appended for each, the head brought to the present.
 * Heads are locked in ascending order; the staging table holds nothing of the batch afterwards.
 */
export async function writeResidents(tx: Tx, batch: ResidentBatch, recordedAt: Date): Promise<void> {
  const ofBatch = [tx.lgCode, batch.feedRunId, batch.firstOrdinal];
  const ofMoment = [...ofBatch, recordedAt];
  if (batch.knownLines.length > 0) {
    await tx.client.query(lockHeads, ofBatch);
    await tx.client.query(updateHeads, ofMoment);
    await tx.client.query(insertNextVersions, ofMoment);
  }
  if (batch.newLines.length > 0) {
    await tx.client.query(insertHeads, ofMoment);
    await tx.client.query(insertFirstVersions, ofMoment);
  }
  await tx.client.query(`DELETE FROM resident_feed_rows r WHERE ${rowsOf('r')}`, ofBatch);
}

/**
 * Writes one person whom no feed brings (住登外者) with a first version; answers the id. The head has no digest of a feed, by
 * which whole files know that they never bring this person.
 */
export async function insertByHand(
  tx: Tx,
  row: ResidentRow,
  at: { readonly effectiveOn: Day; readonly recordedAt: Date },
  keys: SearchKeys,
): Promise<PersonId> {
  const line: Line = { ordinal: 0, personId: null, effectiveOn: at.effectiveOn, digest: '', row, keys };
  const valuesOf = (wanted: 'head' | 'version'): [string[], Field[]] => {
    const chosen = columns.filter((column) => column.goesTo === wanted || column.goesTo === 'both');
    return [chosen.map((column) => column.name), chosen.map((column) => column.read(line))];
  };
  const places = (first: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `$${first + i}`).join(', ');
  const [headNames, headValues] = valuesOf('head');
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `INSERT INTO persons (lg_code, addressee_number, version, updated_at, ${headNames.join(', ')})
     VALUES ($1, $2, 1, $3, ${places(4, headNames.length)}) RETURNING person_id`,
    [tx.lgCode, row.addresseeNumber, at.recordedAt, ...headValues],
  );
  const personId = rows[0]?.person_id;
  if (personId === undefined) throw new TypeError('the new person has no id');
  const [versionNames, versionValues] = valuesOf('version');
  await tx.client.query(
    `INSERT INTO person_versions (lg_code, person_id, version, effective_on, recorded_at, ${versionNames.join(', ')})
     VALUES ($1, $2, 1, $3, $4, ${places(5, versionNames.length)})`,
    [tx.lgCode, personId, formatIsoDay(at.effectiveOn), at.recordedAt, ...versionValues],
  );
  return personId;
}

function stageLine(lgCode: string, feedRunId: number, resident: StagedResident, keys: SearchKeys): string {
  const { ordinal, personId, row, effectiveOn } = resident;
  const line = { ...resident, keys };
  const values: Field[] = personId === null ? [] : [personId];
  values.push(lgCode, feedRunId, ordinal, flagField(personId === null), row.addresseeNumber, formatIsoDay(effectiveOn));
  for (const column of columns) values.push(column.read(line));
  return copyLine(values);
}

function both(name: string, read: (row: ResidentRow) => Field) {
  return { name, goesTo: 'both' as const, read: (line: Line) => read(line.row) };
}

function version(name: string, read: (row: ResidentRow) => Field) {
  return { name, goesTo: 'version' as const, read: (line: Line) => read(line.row) };
}

function ceasedReasonOf(row: ResidentRow): string | null {
  return deriveCeasedReason(row.ceasedResidentOn, row.diedOn, row.residencyChangeReason);
}

function dayField(day: Day | null): Field {
  return day === null ? null : formatIsoDay(day);
}

function flagField(flag: boolean): Field {
  return flag ? 't' : 'f';
}
