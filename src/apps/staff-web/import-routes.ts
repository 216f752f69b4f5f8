import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { importIndividualNumbers } from '#addressees/numbers';
import { importResidents, importWelfare } from '#addressees/persons';
import {
  type ActionContext,
  type Answer,
  addStaffRoute,
  answerWith,
  createOrderTask,
  mayDo,
  type OrderWork,
  type Permission,
  requirePermission,
  type StaffApp,
  type StaffContext,
  sendFile,
} from '#common-base/access';
import {
  type FeedRun,
  type FeedSource,
  findFeedRun,
  type ImportResult,
  listFeedRunRows,
  listFeedRuns,
  strikeNumbersField,
  withoutNumbersInWords,
  writeRunRowsCsv,
} from '#common-base/linkage';
import { type Day, findTypedDay, formatIsoDay, type LgCode, NotFound, parseIsoDay } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import { loadCouponHolders } from '#ledger/forms';
import { importMasters } from '#ledger/masters';
import { importReservations } from '#ledger/reservations';
import { importHistory } from '#ledger/vaccinations';
import { type Clock, todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { RunNote, TaskList } from '#platform/jobs';
import type { KeyWrapper } from '#platform/keys';
import { dayHelp, type FormError } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import type { LongWork } from './long-work.ts';
import { type ImportKind, importListPage, importRunPage } from './pages/import-pages.ts';
import { importRunPath, importsPath } from './pages/paths.ts';

/** What these routes need beside the database. */
export interface ImportTools {
  readonly findings: FindingsTables;
  readonly takeFile: LongWork['takeFile'];
  readonly orderWork: OrderWork;
  readonly keyWrapper: KeyWrapper;
}

interface ImportDoor extends ImportKind {
  readonly permission: Permission;
  readonly layoutName: string;
  /** The file never lies on a disk of this machine. */
  readonly isKeptInMemory?: boolean;
  run(action: ActionContext, source: FeedSource, asOf: Day, aid: DoorAid): Promise<ImportResult>;
}

/** What some kinds of data need beside the file; null where it is not at hand. */
interface DoorAid {
  readonly keyWrapper: KeyWrapper | null;
  readonly rulesOf: ((lgCode: LgCode) => Promise<RuleSet>) | null;
}

const rowsPerPage = 100;
const runsShown = 50;

/** Every kind of data that comes from elsewhere, in the order in which a new office takes it in. */
const doors: readonly ImportDoor[] = [
  {
    kind: 'residents',
    layoutName: 'residents',
    label: '住民記録（全件）',
    hint: '住民全員のファイル。載っていない人は「住民記録にいない人」に並びます',
    permission: 'persons.import',
    run: (action, source, asOf) => importResidents(action, source, { isChanges: false, asOf }),
  },
  {
    kind: 'resident-changes',
    layoutName: 'residents',
    label: '住民記録（異動分）',
    hint: '変わった人だけの、毎日のファイル',
    permission: 'persons.import',
    run: (action, source, asOf) => importResidents(action, source, { isChanges: true, asOf }),
  },
  {
    kind: 'individual-numbers',
    layoutName: 'individual-numbers',
    label: '個人番号',
    hint: '番号連携のファイル。番号は暗号化され、ファイルは残りません',
    permission: 'numbers.import',
    isKeptInMemory: true,
    run(action, source, _, { keyWrapper }) {
      if (keyWrapper === null) throw new Error('individual numbers are taken in where their key is');
      return importIndividualNumbers({ ...action, keyWrapper }, source, {});
    },
  },
  {
    kind: 'welfare',
    layoutName: 'welfare',
    label: '福祉・税の情報',
    hint: '生活保護、障害者手帳、課税区分',
    permission: 'welfare.import',
    run: (action, source, asOf) => importWelfare(action, source, { asOf }),
  },
  {
    kind: 'institutions',
    layoutName: 'institutions',
    label: '契約医療機関',
    hint: '医療機関の名前、契約の期間、口座',
    permission: 'institutions.import',
    run: (action, source) => importInstitutions(action, source, {}),
  },
  {
    kind: 'masters',
    layoutName: 'masters',
    label: 'マスタ',
    hint: 'メーカー・ロット・医師・会場。ロットの回収もここから入れられます',
    permission: 'masters.update',
    async run(action, source, _, { rulesOf }) {
      if (rulesOf === null) throw new Error('masters are taken in where the rules are');
      return await importMasters(action, source, { rules: await rulesOf(action.actor.lgCode) });
    },
  },
  {
    kind: 'reservations',
    layoutName: 'reservations',
    label: '接種の予約',
    hint: '予約システムの一覧。取り消された予約も載せます',
    permission: 'reservations.import',
    run: (action, source) => importReservations(action, source, { kind: 'reservation' }),
  },
  {
    kind: 'priority-wishes',
    layoutName: 'priority-wishes',
    label: '優先接種希望者',
    hint: '優先して受けたいと申し出た人の一覧',
    permission: 'reservations.import',
    run: (action, source) => importReservations(action, source, { kind: 'priority' }),
  },
  {
    kind: 'history',
    layoutName: 'history',
    label: '過去の接種記録',
    hint: '前の台帳や、ほかの市町村からの記録',
    permission: 'history.import',
    run: (action, source, asOf) => importHistory(action, source, { asOf, couponHolders: loadCouponHolders }),
  },
];

/** What a kind of feed is called. */
export function feedLabel(kind: string): string {
  return doors.find((door) => door.kind === kind)?.label ?? kind;
}

/** The kinds whose last arrival the first page shows. */
export const feedKinds: readonly string[] = doors.map((door) => door.kind);

/** Sending the files of other departments, and what came of them. */
export function registerImportRoutes(app: StaffApp, tools: ImportTools): void {
  const permission = 'intake.view' as const;
  addStaffRoute(app, {
    method: 'GET',
    url: importsPath,
    permission,
    handler: (context) => showImports(context, null, []),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: importsPath,
    permission,
    needsReason: true,
    takesFiles: true,
    handler: (context) => takeIn(context, tools),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: `${importsPath}/:runId`,
    permission,
    handler: (context) => showRun(context, tools),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: `${importsPath}/:runId/rows.csv`,
    permission,
    handler: (context) => sendRunRows(context, tools),
  });
}

async function showImports(
  context: StaffContext,
  chosen: string | null,
  errors: readonly FormError[],
): Promise<Answer> {
  const runs = await withMunicipality(context.db, context.lgCode, (tx) => listFeedRuns(tx, { limit: runsShown }));
  const asOf = context.body.text('asOf');
  const body = importListPage({
    kinds: doors.filter((door) => mayDo(context.actor, door.permission)),
    runs,
    labelOf: feedLabel,
    csrfToken: context.csrfToken,
    asOfText: asOf === '' ? formatIsoDay(todayInTokyo(context.clock)) : asOf,
    strikes: context.body.text(strikeNumbersField) === 'yes',
    errors,
    chosen,
  });
  const page = context.page({ title: '他課からの取込', body, current: importsPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function takeIn(context: StaffContext, tools: ImportTools): Promise<Answer> {
  const kind = context.body.text('kind');
  const door = doors.find((one) => one.kind === kind);
  const asOfText = context.body.text('asOf');
  const asOf = findTypedDay(asOfText);
  const errors: FormError[] = [];
  if (door === undefined) errors.push({ field: 'kind', message: 'データの種類を選んでください。' });
  if (asOf === undefined) {
    errors.push({ field: 'asOf', message: dayHelp('確かめる時点') });
  }
  if (asOf !== undefined && asOf > todayInTokyo(context.clock)) {
    errors.push({ field: 'asOf', message: '確かめる時点には、今日までの日を書いてください。' });
  }
  if (door === undefined || asOf === undefined || errors.length > 0) return showImports(context, kind, errors);
  requirePermission(context.actor, door.permission);
  const task = taskOf(door);
  const strikes = context.body.text(strikeNumbersField) === 'yes';
  const answer =
    door.isKeptInMemory === true
      ? await tools.takeFile(context, { kind: task, label: door.label }, (action, source) =>
          takeInBy(door, { action, source, asOf, strikes }, { keyWrapper: tools.keyWrapper, rulesOf: null }),
        )
      : await tools.orderWork(context, {
          ...{ task, label: door.label, back: importsPath, takesFile: true },
          params: { asOf: formatIsoDay(asOf), strikes },
        });
  return answer ?? showImports(context, kind, [{ field: 'file', message: '送るファイルを選んでください。' }]);
}

/** What the worker lends to the imports. */
export interface ImportTaskTools {
  readonly clock: Clock;
  readonly rulesOf: (lgCode: LgCode) => Promise<RuleSet>;
}

/** The worker's tasks for all files but individual numbers, which no queue may hold. */
export function createImportTasks({ clock, rulesOf }: ImportTaskTools): TaskList {
  const ordered = doors.filter((door) => door.isKeptInMemory !== true);
  return Object.fromEntries(
    ordered.map((door) => [
      taskOf(door),
      createOrderTask(clock, ({ action, params, source }) => {
        if (source === null) throw new Error('an import without a file');
        const asOf = parseIsoDay(String(params['asOf']));
        const strikes = params['strikes'] === true;
        return takeInBy(door, { action, source, asOf, strikes }, { keyWrapper: null, rulesOf });
      }),
    ]),
  );
}

function taskOf(door: ImportDoor): string {
  return `imports.${door.kind}`;
}

/** Takes a file in; the figures, and where its log is. */
async function takeInBy(
  door: ImportDoor,
  sent: {
    readonly action: ActionContext;
    readonly source: FeedSource;
    readonly asOf: Day;
    /** Numbers in words are struck out instead of the file being refused for them. */
    readonly strikes: boolean;
  },
  aid: DoorAid,
): Promise<RunNote> {
  const { action, asOf } = sent;
  const words = sent.strikes ? await withoutNumbersInWords(action, sent.source, door.layoutName) : { ...sent, rows: 0 };
  const result = await door.run(action, words.source, asOf, aid);
  const { rows, accepted, questioned, refused, unmappedCharacters, seconds, repeated = false } = result;
  const [newest] = await withMunicipality(action.db, action.actor.lgCode, (tx) =>
    listFeedRuns(tx, { kind: door.kind, limit: 1 }),
  );
  const next = newest === undefined || repeated ? importsPath : importRunPath(newest.runId);
  const figures = { rows, accepted, questioned, refused, unmappedCharacters, seconds, repeated };
  return { next, ...figures, ...(words.rows > 0 && { struckRows: words.rows }) };
}

/** Every row of an arrival that was not simply taken, as a file. */
async function sendRunRows(context: StaffContext, tools: ImportTools): Promise<Answer> {
  const run = await withMunicipality(context.db, context.lgCode, (tx) => getRun(tx, context));
  const lines = new PassThrough();
  withMunicipality(context.db, context.lgCode, (tx) =>
    pipeline(writeRunRowsCsv(tx, run.runId, tools.findings), lines),
  ).catch((error: unknown) => {
    lines.destroy(error instanceof Error ? error : new Error('the download ended'));
  });
  const name = `${run.fileName.replace(/\.[^.]*$/u, '')}-rows.csv`;
  return sendFile({ name, mediaType: 'text/csv; charset=utf-8', chunks: lines });
}

async function getRun(tx: Tx, context: StaffContext): Promise<FeedRun> {
  const text = context.params['runId'] ?? '';
  const run = /^\d{1,15}$/u.test(text) ? await findFeedRun(tx, Number(text)) : undefined;
  if (run === undefined) throw new NotFound('この取込はありません。');
  return run;
}

async function showRun(context: StaffContext, tools: ImportTools): Promise<Answer> {
  const afterText = context.query.text('after');
  const after = /^\d{1,9}$/u.test(afterText) ? Number(afterText) : 0;
  const { run, rows } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const found = await getRun(tx, context);
    return { run: found, rows: await listFeedRunRows(tx, found.runId, { limit: rowsPerPage + 1, after }) };
  });
  const shown = rows.slice(0, rowsPerPage);
  const body = importRunPage({
    run,
    label: feedLabel(run.kind),
    rows: shown.map((row) => ({
      ...row,
      findings: row.findings.map((finding) => explainFinding(tools.findings, finding)),
    })),
    next: rows.length > rowsPerPage ? (shown.at(-1)?.ordinal ?? null) : null,
  });
  const crumbs = [{ label: '他課からの取込', href: importsPath }];
  return context.page({ title: feedLabel(run.kind), body, crumbs, current: importsPath });
}
