import { findAlike } from '#addressees/matching';
import {
  findIntegratedNumber,
  findPersonIdByIndividualNumber,
  findPersonIdByIntegratedNumber,
  type VaultContext,
} from '#addressees/numbers';
import { listPersonSummaries, listRecordsOf, normalizeKana } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { findProvisionBasis, recordProvisionRefused } from '#common-base/oversight';
import { formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { AddresseeAnswer, AddresseeInquiry } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { decideInquiry } from './decide-inquiry.ts';
import { loadLinkedSystems } from './linked-systems.ts';

/**
 * Answers a business system whose record it means (AD-17), as the allow-list lets it (AD-20). By basic information only a
 * record that agrees in kana, birth date and sex, and is the only one, is told; a protected place never. The question,
 * its outcome and the person stand in the log under the system's name; no number does.
 */
export async function answerInquiry(given: VaultContext, inquiry: AddresseeInquiry): Promise<AddresseeAnswer> {
  requirePermission(given.actor, 'inquiries.answer');
  const { db, clock } = given;
  const { lgCode } = given.actor;
  const on = todayInTokyo(clock);
  const frame = { kind: 'addresseeAnswer', version: 1, messageId: inquiry.messageId } as const;
  const systems = await withMunicipality(db, lgCode, loadLinkedSystems);
  const decision = decideInquiry(inquiry, systems, on);
  if (!decision.isAllowed) {
    await record(given, inquiry, [], decision.because);
    return { ...frame, outcome: 'refused', because: decision.because };
  }
  const question = {
    door: 'businessSystems',
    recipient: decision.mayUseNumbers ? 'numberWork' : 'otherWork',
    withNumbers: decision.mayUseNumbers,
  } as const;
  const basis = await withMunicipality(db, lgCode, (tx) => findProvisionBasis(tx, question, on));
  if (basis === undefined) {
    await withMunicipality(db, lgCode, (tx) => recordProvisionRefused(tx, given.actor, question));
    await record(given, inquiry, [], 'workNotDeclared');
    return { ...frame, outcome: 'refused', because: 'workNotDeclared' };
  }
  // The allow-list is what lets a number be asked by: the vault's door sees it as a permission of this question.
  const permissions = new Set(given.actor.permissions);
  if (decision.mayUseNumbers) permissions.add('numbers.confirm');
  const context = { ...given, actor: { ...given.actor, permissions } };
  const found = await findPersons(context, inquiry);
  const [personId] = found;
  if (personId === undefined || found.length > 1) {
    const outcome = personId === undefined ? 'notFound' : 'ambiguous';
    await record(context, inquiry, [], outcome);
    return outcome === 'notFound' ? { ...frame, outcome } : { ...frame, outcome, candidates: found.length };
  }
  const { summary, records } = await withMunicipality(db, lgCode, async (tx) => ({
    summary: (await listPersonSummaries(tx, [personId], on))[0],
    records: await listRecordsOf(tx, personId),
  }));
  const integratedNumber = decision.mayUseNumbers ? ((await findIntegratedNumber(context, records)) ?? null) : null;
  await record(context, inquiry, [personId], 'found', basis.id);
  if (summary === undefined) return { ...frame, outcome: 'notFound' };
  const { addresseeNumber, name, kana, bornOn, sex, address, isAddressHidden, birthDatePrecision } = summary;
  const birthDate = bornOn === null || birthDatePrecision !== 'day' ? null : formatIsoDay(bornOn);
  return {
    ...frame,
    outcome: 'found',
    person: {
      addresseeNumber,
      integratedNumber,
      name,
      kana,
      birthDate,
      sex,
      address,
      isAddressWithheld: isAddressHidden,
    },
  };
}

async function findPersons(context: VaultContext, { asked }: AddresseeInquiry): Promise<readonly PersonId[]> {
  const { db } = context;
  const { lgCode } = context.actor;
  if (asked.by === 'individualNumber') {
    const decision = await findPersonIdByIndividualNumber(context, asked.individualNumber);
    return decision.answer === 'refused' || decision.value === undefined ? [] : [decision.value];
  }
  if (asked.by === 'integratedNumber') {
    const { integratedNumber } = asked;
    const personId = await withMunicipality(db, lgCode, (tx) => findPersonIdByIntegratedNumber(tx, integratedNumber), {
      role: 'vault',
    });
    return personId === undefined ? [] : [personId];
  }
  return await withMunicipality(db, lgCode, (tx) => findByBasics(tx, asked));
}

/** Who agrees in kana, birth date and sex; of linked records the one that stands for all. */
async function findByBasics(
  tx: Tx,
  asked: Extract<AddresseeInquiry['asked'], { by: 'basics' }>,
): Promise<readonly PersonId[]> {
  const { kana, birthDate, sex, address } = asked;
  const bornOn = parseIsoDay(birthDate);
  const told = { addresseeNumber: null, kana, name: null, bornOn, sex, address, phone: null };
  const alike = await findAlike(tx, told);
  const agreeing = alike.filter(
    ({ reasons, record: each }) =>
      reasons.includes('sameKana') &&
      reasons.includes('sameBirthDate') &&
      each.sex === sex &&
      normalizeKana(kana) !== '',
  );
  const atPlace = agreeing.filter(({ reasons }) => reasons.includes('sameAddress'));
  const chosen = atPlace.length > 0 ? atPlace : agreeing;
  return [...new Set(chosen.map(({ record: each }) => each.principalId ?? each.personId))];
}

async function record(
  context: VaultContext,
  { system, officeWork, asked, messageId }: AddresseeInquiry,
  personIds: readonly PersonId[],
  outcome: string,
  provision: string | null = null,
): Promise<void> {
  const details = { system, officeWork, by: asked.by, messageId, outcome, provision };
  const isDone = ['found', 'notFound', 'ambiguous'].includes(outcome);
  await withMunicipality(context.db, context.actor.lgCode, (tx) =>
    recordAct(tx, context.actor, {
      act: 'persons.inquiryAnswered',
      outcome: isDone ? 'done' : 'refused',
      personIds,
      details,
    }),
  );
}
