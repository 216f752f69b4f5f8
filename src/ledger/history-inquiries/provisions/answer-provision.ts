import { letterDigest } from '#addressees/numbers';
import { listPersonSummaries } from '#addressees/persons';
import { type ActionContext, type ApprovalKind, type ApprovedBy, requestApproval } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { findProvisionBasis, recordProvisionRefused } from '#common-base/oversight';
import { type Decision, decide, type Finding, finding, formatIsoDay, type LgCode, type PersonId } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { type LedgerEntry, listCurrentEntries, loadLedgerVersions } from '#ledger/vaccinations';
import { findReference, type HistoryAnswerLetter, type ToldDose, wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { formatInstant } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { findProvision, type HistoryProvision, keepAnswer, type ProvisionOutcome } from './provision-store.ts';

const outcomeWords: Readonly<Record<ProvisionOutcome, string>> = {
  provided: '接種の記録を提供する',
  noRecord: '該当する記録がないと答える',
  refused: '提供しない',
};

/** The row of the dated table by which vaccinations are given to another municipality (CB-21). */
const question = { door: 'informationNetwork', recipient: 'municipality', withNumbers: true } as const;

/** Whether a word of a form is an answer. */
export function isOutcome(text: string): text is ProvisionOutcome {
  return Object.hasOwn(outcomeWords, text);
}

/** 情報提供: one person looks at what was asked and proposes the answer, another approves; the letter is made then. */
export function provisionKind(now: () => Date): ApprovalKind {
  return {
    kind: 'histories.provision',
    nameJa: '他の自治体への接種記録の提供',
    requestPermission: 'histories.compare',
    approvePermission: 'histories.approveProvision',
    daysOpen: 14,
    describe: async (tx, subject) => {
      const provision = await findAsked(tx, subject);
      if (provision === undefined) return [['対象', 'すでにない照会です']];
      const { personId } = provision;
      const today = todayInTokyo({ now });
      const [person] = personId === null ? [] : await listPersonSummaries(tx, [personId], today);
      const doses = await dosesOf(tx, provision, person?.isAddressHidden ?? false);
      const given = subject['outcome'] === 'provided' ? doses : [];
      return [
        ['照会元の団体コード', provision.askedBy],
        ['処理通番', provision.processingNumber],
        ['宛名番号', person?.addresseeNumber ?? '該当する人がいません'],
        ['支援措置', person?.isAddressHidden === true ? '対象です。医療機関の名は渡しません' : '対象ではありません'],
        [
          '回答',
          isOutcome(String(subject['outcome'])) ? outcomeWords[String(subject['outcome']) as ProvisionOutcome] : '',
        ],
        ['渡す記録', `${given.length}件`],
      ];
    },
    listPersonIds: async (tx, subject) => {
      const personId = (await findAsked(tx, subject))?.personId ?? null;
      return personId === null ? [] : [personId];
    },
    findFaults: async (tx, _requester, subject) => findFaults(tx, subject),
    carryOut: async (tx, by, subject) => {
      const faults = await findFaults(tx, subject, true);
      const provision = await findAsked(tx, subject);
      if (faults.length > 0 || provision === undefined) return decide(faults, null);
      return answer(tx, by, provision, String(subject['outcome']) as ProvisionOutcome);
    },
  };
}

/** Proposes an answer; the value is the request's number. */
export async function proposeAnswer(
  context: ActionContext,
  kind: ApprovalKind,
  asked: {
    readonly relayRef: string;
    readonly outcome: ProvisionOutcome;
    readonly reason: string;
    /** The version of the person's ledger on the page that was looked at (`ToldState`). */
    readonly ledgerVersion: number;
  },
): Promise<Decision<number>> {
  // A word of letters: in hexadecimal one reference in a hundred would pass for an individual number.
  const provision = wordOfReference(asked.relayRef);
  const { outcome, ledgerVersion } = asked;
  return requestApproval(context, kind, { subject: { provision, outcome, ledgerVersion }, reason: asked.reason });
}

/** What would be told of a person now, and by which version of the ledger: the page shows it and sends the version back. */
export interface ToldState {
  readonly ledgerVersion: number;
  readonly doses: number;
  /** Who recorded the newest of them, and when; null where there is none. */
  readonly newest: { readonly at: Date; readonly by: string } | null;
}

/** What each question would be answered with now, by its reference. */
export async function loadToldStates(
  tx: Tx,
  provisions: readonly HistoryProvision[],
): Promise<ReadonlyMap<string, ToldState>> {
  const states = new Map<string, ToldState>();
  for (const { relayRef, personId } of provisions) states.set(relayRef, await loadToldState(tx, personId));
  return states;
}

async function loadToldState(tx: Tx, personId: PersonId | null): Promise<ToldState> {
  // The version first: whoever records in between makes it old, and the answer is refused.
  const ledgerVersion = await versionOf(tx, personId);
  const entries = personId === null ? [] : await listCurrentEntries(tx, personId);
  const told = entries.filter((entry) => toldDoseOf(entry, null) !== undefined);
  const [last] = told.toSorted((a, b) => b.recordedAt.getTime() - a.recordedAt.getTime());
  const newest = last === undefined ? null : { at: last.recordedAt, by: last.recordedByName };
  return { ledgerVersion, doses: told.length, newest };
}

async function findAsked(
  tx: Tx,
  subject: Readonly<Record<string, unknown>>,
  isLocking = false,
): Promise<HistoryProvision | undefined> {
  const relayRef = findReference(String(subject['provision']));
  return relayRef === undefined ? undefined : findProvision(tx, relayRef, { isLocking });
}

async function findFaults(tx: Tx, subject: Readonly<Record<string, unknown>>, isLocking = false): Promise<Finding[]> {
  const provision = await findAsked(tx, subject, isLocking);
  if (provision?.state !== 'asked') return [finding('provisionGone', 'refuse', null)];
  const outcome = String(subject['outcome']);
  if (!isOutcome(outcome)) return [finding('provisionAnswerMissing', 'refuse', 'outcome')];
  if (!provision.isReadable && outcome !== 'refused') return [finding('provisionUnreadable', 'refuse', 'outcome')];
  if (outcome === 'refused') return [];
  // What is told is what the one who proposed it looked at.
  const now = await loadToldState(tx, provision.personId);
  if (Number(subject['ledgerVersion']) !== now.ledgerVersion) return [ledgerChanged(now)];
  if (outcome === 'noRecord') return [];
  const doses = await dosesOf(tx, provision, true);
  return doses.length === 0 ? [finding('provisionNothing', 'refuse', 'outcome')] : [];
}

/** What the ledger says now, for whoever looked at an older page; no name of the person. */
function ledgerChanged({ doses, newest }: ToldState): Finding {
  const last = newest === null ? '' : `、いちばん新しい記録は${formatInstant(newest.at)}に${newest.by}が入れたもの`;
  return finding('provisionLedgerChanged', 'refuse', null, { now: `${doses}件${last}` });
}

async function versionOf(tx: Tx, personId: PersonId | null): Promise<number> {
  return personId === null ? 0 : ((await loadLedgerVersions(tx, [personId])).get(personId) ?? 0);
}

async function answer(
  tx: Tx,
  by: ApprovedBy,
  provision: HistoryProvision,
  outcome: ProvisionOutcome,
): Promise<Decision<null>> {
  const today = todayInTokyo({ now: () => by.at });
  const isProvided = outcome === 'provided';
  const basis = isProvided ? await findProvisionBasis(tx, question, today) : undefined;
  if (isProvided && basis === undefined) {
    await recordProvisionRefused(tx, by.approver, question);
    return decide([finding('provisionWithoutBasis', 'refuse', null)], null);
  }
  const text = isProvided ? JSON.stringify(await letterOf(tx, by, provision)) : null;
  const digest = text === null ? null : letterDigest(text);
  const answeredByName = `${by.requester.displayName}（承認 ${by.approver.staffName}）`;
  await keepAnswer(tx, provision.relayRef, {
    outcome,
    letter: text,
    letterDigest: digest,
    basisId: basis?.id ?? null,
    answeredByName,
    at: by.at,
  });
  await recordAct(tx, by.approver, {
    act: 'histories.provided',
    personIds: provision.personId === null ? [] : [provision.personId],
    items: isProvided ? ['history'] : [],
    details: { askedBy: provision.askedBy, outcome, provision: basis?.id ?? null, requestId: by.requestId },
  });
  return decide([], null);
}

async function letterOf(tx: Tx, by: ApprovedBy, provision: HistoryProvision): Promise<HistoryAnswerLetter> {
  const { personId } = provision;
  const today = todayInTokyo({ now: () => by.at });
  const [person] = personId === null ? [] : await listPersonSummaries(tx, [personId], today);
  const doses = await dosesOf(tx, provision, person?.isAddressHidden ?? true);
  const answeredBy: LgCode = tx.lgCode;
  return { kind: 'historyAnswer', version: 1, answeredBy, doses: [...doses], madeAt: by.at.toISOString() };
}

async function dosesOf(tx: Tx, { personId }: HistoryProvision, isProtected: boolean): Promise<readonly ToldDose[]> {
  if (personId === null) return [];
  const institutions = await loadInstitutions(tx);
  const nameOf = (code: string): string | undefined => institutions.get(code)?.name;
  const place = isProtected ? null : nameOf;
  return (await listCurrentEntries(tx, personId)).flatMap((entry) => toldDoseOf(entry, place) ?? []);
}

/**
 * One entry as another municipality is told of it: nothing of consent, payment or remarks, and of a protected person no
 * institution (`nameOf` null), which would tell where the person goes. Pure.
 */
export function toldDoseOf(
  { fact }: Pick<LedgerEntry, 'fact'>,
  nameOf: ((institutionCode: string) => string | undefined) | null,
): ToldDose | undefined {
  if (fact === null || fact.programme === null || fact.outcome === 'notConsented') return undefined;
  const { doseNumber, lotNumber, institutionCode, institutionOther } = fact.items;
  const institution = nameOf?.(institutionCode ?? '') ?? institutionOther ?? '';
  const sent = /^[1-9]\d?$/u.test(doseNumber ?? '') ? Number(doseNumber) : null;
  return {
    programme: fact.programme,
    stage: fact.stage,
    doseNumber: sent,
    vaccinatedOn: formatIsoDay(fact.vaccinatedOn),
    outcome: fact.outcome,
    vaccinationClass: fact.vaccinationClass,
    product: fact.product,
    lotNumber: lotNumber === undefined || lotNumber === null || lotNumber === '' ? null : lotNumber.slice(0, 20),
    institutionName: nameOf === null || institution === '' ? null : institution.slice(0, 200),
  };
}
