import { listPersonSummaries, mailingNameAndAddress, type PersonSummary } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { findSettings } from '#common-base/municipalities';
import { type Day, type Finding, finding, NotFound, type PersonId } from '#kernel';
import { checkText } from '#platform/pdf';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findCohort, selectMembers } from './cohort-store.ts';
import { findingsOfIssues } from './explain-issues.ts';
import type { NoticeContext } from './library.ts';

/** Somebody whose letter would not come out or not arrive as it should. */
export interface TroubledLetter {
  readonly person: PersonSummary;
  readonly findings: readonly Finding[];
}

const membersPerPage = 5000;
const shownMax = 200;

/**
 * Looks through a cohort before anything is printed: characters that no font has, no address, a postcode that is none
 * or that the municipality's list of postcodes (`postcodes.csv`) does not know. The first two hundred are named.
 */
export async function checkBeforePrinting(
  context: NoticeContext,
  cohortId: number,
  on: Day,
): Promise<{ readonly troubled: readonly TroubledLetter[]; readonly total: number }> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    if ((await findCohort(tx, cohortId)) === undefined) throw new NotFound(`抽出 ${cohortId} はありません。`);
    const known = await loadPostcodes(tx);
    const found = new Map<PersonId, readonly Finding[]>();
    for (let after: PersonId | null = null; ; ) {
      const members = await selectMembers(tx, cohortId, { isIncluded: true, after, limit: membersPerPage });
      const personIds = members.map((member) => member.personId);
      const mailings = await mailingNameAndAddress(tx, personIds, on);
      for (const [personId, mailing] of mailings) {
        const findings = troublesOf(context, mailing, known);
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
    return { troubled, total: found.size };
  });
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
