import { loadWelfareFlags } from '#addressees/persons';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { addDays, type Day, laterDay, type PersonId } from '#kernel';
import {
  formatFormNumber,
  giveCouponNumbers,
  issueForms,
  lockRegister,
  type NewForm,
  takeFormNumbers,
} from '#ledger/forms';
import { storeFile } from '#platform/files';
import { publish } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { nameOfProgramme, nameOfStage } from '#schedule';
import { bundleTranslations } from './bundle-translations.ts';
import { usesField } from './check-layout.ts';
import { chooseLetters, type DecidedItem, messagesOf } from './choose-letters.ts';
import { type Destination, deriveFormValues, type SheetFacts } from './derive-form-values.ts';
import type { DrawnFile } from './draw-file.ts';
import { type KeptSheets, packSheets } from './kept-sheets.ts';
import { dosePaperOf } from './layout-types.ts';
import { insertMessages } from './message-store.ts';
import type { PrintSetting } from './print-setting.ts';
import { insertPart, type PrintItem, type PrintOutcome } from './print-store.ts';

/** What came of a part. */
export interface PrintedPart {
  readonly actId: number;
  readonly fileId: number | null;
  readonly outcomes: readonly PrintOutcome[];
}

interface Sheet extends SheetFacts {
  readonly ordinal: number;
  readonly personId: PersonId;
}

/** A part that stands in the register and waits for its pages; its file and outcomes are still to be written. */
export interface PreparedPart {
  readonly setting: PrintSetting;
  readonly part: number;
  readonly actId: number;
  readonly decided: readonly DecidedItem[];
  readonly sheets: readonly Sheet[];
  /** What the pages are drawn from, also as the bytes that are kept; null where nobody of the part gets a letter. */
  readonly kept: { readonly sheets: KeptSheets; readonly packed: Buffer } | null;
  /** What is known of each sheet before it is drawn. */
  readonly found: readonly PrintOutcome['findings'][];
}

/**
 * Decides a part in the caller's transaction: everybody is judged and addressed once more as of now, whoever may not
 * get the letter any more drops out with the reason, the others get numbers and their lines in the register. With
 * `closePart` in the same transaction numbers, register, file, audit and news stand together or not at all.
 */
export async function preparePart(
  tx: Tx,
  setting: PrintSetting,
  part: number,
  items: readonly PrintItem[],
): Promise<PreparedPart> {
  const { job, layout, actor } = setting;
  // Before anybody is judged: of two jobs at once, the second one sees the forms of the first.
  await lockRegister(tx);
  const decided = await chooseLetters(tx, setting, items);
  const printable = decided.filter((one) => one.decision.isIncluded && (one.called?.destination ?? null) !== null);
  const numbers = await takeFormNumbers(tx, printable.length);
  const sheets = await makeSheets(tx, setting, printable, numbers);
  const details = { printJobId: job.printJobId, part, pages: sheets.length, layout: layout.layoutId };
  const actId = await recordAct(tx, actor, { act: 'notices.printed', details });
  const forms = sheets.map((sheet) => formOf(sheet, setting));
  await issueForms(tx, actor, actId, forms);
  await insertMessages(tx, job.printJobId, actId, messagesOf(setting, decided));
  const personIds = sheets.map((sheet) => sheet.personId);
  await recordPersonsTouched(tx, actId, 'SELECT unnest($1::bigint[]) AS person_id', [personIds]);
  const numbered = await numberCoupons(tx, setting, actId, sheets);
  if (sheets.length === 0) return { setting, part, actId, decided, sheets, kept: null, found: [] };
  return { setting, part, actId, decided, sheets, ...(await keepSheets(tx, setting, numbered)) };
}

/** Writes the drawn file of a prepared part, what is kept for reprints, and what became of everybody. */
export async function closePart(
  tx: Tx,
  { setting, part, actId, decided, sheets, kept, found }: PreparedPart,
  drawn: DrawnFile | null,
): Promise<PrintedPart> {
  const { printJobId } = setting.job;
  const file = kept === null || drawn === null ? null : await storeDrawn(tx, setting, part, sheets, kept.packed, drawn);
  const places = (drawn?.sheets ?? []).map(({ page, findings }, i) => {
    return { page, findings: [...(found[i] ?? []), ...findings] };
  });
  const outcomes = outcomesOf(decided, sheets, places);
  const pages = drawn?.pages ?? 0;
  const closed = {
    part,
    fileId: file?.fileId ?? null,
    digest: file?.digest ?? null,
    sheetsFileId: file?.sheetsFileId ?? null,
    pages,
    insertPages: pages - sheets.length,
    firstPostalCode: sheets[0]?.destination.postalCode ?? null,
    lastPostalCode: sheets.at(-1)?.destination.postalCode ?? null,
    excluded: outcomes.length - sheets.length,
    pagesWithFindings: outcomes.filter((outcome) => outcome.findings.length > 0).length,
    actId,
  };
  await insertPart(tx, printJobId, closed, outcomes);
  await publish(tx, 'notices.printed', printJobId);
  return { actId, fileId: file?.fileId ?? null, outcomes };
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

/** What the pages of these sheets are drawn from, and what is known of them before. */
async function keepSheets(
  tx: Tx,
  { job, layout, municipalityName, library }: PrintSetting,
  sheets: readonly Sheet[],
): Promise<Pick<PreparedPart, 'found' | 'kept'>> {
  const values = sheets.map((sheet) => deriveFormValues(layout, sheet));
  const { findings, ...bundle } = await bundleTranslations(
    tx,
    { library, layout, on: job.issuedOn },
    sheets.map(({ personId }, i) => ({ personId, values: values[i] ?? { texts: {}, lists: {} } })),
  );
  const createdAt = instantOf(job.issuedOn);
  const kept = { layout, title: job.title, author: municipalityName, createdAt, sheets: values, bundle };
  return {
    kept: { sheets: kept, packed: packSheets(kept) },
    found: sheets.map(({ personId }) => findings.get(personId) ?? []),
  };
}

async function storeDrawn(
  tx: Tx,
  { job }: PrintSetting,
  part: number,
  sheets: readonly Sheet[],
  packed: Buffer,
  { pdf }: DrawnFile,
): Promise<{ readonly fileId: number; readonly digest: string; readonly sheetsFileId: number }> {
  const first = sheets[0]?.formNumber ?? '';
  const name = `${job.title}_${String(part).padStart(3, '0')}_${formatFormNumber(first)}`;
  const file = await storeFile(tx, { name: `${name}.pdf`, mediaType: 'application/pdf' }, [pdf]);
  const label = { name: `${name}.json.gz`, mediaType: 'application/gzip' };
  const { fileId: sheetsFileId } = await storeFile(tx, label, [packed]);
  return { fileId: file.fileId, digest: file.digest, sheetsFileId };
}

function outcomesOf(
  decided: readonly DecidedItem[],
  sheets: readonly Sheet[],
  places: DrawnFile['sheets'],
): PrintOutcome[] {
  const numbers = new Map(sheets.map(({ ordinal, formNumber }, i) => [ordinal, { formNumber, place: places[i] }]));
  return decided.map(({ item: { ordinal }, decision }): PrintOutcome => {
    const { formNumber, place } = numbers.get(ordinal) ?? {};
    if (formNumber !== undefined) {
      if (place === undefined) throw new Error(`the sheet of item ${ordinal} was given a number and not drawn`);
      return { ordinal, formNumber, ...place, excludedFor: null };
    }
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
