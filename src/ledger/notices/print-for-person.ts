import { listRecordsOf } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { getMunicipality } from '#common-base/municipalities';
import { addDays, Conflict, type Day, type Finding, formatIsoDay, type PersonId, UnreadableInput } from '#kernel';
import {
  type DosePaper,
  type FormOnRecord,
  formatFormNumber,
  listLiveForms,
  lockRegister,
  markReissued,
} from '#ledger/forms';
import { type Tx, withMunicipality } from '#platform/postgres';
import { drawFile } from './draw-file.ts';
import { anyStage, dosePaperOf, type FormLayout } from './layout-types.ts';
import { getFormLayout, type NoticeContext, type NoticeLibrary } from './library.ts';
import { daysAhead, whyNotForPerson } from './list-fitting-layouts.ts';
import { loadPeopleToCall, type StageKey } from './load-people.ts';
import { readInputs } from './print-cohort.ts';
import { closePart, preparePart } from './print-part.ts';
import { insertItems, insertJob } from './print-store.ts';

/** A form printed for one person. */
export interface PrintedForm {
  readonly printJobId: number;
  readonly fileId: number;
  /** As printed, in groups of four digits. */
  readonly formNumber: string;
  /** The numbers that this one replaces, in groups of four digits. */
  readonly cancelledNumbers: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Prints a form for one person (個別発行・再発行). A form of the same dose that the person still holds is replaced:
 * its number is a question at intake from then on. Refused with the reason where no form may be printed.
 */
export async function printForPerson(
  context: NoticeContext,
  request: {
    readonly personId: PersonId;
    readonly layoutId: string;
    readonly issuedOn: Day;
    readonly reason: string;
    /** Which stage the paper is about, where it serves any. */
    readonly stage?: StageKey | undefined;
    readonly inputs?: Readonly<Record<string, string>>;
  },
): Promise<PrintedForm> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.print');
  const reason = request.reason.trim();
  if (reason === '') throw new UnreadableInput('発行の理由を入力してください（紛失、転入など）。');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const { personId, issuedOn } = request;
    const layout = await getFormLayout(tx, library, request.layoutId, issuedOn);
    const key = stageOf(layout, request.stage);
    const inputs = readInputs(layout, request.inputs ?? {});
    await lockRegister(tx);
    const paper = dosePaperOf(layout);
    const held = paper === null ? [] : await listReplaced(tx, library, { ...key, paper }, personId, issuedOn);
    if (held.length > 0) requirePermission(actor, 'forms.reissue');
    const pagesPerFile = 1;
    const { staffId, staffName } = actor;
    const printJobId = await insertJob(tx, {
      ...{ cohortId: null, layoutId: layout.layoutId, title: layout.title, issuedOn, pagesPerFile, runId: null },
      ...{ inputs, staffId, staffName },
    });
    await insertItems(tx, { printJobId, pagesPerFile }, [personId]);
    const setting = {
      ...{
        library,
        actor,
        layout,
        key,
        inputs,
        municipalityName: (await getMunicipality(tx)).name,
        dueBy: addDays(issuedOn, daysAhead),
        remark: reason,
      },
      job: { printJobId, issuedOn, title: layout.title },
      issueReason: held.length > 0 ? ('reissue' as const) : ('single' as const),
    };
    const prepared = await preparePart(tx, setting, 1, [{ ordinal: 1, personId, chosenDose: null }]);
    const drawn = prepared.kept === null ? null : await drawFile(prepared.kept.sheets, library.fonts);
    const printed = await closePart(tx, prepared, drawn);
    const [outcome] = printed.outcomes;
    const formNumber = outcome?.formNumber ?? null;
    if (outcome === undefined || formNumber === null || printed.fileId === null) {
      throw new Conflict(
        `この人に「${layout.title}」は印刷できません。${formatIsoDay(issuedOn)} の時点で: ${whyNotForPerson(outcome?.excludedFor ?? 'cancelled')}。`,
      );
    }
    const replaced = held.map((form) => ({ formNumber: form.formNumber, replacedBy: formNumber }));
    await markReissued(tx, actor, printed.actId, replaced, { reason, on: issuedOn });
    return {
      printJobId,
      fileId: printed.fileId,
      formNumber: formatFormNumber(formNumber),
      cancelledNumbers: held.map((form) => formatFormNumber(form.formNumber)),
      findings: outcome.findings,
    };
  });
}

/** The stage that a paper is about: its own, or the one chosen where it serves any. */
function stageOf(layout: FormLayout, chosen: StageKey | undefined): StageKey {
  if (layout.programme !== anyStage) return layout;
  if (chosen === undefined) throw new UnreadableInput('どの予防接種のものかを選んでください。');
  return chosen;
}

/** The papers of one kind for the dose that is next which the person holds, under any linked record, and may still use. */
async function listReplaced(
  tx: Tx,
  library: NoticeLibrary,
  { programme, stage, paper }: StageKey & { readonly paper: DosePaper },
  personId: PersonId,
  on: Day,
): Promise<FormOnRecord[]> {
  const people = await loadPeopleToCall(tx, library.rules, [personId], { programme, stage }, on);
  const dose = people.get(personId)?.forecast?.next?.doseNumber ?? null;
  const personIds = await listRecordsOf(tx, personId);
  const held = await listLiveForms(tx, { personIds, programme, stage, on });
  return held.filter((form) => form.document === paper && (form.doseNumber === null || form.doseNumber === dose));
}
