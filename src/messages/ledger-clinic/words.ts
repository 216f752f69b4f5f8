import { Type } from 'typebox';

/**
 * The versions of this pair's messages, newest first; a receiver reads each of them and refuses every other. 2: contracts
 * say for which programmes they hold.
 */
export const ledgerClinicVersions = [2, 1] as const;

export type LedgerClinicVersion = (typeof ledgerClinicVersions)[number];

/** The version in which a system speaks that knows nothing yet of the other side. */
export const ledgerClinicVersion: LedgerClinicVersion = 2;

/** Where the clinics' system lets itself be called. */
export const ledgerClinicPath = '/exchange/ledger-clinic';

/** Words that both directions use. Days are `YYYY-MM-DD`, instants ISO 8601 in UTC. */
export const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
export const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
const lgCode = Type.String({ pattern: '^\\d{6}$' });
export const formNumber = Type.String({ pattern: '^[1-9]\\d{11}$' });
/** Drawn by chance for this pair of systems alone; the register's numbers never travel. */
export const reference = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
/** An id of `rules/`. */
export const ruleId = Type.String({ pattern: '^[\\w./-]{1,60}$' });
export const institutionCode = Type.String({ minLength: 1, maxLength: 20 });
export const lotNumber = Type.String({ minLength: 1, maxLength: 20 });

/** Whatever a schema does not name is refused. */
export const closed = { additionalProperties: false } as const;

/** The frame of every message. */
export const frame = { version: Type.Union([Type.Literal(2), Type.Literal(1)]), lgCode } as const;
