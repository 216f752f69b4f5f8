import { randomUUID } from 'node:crypto';
import { listPersonSummaries } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, type Finding, finding, hasIndividualNumber, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { loadMunicipalityCodes } from './find-municipality.ts';
import { changeInquiry, findInquiry, type InquiryChange } from './inquiry-store.ts';
import type { HistoryInquiry, InquiryState } from './types.ts';

/** Says which municipality a person came from, where the address did not; it waits for a superior afterwards. */
export async function nameMunicipality(
  context: ActionContext,
  inquiryId: number,
  lgCode: string,
): Promise<Decision<null>> {
  requirePermission(context.actor, 'histories.compare');
  return change(context, inquiryId, ['unclear', 'held'], 'named', async (tx, inquiry) => {
    const known = await loadMunicipalityCodes(tx);
    const isKnown = known.some((each) => each.lgCode === lgCode) && lgCode !== tx.lgCode;
    if (!isKnown) return finding('municipalityUnknown', 'refuse', 'askedOf');
    return { askedOf: lgCode, state: inquiry.state === 'held' ? 'held' : 'raised' };
  });
}

/**
 * Lets an inquiry go out (上長の承認), or once more where it never reached an answer. About a protected person (支援措置) it
 * needs a reason, since it tells where the person is.
 */
export async function releaseInquiry(context: ActionContext, inquiryId: number, note: string): Promise<Decision<null>> {
  requirePermission(context.actor, 'histories.release');
  const said = note.trim().slice(0, 400);
  return change(context, inquiryId, ['raised', 'held', 'failed'], 'released', async (tx, inquiry) => {
    if (inquiry.askedOf === null) return finding('municipalityMissing', 'refuse', 'askedOf');
    const isProtected = inquiry.state === 'held' || (await isHidden(tx, context, inquiry.personId));
    if (isProtected && said === '') return finding('releaseReasonMissing', 'refuse', 'note');
    const again = inquiry.state === 'failed' ? { relayRef: randomUUID(), because: null, answeredAt: null } : {};
    const by = { releasedAt: context.clock.now(), releasedByName: context.actor.staffName };
    return { state: 'released', ...by, ...again, ...(said === '' ? {} : { note: said }) };
  });
}

/** Ends an inquiry from which nothing is taken over, and says why. */
export async function closeInquiry(context: ActionContext, inquiryId: number, note: string): Promise<Decision<null>> {
  requirePermission(context.actor, 'histories.compare');
  const said = note.trim().slice(0, 400);
  const from: readonly InquiryState[] = [
    'unclear',
    'held',
    'raised',
    'released',
    'answered',
    'empty',
    'refused',
    'failed',
  ];
  return change(context, inquiryId, from, 'closed', () => {
    if (said === '') return finding('closeNoteMissing', 'refuse', 'closeNote');
    if (hasIndividualNumber(said)) return finding('closeNoteNumber', 'refuse', 'closeNote');
    return { state: 'closed', closedAt: context.clock.now(), closedByName: context.actor.staffName, note: said };
  });
}

async function isHidden(tx: Tx, { clock }: ActionContext, personId: PersonId): Promise<boolean> {
  const [person] = await listPersonSummaries(tx, [personId], todayInTokyo(clock));
  return person?.isAddressHidden ?? true;
}

async function change(
  { db, actor }: ActionContext,
  inquiryId: number,
  from: readonly InquiryState[],
  step: string,
  decideChange: (tx: Tx, inquiry: HistoryInquiry) => Finding | InquiryChange | Promise<Finding | InquiryChange>,
): Promise<Decision<null>> {
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const inquiry = await findInquiry(tx, inquiryId, { isLocking: true });
    if (inquiry === undefined || !from.includes(inquiry.state))
      return decide([finding('inquiryMoved', 'refuse', null)], null);
    const decided = await decideChange(tx, inquiry);
    if ('severity' in decided) return decide([decided], null);
    await changeInquiry(tx, inquiryId, [inquiry.state], decided);
    const { personId } = inquiry;
    await recordAct(tx, actor, {
      act: 'histories.settled',
      personIds: [personId],
      details: { inquiry: inquiryId, step },
    });
    return decide([], null);
  });
}
