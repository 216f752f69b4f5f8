import { createHash } from 'node:crypto';
import type { ActDetails } from './types.ts';

/** Everything of an act that its seal vouches for; personal words only through their commitment. */
export interface LeafFields {
  readonly lgCode: string;
  readonly recordedOn: string;
  readonly actId: number;
  /** UTC with microseconds, as the database prints it: `2026-11-21T03:04:05.678901Z`. */
  readonly recordedAt: string;
  readonly act: string;
  readonly outcome: string;
  readonly staffId: number | null;
  readonly via: string;
  readonly items: readonly string[];
  readonly details: ActDetails;
  readonly personalCommitment: Uint8Array;
  readonly personCount: number;
  /** SHA-256 over the sorted pseudonyms of the persons touched; null when there are none. */
  readonly personsDigest: Uint8Array | null;
}

/** The four fields of an act that name or hint at people and may one day have to be erased. */
export interface PersonalFields {
  readonly staffName: string | null;
  readonly from: string | null;
  readonly osUser: string | null;
  readonly reason: string | null;
}

/**
 * The hash of one act as a leaf of the tree. The text that is hashed is a JSON array in a fixed order, so that no
 * two different acts share it; a first byte of 0 keeps leaves apart from inner nodes (RFC 6962).
 */
export function leafHash(fields: LeafFields): Buffer {
  const text = JSON.stringify([
    'sesshu-audit-leaf-1',
    fields.lgCode,
    fields.recordedOn,
    fields.actId,
    fields.recordedAt,
    fields.act,
    fields.outcome,
    fields.staffId,
    fields.via,
    fields.items,
    sortedEntries(fields.details),
    hex(fields.personalCommitment),
    fields.personCount,
    fields.personsDigest === null ? null : hex(fields.personsDigest),
  ]);
  return createHash('sha256').update(Buffer.of(0)).update(text).digest();
}

/**
 * Commits to the personal words of an act under a random salt: with the salt anyone can check them, without it
 * nobody can guess them, and the leaf stays the same either way.
 */
export function commitPersonalFields(salt: string, fields: PersonalFields): Buffer {
  const { staffName, from, osUser, reason } = fields;
  // As they are kept: half of a pair of code units (a text cut to its length) is no text to a database.
  const words = [staffName, from, osUser, reason].map((word) => word?.toWellFormed() ?? null);
  const text = JSON.stringify(['sesshu-audit-personal-1', salt, ...words]);
  return createHash('sha256').update(text).digest();
}

/** The pseudonym of a person in the log (a UUID's 128 bits): bound to the person, unguessable without the salt. */
export function personRef(lgCode: string, personId: number, salt: string): string {
  const digest = createHash('sha256').update(`${lgCode}:${personId}:${salt}`).digest('hex');
  const parts = [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20)];
  return `${parts.join('-')}-${digest.slice(20, 32)}`;
}

function sortedEntries(details: ActDetails): readonly (readonly [string, unknown])[] {
  return Object.entries(details).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
