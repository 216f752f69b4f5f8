import { setImmediate } from 'node:timers/promises';
import { loadWelfareFlags } from '#addressees/persons';
import type { Actor } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { addDays, type Day, laterDay, type PersonId } from '#kernel';
import {
  formatFormNumber,
  giveCouponNumbers,
  type IssueReason,
  issueForms,
  lockRegister,
  type NewForm,
  takeFormNumbers,
} from '#ledger/forms';
import { storeFile } from '#platform/files';
import { publish } from '#platform/outbox';
import { type PageContent, writePdf } from '#platform/pdf';
import type { Tx } from '#platform/postgres';
import { nameOfProgramme, nameOfStage } from '#schedule';
import { bundleTranslations } from './bundle-translations.ts';
import { usesField } from './check-layout.ts';
import { decideAtPrinting, type MemberDecision } from './decide-member.ts';
import { type Destination, deriveFormValues, type SheetFacts } from './derive-form-values.ts';
import { findingsOfIssues } from './explain-issues.ts';
import { type KeptSheets, layOutKept, packSheets } from './kept-sheets.ts';
import { dosePaperOf, type FormLayout } from './layout-types.ts';
import type { NoticeLibrary } from './library.ts';
import { loadCalled } from './load-called.ts';
import { loadPeopleToCall, type PersonToCall, type StageKey } from './load-people.ts';
import { insertMessages, type NewMessage } from './message-store.ts';
import { insertPart, type PrintItem, type PrintJobHead, type PrintOutcome } from './print-store.ts';
import { loadWishes } from './wish-store.ts';

/** What all parts of a print job are printed with. */
export interface PrintSetting {
  readonly library: NoticeLibrary;
  readonly actor: Actor;
  readonly layout: FormLayout;
  /** The stage whose dose the papers are about; the layout may serve any. */
  readonly key: StageKey;
  readonly inputs: Readonly<Record<string, string>>;
  readonly municipalityName: string;
  readonly job: Pick<PrintJobHead, 'printJobId' | 'issuedOn' | 'title'>;
  readonly dueBy: Day;
  readonly issueReason: IssueReason;
  readonly remark: string | null;
  /** Told now and then how many pages of the part are drawn. */
  readonly onPages?: (pages: number) => Promise<void>;
}

/** What came of a part. */
export interface PrintedPart {
  readonly actId: number;
  readonly fileId: number | null;
  readonly outcomes: readonly PrintOutcome[];
}

/** Pages drawn without letting the process do anything else; about 50 ms. */
const pagesPerBreath = 20;

interface Sheet extends SheetFacts {
  readonly ordinal: number;
  readonly personId: PersonId;
}

/**
 * Prints one part in the caller's transaction: everybody is judged and addressed once more as of now, whoever may
 * not get the letter any more drops out with the reason, the others get numbers, pages and their lines in the
 * register. Numbers, register, file, audit and news stand together or not at all.
 */
export async function printPart(
  tx: Tx,
  setting: PrintSetting,
  part: number,
  items: readonly PrintItem[],
): Promise<PrintedPart> {
  const { job, layout, actor } = setting;
  // Before anybody is judged: of two jobs at once, the second one sees the forms of the first.
  await lockRegister(tx);
  const decided = await routeLetters(tx, setting, await decideItems(tx, setting, items));
  const printable = decided.filter((one) => one.decision.isIncluded && (one.called?.destination ?? null) !== null);
  const numbers = await takeFormNumbers(tx, printable.length);
  const sheets = await makeSheets(tx, setting, printable, numbers);
  const details = { printJobId: job.printJobId, part, pages: sheets.length, layout: layout.layoutId };
  const actId = await recordAct(tx, actor, { act: 'notices.printed', details });
  await issueForms(
    tx,
    actor,
    actId,
    sheets.map((sheet) => formOf(sheet, setting)),
  );
  const drawn = new Map<number, DrawnSheet>();
  const numbered = await numberCoupons(tx, setting, actId, sheets);
  const file = sheets.length === 0 ? null : await storeSheets(tx, setting, part, numbered, drawn);
  const outcomes = outcomesOf(decided, sheets, drawn);
  await insertPart(
    tx,
    job.printJobId,
    {
      part,
      fileId: file?.fileId ?? null,
      digest: file?.digest ?? null,
      sheetsFileId: file?.sheetsFileId ?? null,
      pages: sheets.length + (file?.insertPages ?? 0),
      insertPages: file?.insertPages ?? 0,
      firstPostalCode: sheets[0]?.destination.postalCode ?? null,
      lastPostalCode: sheets.at(-1)?.destination.postalCode ?? null,
      excluded: outcomes.length - sheets.length,
      pagesWithFindings: outcomes.filter((outcome) => outcome.findings.length > 0).length,
      actId,
    },
    outcomes,
  );
  await insertMessages(tx, job.printJobId, actId, messagesOf(setting, decided));
  const personIds = sheets.map((sheet) => sheet.personId);
  await recordPersonsTouched(tx, actId, 'SELECT unnest($1::bigint[]) AS person_id', [personIds]);
  await publish(tx, 'notices.printed', job.printJobId);
  return { actId, fileId: file?.fileId ?? null, outcomes };
}

/**
 * Of a cohort's letters: who was told the same before is not told again, and who asked for e-mail or the portal is told
 * so. Papers that are used for a dose always go by post.
 */
async function routeLetters(
  tx: Tx,
  setting: PrintSetting,
  decided: readonly DecidedItem[],
): Promise<readonly DecidedItem[]> {
  const { layout, job, key, issueReason } = setting;
  if (issueReason !== 'cohort' || layout.document !== 'letter') return decided;
  const called = await loadCalled(tx, { ...key, layoutId: layout.layoutId }, job.issuedOn);
  const wishes = await loadWishes(
    tx,
    decided.map(({ item }) => item.personId),
  );
  return decided.map((one): DecidedItem => {
    const { decision, item } = one;
    if (!decision.isIncluded) return one;
    const { next } = decision;
    if (called.get(item.personId)?.has(next.doseNumber) === true) {
      return { ...one, decision: { isIncluded: false, reason: 'alreadyCalled', next } };
    }
    const channel = wishes.get(item.personId)?.channel ?? 'post';
    if (channel === 'post') return one;
    return { ...one, channel, decision: { isIncluded: false, reason: 'byOtherChannel', next } };
  });
}

function messagesOf({ layout, key, job }: PrintSetting, decided: readonly DecidedItem[]): NewMessage[] {
  return decided.flatMap(({ item, channel, called, decision }): NewMessage[] => {
    if (channel === undefined || decision.next === null) return [];
    const validUntil = decision.next.latestOn ?? called?.forecast?.eligibleTo ?? null;
    const { personId } = item;
    const { doseNumber } = decision.next;
    const { programme, stage } = key;
    return [
      {
        personId,
        programme,
        stage,
        doseNumber,
        layoutId: layout.layoutId,
        channel,
        issuedOn: job.issuedOn,
        validUntil,
      },
    ];
  });
}

interface DecidedItem {
  readonly item: PrintItem;
  readonly called: PersonToCall | undefined;
  readonly decision: MemberDecision;
  /** How the person is told instead of by letter. */
  readonly channel?: 'portal' | 'email';
}

async function decideItems(
  tx: Tx,
  setting: PrintSetting,
  items: readonly PrintItem[],
): Promise<readonly DecidedItem[]> {
  const { library, layout, job } = setting;
  const days = { asOf: job.issuedOn, dueBy: laterDay(setting.dueBy, job.issuedOn) };
  const personIds = items.map((item) => item.personId);
  const people = await loadPeopleToCall(tx, library.rules, personIds, setting.key, job.issuedOn);
  return items.map((item) => {
    const called = people.get(item.personId);
    // Somebody whose record is gone is treated as a cancelled one.
    if (called === undefined) {
      return { item, called, decision: { isIncluded: false, reason: 'cancelled', next: null } };
    }
    // A reissue replaces the form that the person holds; a letter may go to somebody who holds one.
    const paper = setting.issueReason === 'cohort' ? dosePaperOf(layout) : null;
    const hasLiveForm = paper !== null && called.heldPapers.has(paper);
    const member = { ...called.member, hasLiveForm, refusal: refusalOf(setting, called.member.refusal ?? null) };
    return { item, called, decision: decideAtPrinting(member, item.chosenDose, days) };
  });
}

/** Who asked for one paper gets it; of a cohort's papers forms are not refused by the wish not to be told. */
function refusalOf(
  { issueReason, layout }: PrintSetting,
  refusal: 'optedOut' | 'returnedMail' | null,
): 'optedOut' | 'returnedMail' | null {
  if (issueReason !== 'cohort') return null;
  return refusal === 'optedOut' && dosePaperOf(layout) !== null ? null : refusal;
}

async function makeSheets(
  tx: Tx,
  { job, layout, key, inputs, library }: PrintSetting,
  printable: readonly DecidedItem[],
  numbers: readonly string[],
): Promise<Sheet[]> {
  const programmeName = nameOfProgramme(library.rules, key.programme);
  const stageName = nameOfStage(library.rules, key.programme, key.stage);
  const asks = layout.copaymentClasses.length > 0;
  const personIds = printable.map(({ item }) => item.personId);
  const welfare = asks ? await loadWelfareFlags(tx, personIds, job.issuedOn) : new Map<PersonId, []>();
  return printable.flatMap(({ item, called, decision }, i): Sheet[] => {
    const formNumber = numbers[i];
    const destination = called?.destination ?? null;
    const forecast = called?.forecast ?? null;
    if (called === undefined || destination === null || forecast === null) return [];
    if (!decision.isIncluded || formNumber === undefined) return [];
    return [
      {
        ordinal: item.ordinal,
        personId: item.personId,
        formNumber,
        formNumberSpaced: formatFormNumber(formNumber),
        issuedOn: job.issuedOn,
        person: called.person,
        destination,
        welfare: welfare.get(item.personId)?.[0] ?? null,
        forecast,
        next: decision.next,
        pastDoses: called.pastDoses,
        ...{ programmeName, stageName, inputs },
      },
    ];
  });
}

function formOf(sheet: Sheet, { layout, key, job, issueReason, remark }: PrintSetting): NewForm {
  const validUntil = sheet.next.latestOn ?? sheet.forecast.eligibleTo;
  return {
    formNumber: sheet.formNumber,
    personId: sheet.personId,
    programme: key.programme,
    stage: key.stage,
    document: dosePaperOf(layout) ?? 'letter',
    doseNumber: sheet.next.doseNumber,
    layoutId: layout.layoutId,
    issuedOn: job.issuedOn,
    validUntil: validUntil === null ? null : laterDay(validUntil, job.issuedOn),
    issueReason,
    remark,
    printJobId: job.printJobId,
  };
}

/** Gives the 券番号 that a 接種券 bears; papers without one use none up. */
async function numberCoupons(
  tx: Tx,
  { layout }: PrintSetting,
  actId: number,
  sheets: readonly Sheet[],
): Promise<readonly Sheet[]> {
  if (!usesField(layout, 'couponNumber')) return sheets;
  const personIds = sheets.map(({ personId }) => personId);
  const numbers = await giveCouponNumbers(tx, actId, personIds);
  return sheets.map((sheet) => ({ ...sheet, couponNumber: numbers.get(sheet.personId) }));
}

interface StoredSheets {
  readonly fileId: number;
  readonly digest: string;
  readonly sheetsFileId: number;
  /** Pages that go behind the sheets (翻訳シート). */
  readonly insertPages: number;
}

/** Where a sheet stands in its file, and what could not be printed on it as it stands. */
interface DrawnSheet {
  readonly page: number;
  readonly findings: PrintOutcome['findings'];
}

async function storeSheets(
  tx: Tx,
  setting: PrintSetting,
  part: number,
  sheets: readonly Sheet[],
  drawn: Map<number, DrawnSheet>,
): Promise<StoredSheets> {
  const { job, layout, municipalityName, library } = setting;
  const values = sheets.map((sheet) => deriveFormValues(layout, sheet));
  const { findings, ...bundle } = await bundleTranslations(
    tx,
    { library, layout, on: job.issuedOn },
    sheets.map(({ personId }, i) => ({ personId, values: values[i] ?? { texts: {}, lists: {} } })),
  );
  const kept: KeptSheets = {
    layout,
    title: job.title,
    author: municipalityName,
    createdAt: instantOf(job.issuedOn),
    sheets: values,
    bundle,
  };
  const first = sheets[0]?.formNumber ?? '';
  const name = `${job.title}_${String(part).padStart(3, '0')}_${formatFormNumber(first)}`;
  const options = { ...kept, paper: layout.paper, fonts: library.fonts };
  const found = sheets.map(({ personId }) => findings.get(personId) ?? []);
  const count = { pages: 0 };
  const pages = drawSheets(setting, kept, { sheets, found, drawn, count });
  const file = await storeFile(tx, { name: `${name}.pdf`, mediaType: 'application/pdf' }, writePdf(options, pages));
  const label = { name: `${name}.json.gz`, mediaType: 'application/gzip' };
  const { fileId: sheetsFileId } = await storeFile(tx, label, [packSheets(kept)]);
  return { ...file, sheetsFileId, insertPages: count.pages - sheets.length };
}

async function* drawSheets(
  { onPages }: PrintSetting,
  kept: KeptSheets,
  to: {
    readonly sheets: readonly Sheet[];
    /** What is known of each sheet before it is drawn. */
    readonly found: readonly PrintOutcome['findings'][];
    readonly drawn: Map<number, DrawnSheet>;
    readonly count: { pages: number };
  },
): AsyncGenerator<PageContent> {
  for (const { content, issues, sheet } of layOutKept(kept)) {
    if (to.count.pages % pagesPerBreath === 0) {
      await setImmediate();
      await onPages?.(sheet);
    }
    yield content;
    to.count.pages += 1;
    const ordinal = to.sheets[sheet]?.ordinal;
    if (ordinal === undefined) continue;
    const before = to.drawn.get(ordinal) ?? { page: to.count.pages, findings: to.found[sheet] ?? [] };
    to.drawn.set(ordinal, { ...before, findings: [...before.findings, ...findingsOfIssues(issues)] });
  }
}

function outcomesOf(
  decided: readonly DecidedItem[],
  sheets: readonly Sheet[],
  drawn: ReadonlyMap<number, DrawnSheet>,
): PrintOutcome[] {
  const numbers = new Map(sheets.map(({ ordinal, formNumber }) => [ordinal, formNumber]));
  return decided.map(({ item: { ordinal }, decision }): PrintOutcome => {
    const formNumber = numbers.get(ordinal);
    const sheet = drawn.get(ordinal);
    if (formNumber !== undefined && sheet !== undefined) return { ordinal, formNumber, ...sheet, excludedFor: null };
    const excludedFor = decision.isIncluded ? 'addressMissing' : decision.reason;
    return { ordinal, formNumber: null, page: null, excludedFor, findings: [] };
  });
}

/** Midnight in Japan of a day: the instant that the file names, so that the same pages give the same bytes. */
function instantOf(day: Day): Date {
  return new Date(addDays(day, -1) * 86_400_000 + 15 * 3_600_000);
}

/** Where letters go decides the order in which they are printed: postcode, then address, then our own key. */
export function byDestination(
  a: { readonly personId: PersonId; readonly destination: Destination | null },
  b: { readonly personId: PersonId; readonly destination: Destination | null },
): number {
  const keyOf = (one: typeof a) => [one.destination?.postalCode ?? '~', one.destination?.address ?? '~'];
  const [postalA = '', addressA = ''] = keyOf(a);
  const [postalB = '', addressB = ''] = keyOf(b);
  if (postalA !== postalB) return postalA < postalB ? -1 : 1;
  if (addressA !== addressB) return addressA < addressB ? -1 : 1;
  return a.personId - b.personId;
}
