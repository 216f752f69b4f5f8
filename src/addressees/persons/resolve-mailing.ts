import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { loadItemCatalogue, refuseUndeclared } from '#common-base/linkage';
import { type Day, type PersonId, UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { decideMailing, type Mailing } from './decide-mailing.ts';
import { insertMailingAddress, loadMailingFacts, type MailingAddress } from './mailing-store.ts';
import { lockPersons } from './person-store.ts';

/**
 * Names and addresses for letters to these people on a day, protection decided. The command that prints records its
 * own act; call it when printing, not when extracting, since people move and are protected in between.
 */
export async function mailingNameAndAddress(
  tx: Tx,
  personIds: readonly PersonId[],
  asOf: Day,
): Promise<Map<PersonId, Mailing>> {
  const facts = await loadMailingFacts(tx, personIds, asOf);
  return new Map(facts.map((person) => [person.personId, decideMailing(person, asOf)]));
}

/** Registers where letters for a person go from a day on (送付先); recorded with the person. */
export async function registerMailingAddress(
  tx: Tx,
  actor: Actor,
  personId: PersonId,
  mailing: MailingAddress,
  at: Date,
): Promise<void> {
  requirePermission(actor, 'persons.register');
  if (mailing.validTo !== null && mailing.validTo < mailing.validFrom) {
    throw new UnreadableInput('送付先の終わりの日は、始まりの日より後にしてください。');
  }
  refuseUndeclared(await loadItemCatalogue(tx), ['persons.mailing']);
  await lockPersons(tx, [personId]);
  await insertMailingAddress(tx, personId, mailing, { isWithdrawal: false, at, by: actor.staffId });
  await recordAct(tx, actor, { act: 'persons.mailingAddressRegistered', personIds: [personId], items: ['mailing'] });
}

/** Ends what is registered as 送付先 from a day on: letters go to the address again; recorded with the person. */
export async function withdrawMailingAddress(
  tx: Tx,
  actor: Actor,
  personId: PersonId,
  end: { readonly from: Day; readonly at: Date },
): Promise<void> {
  requirePermission(actor, 'persons.register');
  await lockPersons(tx, [personId]);
  const nowhere = {
    recipientName: '',
    postalCode: '',
    address: '',
    building: null,
    validFrom: end.from,
    validTo: null,
  };
  await insertMailingAddress(tx, personId, nowhere, { isWithdrawal: true, at: end.at, by: actor.staffId });
  await recordAct(tx, actor, { act: 'persons.mailingAddressWithdrawn', personIds: [personId], items: ['mailing'] });
}
