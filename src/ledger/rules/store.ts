import { formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Change, ChangeCount, RuleTrial } from './types.ts';

/** What a new trial is written with. */
export type NewTrial = Omit<RuleTrial, 'trialId' | 'startedAt' | 'result'>;

/** Writes a trial that waits to be counted; answers its id. */
export async function insertTrial(tx: Tx, trial: NewTrial): Promise<number> {
  const { rows } = await tx.client.query<{ trial_id: number }>(
    `INSERT INTO rule_trials (lg_code, label, as_of, base_version, proposed_version, texts, run_id, started_by,
       started_by_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING trial_id`,
    [
      ...[tx.lgCode, trial.label, formatIsoDay(trial.asOf), trial.baseVersion, trial.proposedVersion],
      ...[JSON.stringify(Object.fromEntries(trial.texts)), trial.runId, trial.startedBy, trial.startedByName],
    ],
  );
  const trialId = rows[0]?.trial_id;
  if (trialId === undefined) throw new Error('the trial was not written');
  return trialId;
}

interface TrialRow {
  readonly trial_id: number;
  readonly label: string;
  readonly as_of: string;
  readonly base_version: string;
  readonly proposed_version: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly run_id: number;
  readonly started_by: number | null;
  readonly started_by_name: string;
  readonly started_at: Date;
  readonly people: number | null;
  readonly affected: number | null;
  readonly listed: number | null;
  readonly finished_at: Date | null;
}

/** One trial; undefined where there is none. */
export async function findTrial(tx: Tx, trialId: number): Promise<RuleTrial | undefined> {
  const { rows } = await tx.client.query<TrialRow>('SELECT * FROM rule_trials WHERE lg_code = $1 AND trial_id = $2', [
    tx.lgCode,
    trialId,
  ]);
  return rows[0] === undefined ? undefined : trialOf(rows[0]);
}

/** The trial that a run counts; undefined where it was taken away. */
export async function findTrialOfRun(tx: Tx, runId: number): Promise<RuleTrial | undefined> {
  const { rows } = await tx.client.query<TrialRow>('SELECT * FROM rule_trials WHERE lg_code = $1 AND run_id = $2', [
    tx.lgCode,
    runId,
  ]);
  return rows[0] === undefined ? undefined : trialOf(rows[0]);
}

/** The newest trials. */
export async function selectTrials(tx: Tx, limit: number): Promise<RuleTrial[]> {
  const { rows } = await tx.client.query<TrialRow>(
    'SELECT * FROM rule_trials WHERE lg_code = $1 ORDER BY trial_id DESC LIMIT $2',
    [tx.lgCode, limit],
  );
  return rows.map(trialOf);
}

function trialOf(row: TrialRow): RuleTrial {
  const { people, affected, listed, finished_at: finishedAt } = row;
  return {
    trialId: row.trial_id,
    label: row.label,
    asOf: parseIsoDay(row.as_of),
    baseVersion: row.base_version,
    proposedVersion: row.proposed_version,
    texts: new Map(Object.entries(row.texts)),
    runId: row.run_id,
    startedBy: row.started_by,
    startedByName: row.started_by_name,
    startedAt: row.started_at,
    result:
      finishedAt === null ? null : { people: people ?? 0, affected: affected ?? 0, listed: listed ?? 0, finishedAt },
  };
}

/** Takes away what a trial counted so far: it begins anew, or goes. */
export async function clearTrial(tx: Tx, trialId: number): Promise<void> {
  await tx.client.query('DELETE FROM rule_trial_people WHERE lg_code = $1 AND trial_id = $2', [tx.lgCode, trialId]);
  await tx.client.query('DELETE FROM rule_trial_counts WHERE lg_code = $1 AND trial_id = $2', [tx.lgCode, trialId]);
}

/** Takes a trial away with everything it counted. */
export async function deleteTrial(tx: Tx, trialId: number): Promise<void> {
  await clearTrial(tx, trialId);
  await tx.client.query('DELETE FROM rule_trials WHERE lg_code = $1 AND trial_id = $2', [tx.lgCode, trialId]);
}

/** A person of a page with what changes. */
export interface ChangedPerson {
  readonly personId: PersonId;
  readonly changes: readonly Change[];
}

/** Lists people of a page with their changes. */
export async function insertTrialPeople(tx: Tx, trialId: number, people: readonly ChangedPerson[]): Promise<void> {
  const rows = people.flatMap(({ personId, changes }) =>
    changes.map((change, i) => ({ personId, ordinal: i + 1, change })),
  );
  if (rows.length === 0) return;
  await tx.client.query(
    `INSERT INTO rule_trial_people (lg_code, trial_id, person_id, ordinal, kind, programme, stage, before_standing,
       after_standing)
     SELECT $1, $2, u.* FROM unnest($3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[]) AS u`,
    [
      ...[tx.lgCode, trialId, rows.map((row) => row.personId), rows.map((row) => row.ordinal)],
      ...[rows.map(({ change }) => change.kind), rows.map(({ change }) => change.programme)],
      ...[rows.map(({ change }) => change.stage), rows.map(({ change }) => change.before)],
      rows.map(({ change }) => change.after),
    ],
  );
}

/** Writes the counts and figures of a trial that came to its end. */
export async function finishTrial(
  tx: Tx,
  trialId: number,
  counts: readonly ChangeCount[],
  figures: { readonly people: number; readonly affected: number; readonly listed: number },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO rule_trial_counts (lg_code, trial_id, kind, programme, stage, before_standing, after_standing, age_from,
       count)
     SELECT $1, $2, u.* FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
       $9::integer[]) AS u`,
    [
      ...[tx.lgCode, trialId, counts.map((c) => c.kind), counts.map((c) => c.programme), counts.map((c) => c.stage)],
      ...[counts.map((c) => c.before), counts.map((c) => c.after), counts.map((c) => c.ageFrom)],
      counts.map((c) => c.count),
    ],
  );
  await tx.client.query(
    `UPDATE rule_trials SET people = $3, affected = $4, listed = $5, finished_at = now()
     WHERE lg_code = $1 AND trial_id = $2`,
    [tx.lgCode, trialId, figures.people, figures.affected, figures.listed],
  );
}

/** The counts of a trial. */
export async function selectCounts(tx: Tx, trialId: number): Promise<ChangeCount[]> {
  const { rows } = await tx.client.query<ChangeCount>(
    `SELECT kind, programme, stage, before_standing AS before, after_standing AS after, age_from AS "ageFrom", count
     FROM rule_trial_counts WHERE lg_code = $1 AND trial_id = $2
     ORDER BY programme, stage, kind, before_standing, after_standing, age_from`,
    [tx.lgCode, trialId],
  );
  return rows;
}

/** People of a trial's list in the order of their ids, with all their changes; `programme` narrows it. */
export async function selectTrialPeople(
  tx: Tx,
  trialId: number,
  page: { readonly programme: string | null; readonly after: number; readonly limit: number },
): Promise<ChangedPerson[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId; changes: Change[] }>(
    `SELECT t.person_id, jsonb_agg(jsonb_build_object('kind', t.kind, 'programme', t.programme, 'stage', t.stage,
         'before', t.before_standing, 'after', t.after_standing) ORDER BY t.ordinal) AS changes
     FROM rule_trial_people t
     WHERE t.lg_code = $1 AND t.trial_id = $2 AND t.person_id > $3 AND ($4::text IS NULL OR t.programme = $4)
     GROUP BY t.person_id ORDER BY t.person_id LIMIT $5`,
    [tx.lgCode, trialId, page.after, page.programme, page.limit],
  );
  return rows.map((row) => ({ personId: row.person_id, changes: row.changes }));
}
