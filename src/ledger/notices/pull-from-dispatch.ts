import { requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { type Day, laterDay, NotFound, type PersonId } from '#kernel';
import { formatFormNumber, loadFormsByNumber } from '#ledger/forms';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findCohort } from './cohort-store.ts';
import { decideAtPrinting } from './decide-member.ts';
import { nameRecipient } from './derive-form-values.ts';
import { type ListedPull, selectDispatches, selectListedPulls } from './dispatch-store.ts';
import { isPrintedAt, placeOf } from './find-printed-place.ts';
import { sheetsByPage } from './kept-sheets.ts';
import type { FormLayout, FormValues } from './layout-types.ts';
import type { NoticeContext } from './library.ts';
import { loadPeopleToCall, type PersonToCall, type StageKey } from './load-people.ts';
import { type ExcludedReason, labelOfReason } from './notice-reasons.ts';
import { findJob, type PrintedPage, printedByJobSql, selectFiles, selectPrintedPages } from './print-store.ts';
import { findKeptSheets } from './read-kept-sheets.ts';

/** A printed letter as the register and the ledger speak of it now. */
interface LetterNow extends PrintedPage {
  /** The place in the whole bundle, first = 1. */
  readonly number: number;
  /** What was printed on it; null for files printed before that was kept, whose address cannot be compared. */
  readonly values: FormValues | null;
  /** Why it must not be posted as it is; null where it may. */
  readonly pulledFor: ExcludedReason | null;
  /** Whether the number on it is no longer valid. */
  readonly isCancelled: boolean;
  /** The printed place may be where a protected person lives, whatever the letter is pulled for. */
  readonly hidesPlace: boolean;
}

/** A printed letter of a bundle: before the posting as things are now, after it as the posting was recorded. */
export interface DispatchedLetter extends LetterNow {
  /** Why it is to be pulled or was, in words; null for what may go or went. */
  readonly pullReason: string | null;
  /** Of a letter that went: what has changed since or was not known before, in words. */
  readonly changeSince: string | null;
}

const peoplePerPage = 2000;

/**
 * Looks a print job's letters through as `checkDispatch` does, in the caller's transaction and without a trace of its own:
 * for what records itself.
 */
export async function lookThroughDispatch(
  tx: Tx,
  context: Pick<NoticeContext, 'library'>,
  printJobId: number,
  on: Day,
): Promise<readonly LetterNow[]> {
  const job = await findJob(tx, printJobId, 'free');
  if (job === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
  const cohort = job.cohortId === null ? undefined : await findCohort(tx, job.cohortId);
  const pages = await selectPrintedPages(tx, printJobId);
  const key = cohort ?? pages[0];
  const values = await loadValues(tx, printJobId);
  const days = { asOf: on, dueBy: laterDay(laterDay(cohort?.dueBy ?? job.issuedOn, job.issuedOn), on) };
  const letters: LetterNow[] = [];
  for (let at = 0; key !== undefined && at < pages.length; at += peoplePerPage) {
    const some = pages.slice(at, at + peoplePerPage);
    const people = await loadPeople(tx, context, some, key, on);
    const numbers = some.map((page) => page.formNumber);
    const forms = await loadFormsByNumber(tx, numbers);
    for (const page of some) {
      const printed = values.get(`${page.part}/${page.page}`) ?? null;
      const isCancelled = forms.get(page.formNumber)?.state !== 'issued';
      const person = people.get(page.personId);
      const moved = decidePull(page, person, printed, days);
      const pulledFor = moved ?? (isCancelled ? 'numberCancelled' : null);
      const number = letters.length + 1;
      const hidesPlace = pulledFor === 'addressChanged' || isPlaceUnsafe(person, printed);
      letters.push({ ...page, number, values: printed?.values ?? null, pulledFor, isCancelled, hidesPlace });
    }
  }
  return letters;
}

/**
 * Everything that a print job has printed, looked at once more as of a day (引抜き): who died, moved, was vaccinated or
 * protected since, or whose place is another now, is to be pulled from the bundle before it is posted. Once the posting
 * is recorded, the list stays as it was used, and what changed since is told apart from it. Who asks is recorded with
 * everybody on the pages.
 */
export async function checkDispatch(
  context: NoticeContext,
  printJobId: number,
  on: Day,
): Promise<readonly DispatchedLetter[]> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const now = await lookThroughDispatch(tx, context, printJobId, on);
    const isPosted = (await selectDispatches(tx, [printJobId])).has(printJobId);
    const listed = isPosted ? await selectListedPulls(tx, printJobId) : undefined;
    const letters = now.map((letter) => asDispatched(letter, listed));
    const pulled = letters.filter((letter) => letter.pullReason !== null).length;
    const details = { printJobId, pages: letters.length, pulled };
    const actId = await recordAct(tx, actor, { act: 'notices.dispatchChecked', details });
    await recordPersonsTouched(tx, actId, printedByJobSql, [tx.lgCode, printJobId]);
    return letters;
  });
}

/** Before the posting (no list) what is to be pulled now; after it what was pulled then, and what is another now. */
function asDispatched(letter: LetterNow, listed: ReadonlyMap<string, ListedPull> | undefined): DispatchedLetter {
  const reason = letter.pulledFor === null ? null : labelOfReason(letter.pulledFor);
  if (listed === undefined) return { ...letter, pullReason: reason, changeSince: null };
  const pull = listed.get(letter.formNumber);
  if (pull?.isSent === false) return { ...letter, pullReason: pull.reason, changeSince: null };
  const isOfPost = letter.pulledFor !== null && aboutThePost.has(letter.pulledFor);
  return { ...letter, pullReason: null, changeSince: (isOfPost ? reason : null) ?? pull?.reason ?? null };
}

/** What is worth knowing of a letter that went: that somebody was vaccinated by it, or is too old by now, is not. */
const aboutThePost: ReadonlySet<ExcludedReason> = new Set<ExcludedReason>([
  'dead',
  'movedOut',
  'notResident',
  'cancelled',
  'protected',
  'addressMissing',
  'addressChanged',
  'numberCancelled',
]);

function loadPeople(
  tx: Tx,
  { library }: Pick<NoticeContext, 'library'>,
  pages: readonly PrintedPage[],
  key: StageKey,
  on: Day,
): Promise<Map<PersonId, PersonToCall>> {
  const personIds = pages.map((page) => page.personId);
  return loadPeopleToCall(tx, library.rules, personIds, key, on);
}

/** What was printed on a sheet, and by which layout. */
interface PrintedSheet {
  readonly values: FormValues;
  readonly layout: FormLayout;
}

/** The values on each page as they were kept with the files; files printed before that have none. */
async function loadValues(tx: Tx, printJobId: number): Promise<ReadonlyMap<string, PrintedSheet>> {
  const values = new Map<string, PrintedSheet>();
  for (const { part } of await selectFiles(tx, printJobId)) {
    const kept = await findKeptSheets(tx, printJobId, part);
    if (kept === undefined) continue;
    const { layout } = kept;
    for (const [page, printed] of sheetsByPage(kept)) values.set(`${part}/${page}`, { values: printed, layout });
  }
  return values;
}

/** Why a printed letter must not be posted as it is; null where it may. */
function decidePull(
  page: PrintedPage,
  person: PersonToCall | undefined,
  printed: PrintedSheet | null,
  days: { readonly asOf: Day; readonly dueBy: Day },
): ExcludedReason | null {
  if (person === undefined) return 'cancelled';
  // The letter itself is the form that the person holds, and who asked not to be told asked it of the next one.
  const member = { ...person.member, hasLiveForm: false, refusal: null };
  const decision = decideAtPrinting(member, page.doseNumber, days);
  if (!decision.isIncluded) return decision.reason;
  const { destination } = person;
  if (destination === null) return 'addressMissing';
  if (printed === null) return null;
  // Also where only the name is another: a householder or 保護者 who died since must not be written to.
  const { recipientName } = nameRecipient(printed.layout, { destination, person: person.person });
  const isTo = printed.values.texts['recipientName'] === recipientName;
  return isTo && isPrintedAt(placeOf(printed.values), destination) ? null : 'addressChanged';
}

/**
 * Whether a printed place may not be told: the person is not written to there any more, or is protected and lives there.
 * A letter has one reason to be pulled, and a death or a dose given meanwhile comes before the protection.
 */
function isPlaceUnsafe(person: PersonToCall | undefined, printed: PrintedSheet | null): boolean {
  if (person === undefined) return true;
  const { destination, isProtected } = person;
  return destination === null ? isProtected : printed !== null && !isPrintedAt(placeOf(printed.values), destination);
}

/**
 * A letter as a line of the lists that go with the bundle. Of who is not at the printed place any more, or is protected by
 * now, the postcode is left out.
 */
export function lineOfLetter(letter: DispatchedLetter): Readonly<Record<string, string>> {
  const texts = letter.values?.texts ?? {};
  return {
    number: String(letter.number),
    ordinal: String(letter.part),
    page: String(letter.page),
    formNumberSpaced: formatFormNumber(letter.formNumber),
    postalCode: letter.hidesPlace ? '' : (texts['recipientPostalCode'] ?? ''),
    name: texts['recipientName'] ?? '',
    title: '',
    reason: letter.pullReason ?? '',
  };
}
