import { listPersonSummaries, mailingNameAndAddress, type PersonSummary } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { findSettings } from '#common-base/municipalities';
import { type Day, type Decision, type Finding, finding, NotFound, type PersonId } from '#kernel';
import { checkText } from '#platform/pdf';
import { type Tx, withMunicipality } from '#platform/postgres';
import { bundleTranslations } from './bundle-translations.ts';
import { findCohort, selectMembers } from './cohort-store.ts';
import { findingsOfIssues } from './explain-issues.ts';
import type { FormLayout } from './layout-types.ts';
import { type NoticeContext, readFormLayout } from './library.ts';

/** Somebody whose letter would not come out or not arrive as it should. */
export interface TroubledLetter {
  readonly person: PersonSummary;
  readonly findings: readonly Finding[];
}

const membersPerPage = 5000;
const shownMax = 200;

/**
 * Looks through a cohort before anything is printed: characters that no font has, no address, a postcode that is none
 * or that the municipality's list of postcodes (`postcodes.csv`) does not know, a translation sheet that cannot go with
 * the form; and whatever is wrong with the layout itself. The first two hundred people are named.
 */
export async function checkBeforePrinting(
  context: NoticeContext,
  cohortId: number,
  on: Day,
): Promise<{
  readonly layoutFindings: readonly Finding[];
  readonly troubled: readonly TroubledLetter[];
  readonly total: number;
}> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const cohort = await findCohort(tx, cohortId);
    if (cohort === undefined) throw new NotFound(`抽出 ${cohortId} はありません。`);
    const layout = await readFormLayout(tx, context.library, cohort.layoutId, on);
    const known = await loadPostcodes(tx);
    const found = new Map<PersonId, readonly Finding[]>();
    for (let after: PersonId | null = null; ; ) {
      const members = await selectMembers(tx, cohortId, { isIncluded: true, after, limit: membersPerPage });
      const personIds = members.map((member) => member.personId);
      const mailings = await mailingNameAndAddress(tx, personIds, on);
      const untranslated = await findUntranslated(tx, context, layout, personIds, on);
      for (const [personId, mailing] of mailings) {
        const findings = [...troublesOf(context, mailing, known), ...(untranslated.get(personId) ?? [])];
        if (findings.length > 0) found.set(personId, findings);
      }
      after = members.at(-1)?.personId ?? null;
      if (members.length < membersPerPage) break;
    }
    const personIds = [...found.keys()].slice(0, shownMax);
    const people = await listPersonSummaries(tx, personIds, on);
    const details = { cohortId, found: found.size };
    await recordAct(tx, actor, { act: 'notices.cohortChecked', personIds, details });
    const troubled = people.map((person) => ({ person, findings: found.get(person.personId) ?? [] }));
    const layoutFindings = layout.answer === 'refused' ? layout.findings : [];
    return { layoutFindings, troubled, total: found.size };
  });
}

/** Who asked for a language that the form cannot be sent in, with the reason. */
async function findUntranslated(
  tx: Tx,
  { library }: NoticeContext,
  layout: Decision<FormLayout>,
  personIds: readonly PersonId[],
  on: Day,
): Promise<ReadonlyMap<PersonId, readonly Finding[]>> {
  if (layout.answer === 'refused') return new Map();
  const sheets = personIds.map((personId) => ({ personId, values: { texts: {}, lists: {} } }));
  return (await bundleTranslations(tx, { library, layout: layout.value, on }, sheets)).findings;
}

interface Addressed {
  readonly personName: string;
  readonly recipientName: string;
  readonly postalCode: string | null;
  readonly address: string | null;
  readonly building: string | null;
}

function troublesOf({ library }: NoticeContext, mailing: Addressed, known: ReadonlySet<string> | null): Finding[] {
  const { personName, recipientName, postalCode, address, building } = mailing;
  if (address === null || address === '') return [finding('letterAddressMissing', 'question', 'address', {})];
  const digits = (postalCode ?? '').normalize('NFKC').replaceAll(/[^0-9]/gu, '');
  const postcode =
    digits.length !== 7
      ? [finding('letterPostcodeUnreadable', 'question', 'postalCode', {})]
      : known !== null && !known.has(digits)
        ? [finding('letterPostcodeUnknown', 'question', 'postalCode', { postcode: digits })]
        : [];
  const texts = [...new Set([personName, recipientName, address, building ?? ''])];
  return [...postcode, ...findingsOfIssues(texts.flatMap((text) => checkText(library.fonts, text)))];
}

/** The postcodes that exist, where the municipality has put the post's list among its settings; null where not. */
async function loadPostcodes(tx: Tx): Promise<ReadonlySet<string> | null> {
  const text = await findSettings(tx, 'postcodes.csv');
  if (text === undefined) return null;
  return new Set(
    text.split(/\r?\n/u).flatMap((line) => /(?:^|,)"?(\d{3})-?(\d{4})"?(?:,|$)/u.exec(line)?.slice(1).join('') ?? []),
  );
}
