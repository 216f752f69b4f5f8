import type { OrderWork, StaffContext } from '#common-base/access';
import { type Day, NotFound } from '#kernel';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet, StageName } from '#schedule';
import { anyStage } from './layout-types.ts';
import { listFormLayouts, type NoticeContext, type NoticeLibrary } from './library.ts';
import type { LayoutChoice } from './pages/layout-choice.ts';

/** What the application lends to the routes of this room. */
export interface NoticeTools {
  readonly findings: FindingsTables;
  readonly library: NoticeLibrary;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  readonly orderWork: OrderWork;
}

/** What a request acts with: the library with the municipality's own rules. */
export async function noticeContext(context: StaffContext, tools: NoticeTools): Promise<NoticeContext> {
  const { db, actor, clock, log } = context;
  return { db, actor, clock, log, library: { ...tools.library, rules: await tools.rulesOf(context) } };
}

/** The layouts on a day as a choice shows them, what is wrong in words. */
export async function loadChoices(tx: Tx, tools: NoticeTools, on: Day): Promise<readonly LayoutChoice[]> {
  const layouts = await listFormLayouts(tx, tools.library, on);
  return layouts.map(({ layoutId, title, programme, stage, inputs, document, findings }) => ({
    ...{ layoutId, title, programme, stage, inputs, document },
    faults: findings.map((one) => explainFinding(tools.findings, one).message),
  }));
}

/** A number of ours in an address; unknown where it is none. */
export function readNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この抽出や印刷はありません。');
  return Number(text);
}

/** Works in a transaction of the office. */
export function inOffice<T>(context: StaffContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(context.db, context.lgCode, work);
}

/** Whether a layout is a paper for people called, with a number of its own. */
export function isForPeople({ document }: Pick<LayoutChoice, 'document'>): boolean {
  return document === null || document === 'screening' || document === 'coupon' || document === 'letter';
}

/** The stage that a paper is about: its own, else the one chosen as `programme/stage`; undefined where it is none. */
export function readStage(
  layout: Pick<LayoutChoice, 'programme' | 'stage'>,
  chosen: string,
  stages: readonly StageName[],
): { readonly programme: string; readonly stage: string } | undefined {
  if (layout.programme !== anyStage) return { programme: layout.programme, stage: layout.stage };
  const found = stages.find(({ programme, stage }) => `${programme}/${stage}` === chosen);
  return found === undefined ? undefined : { programme: found.programme, stage: found.stage };
}
