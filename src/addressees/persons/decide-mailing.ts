import { ageAsSpoken, type Day, type PersonId } from '#kernel';
import type { MailingFacts } from './mailing-store.ts';

/** Why no letter can be addressed to a person. */
export type Undeliverable = 'cancelled' | 'dead' | 'movedOut' | 'protected' | 'addressMissing';

/** To whom and where a letter for a person goes; resolved when it is printed, never stored. */
export interface Mailing {
  readonly personId: PersonId;
  readonly personName: string;
  /** 支援措置 of the person or somebody of the household: where they live must be on no paper. */
  readonly isProtected: boolean;
  /** Whose name stands on the envelope: the 送付先, the householder of a child, else the person. */
  readonly recipientName: string;
  /** The householder (世帯主) where that is another; null where the letter goes to a 送付先. */
  readonly householderName: string | null;
  /** The letter goes to the guardian (保護者) of the person. */
  readonly isToGuardian: boolean;
  readonly source: 'mailingAddress' | 'register';
  readonly postalCode: string | null;
  readonly address: string | null;
  readonly building: string | null;
  /** Null when it can be sent; then postalCode or address may still be missing only where the 送付先 lacks it. */
  readonly undeliverable: Undeliverable | null;
}

const adultFromYears = 18;

/**
 * Where a letter goes on a day. Never to the dead, the moved or a cancelled record; a protected person's address is
 * never printed, nor that of who lives there too, so that without a 送付先 the letter cannot go; a child's letter goes to the
 * registered 保護者, else to the householder as guardian.
 */
export function decideMailing(facts: MailingFacts, asOf: Day): Mailing {
  const isChild =
    facts.bornOn !== null && facts.bornOn <= asOf && ageAsSpoken(facts.bornOn, asOf).years < adultFromYears;
  const base = { personId: facts.personId, personName: facts.name, isProtected: facts.isProtected };
  if (facts.mailing !== null) {
    const { recipientName, postalCode, address, building } = facts.mailing;
    const undeliverable = decideGone(facts, asOf);
    const place = undeliverable === null ? { postalCode, address, building } : nowhere;
    const way = { householderName: null, isToGuardian: false, source: 'mailingAddress' } as const;
    return { ...base, recipientName, ...way, ...place, undeliverable };
  }
  const recipientName = isChild ? (facts.guardianName ?? facts.householderName ?? facts.name) : facts.name;
  const undeliverable = decideGone(facts, asOf) ?? decideUnaddressed(facts);
  const { postalCode, address, building, householderName } = facts;
  const place = undeliverable === null ? { postalCode, address, building } : nowhere;
  const way = { householderName, isToGuardian: isChild, source: 'register' } as const;
  return { ...base, recipientName, ...way, ...place, undeliverable };
}

const nowhere = { postalCode: null, address: null, building: null } as const;

function decideGone(facts: MailingFacts, asOf: Day): Undeliverable | null {
  if (facts.isCancelled) return 'cancelled';
  if (facts.diedOn !== null && facts.diedOn <= asOf) return 'dead';
  return facts.ceasedResidentOn !== null && facts.ceasedResidentOn <= asOf ? 'movedOut' : null;
}

function decideUnaddressed(facts: MailingFacts): Undeliverable | null {
  if (facts.isProtected) return 'protected';
  return facts.address === null || facts.postalCode === null ? 'addressMissing' : null;
}
