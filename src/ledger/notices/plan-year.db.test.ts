import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import { listActs } from '#common-base/audit';
import { getDay, type StaffId } from '#kernel';
import { createLog } from '#platform/log';
import { type Tx, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { olderResident, openTestLibrary } from '../../../tests/support/notices.ts';
import { listCohorts } from './create-cohort.ts';
import { createPlanTask, type NoticeContext, startPrintJob } from './index.ts';
import {
  addPlan,
  approvePlanned,
  decidePlanned,
  endPlan,
  getYearPlan,
  lastOfMonth,
  makePlannedCohorts,
  monthToMake,
  type NewPlan,
} from './plan-year.ts';

const today = getDay(2026, 11, 21);
const december = getDay(2026, 12, 1);
const allowed = ['notices.view', 'notices.print', 'notices.plan', 'notices.approve', 'persons.import'] as const;
const plan: NewPlan = {
  ...{ label: '高齢者インフルエンザ', programme: 'influenza-older', stage: 'seasonal', kind: 'forms' },
  ...{ layoutId: 'screening-influenza-older', months: [12, 10, 12], narrowing: { bornTo: getDay(1955, 1, 1) } },
};

let t: TestDatabase;
let context: NoticeContext;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  context = { db: t.db, actor: testActor(t.lgCode, allowed), clock: testClock, library: await openTestLibrary() };
  const residents = [1, 2, 3].map((n) => olderResident(n));
  await importResidents(context, residentFeed(residents), { isChanges: false, asOf: today });
});
after(() => t.close());

const yearPlan = () => withMunicipality(t.db, t.lgCode, (tx) => getYearPlan(tx, context.actor, 2026));

test('月の半ばからは次の月を、それまではその月を作る', () => {
  assert.equal(monthToMake(getDay(2026, 11, 14)), getDay(2026, 11, 1));
  assert.equal(monthToMake(getDay(2026, 11, 15)), december);
  assert.equal(monthToMake(getDay(2026, 12, 31)), getDay(2027, 1, 1));
  assert.equal(lastOfMonth(december), getDay(2026, 12, 31));
  assert.equal(lastOfMonth(getDay(2028, 2, 1)), getDay(2028, 2, 29));
});

test('計画は送る月の抽出を一度だけ作り、承認されるまで印刷できない', async () => {
  await addPlan(context, plan, today);
  assert.equal(await makePlannedCohorts(context, getDay(2026, 11, 1)), 0, 'November is no month of the plan');
  const { library } = context;
  const task = createPlanTask({ clock: testClock, library, rulesOf: () => Promise.resolve(library.rules) });
  await task({ db: t.db, lgCode: t.lgCode, log: createLog('test', 'error') });
  const [night] = await withMunicipality(t.db, t.lgCode, (tx) => listCohorts(tx, context.actor));
  assert.equal(night?.staffName, '自動作成(年間計画)');
  assert.equal(await makePlannedCohorts(context, december), 0, 'a second night makes nothing');
  const { plans, planned } = await yearPlan();
  assert.deepEqual(plans[0]?.months, [10, 12]);
  const [made] = planned;
  assert.ok(made !== undefined && made.state === 'waiting' && made.included === 3);
  const start = () => startPrintJob(context, { cohortId: made.cohortId, issuedOn: december });
  await assert.rejects(start, /承認してから/u);
  await assert.rejects(
    () => decidePlanned({ ...context, actor: testActor(t.lgCode, ['notices.print']) }, made.cohortId, 'approved'),
    /permission|権限/u,
  );
  await assert.rejects(() => decidePlanned(context, made.cohortId, 'approved'), /別の人に承認を頼んで/u);
  await assert.rejects(() => approvePlanned(context, [made.cohortId]), /別の人に承認を頼んで/u);
  const other = { ...context, actor: { ...context.actor, staffId: (1 + (context.actor.staffId ?? 0)) as StaffId } };
  await decidePlanned(other, made.cohortId, 'approved');
  await assert.rejects(() => decidePlanned(context, made.cohortId, 'declined'), /承認を待っていません/u);
  const decided = await withMunicipality(t.db, t.lgCode, (tx) => listActs(tx, { act: 'notices.plannedDecided' }));
  assert.deepEqual(
    decided.acts.map(({ outcome, staffId }) => [outcome, staffId]),
    [
      ['done', 2],
      ['refused', 1],
      ['refused', 1],
    ],
  );
  assert.ok((await start()).printJobId > 0);
  const [cohort] = await withMunicipality(t.db, t.lgCode, (tx) => listCohorts(tx, context.actor));
  assert.equal(cohort?.label, '高齢者インフルエンザ（2026年12月）');
  assert.deepEqual(cohort.narrowing, plan.narrowing);
});

test('再勧奨の計画は、言わなければ、標準的な時期を過ぎた人と残り3か月以内の人だけを呼ぶ', async () => {
  const reminder: NewPlan = { ...plan, label: '再勧奨', kind: 'reminder', layoutId: 'reminder', months: [3] };
  const said = { statuses: ['overdue'] as const };
  const [unsaid, own] = [
    await addPlan(context, reminder, today),
    await addPlan(context, { ...reminder, narrowing: said }, today),
  ];
  const { plans } = await yearPlan();
  const kept = new Map(plans.map((one) => [one.noticePlanId, one.narrowing]));
  assert.deepEqual(kept.get(unsaid), { ...plan.narrowing, reminderMonths: 3 });
  assert.deepEqual(kept.get(own), said);
});

test('同時に二度作っても、一つの月に抽出は一つ', async () => {
  await addPlan(context, { ...plan, label: '二つ目', months: [1] }, today);
  const january = getDay(2027, 1, 1);
  const made = await Promise.allSettled([makePlannedCohorts(context, january), makePlannedCohorts(context, january)]);
  assert.ok(made.some((one) => one.status === 'fulfilled'));
  const { planned } = await yearPlan();
  assert.equal(planned.filter((one) => one.monthFrom === january).length, 1);
});

test('計画を作った人の承認は、画面を通らなくてもデータベースが断る', async () => {
  const inOffice = <T>(work: (tx: Tx) => Promise<T>) => withMunicipality(t.db, t.lgCode, work);
  const author = await inOffice(async ({ client }) => {
    const { rows } = await client.query<{ staff_id: StaffId }>(
      `INSERT INTO staff_members (lg_code, account_name, display_name, department, roles, must_change_password, rank)
       VALUES ($1, 'keikaku', '計画 担当', '健康推進課', '{chief}', false, 'chief') RETURNING staff_id`,
      [t.lgCode],
    );
    return rows[0]?.staff_id ?? assert.fail('no account');
  });
  const by = { ...context, actor: { ...context.actor, staffId: author } };
  const planId = await addPlan(by, { ...plan, label: '二人', months: [2] }, today);
  assert.equal(await makePlannedCohorts(context, getDay(2027, 2, 1)), 1);
  const approve = (tx: Tx) =>
    tx.client.query(
      `UPDATE planned_cohorts SET state = 'approved', decided_by = $3, decided_by_name = '計画 担当', decided_at = now()
       WHERE lg_code = $1 AND notice_plan_id = $2`,
      [t.lgCode, planId, author],
    );
  await assert.rejects(() => inOffice(approve), /four_eyes/u);
});

test('終わりにした計画は何も作らず、名前も月もない計画は断る', async () => {
  const { plans } = await yearPlan();
  for (const one of plans) await endPlan(context, one.noticePlanId);
  assert.equal(await makePlannedCohorts(context, getDay(2026, 10, 1)), 0);
  await assert.rejects(() => endPlan(context, plans[0]?.noticePlanId ?? 0), /すでに終わって/u);
  await assert.rejects(() => addPlan(context, { ...plan, label: ' ' }, today), /名前/u);
  await assert.rejects(() => addPlan(context, { ...plan, months: [] }, today), /月/u);
  await assert.rejects(() => addPlan(context, { ...plan, stage: 'primary' }, today), /予防接種のものではありません/u);
});
