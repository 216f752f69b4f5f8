import { Type } from 'typebox';

/** The version of this pair's messages; a receiver refuses every other. */
export const ledgerClinicVersion = 1;

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
export const frame = { version: Type.Literal(ledgerClinicVersion), lgCode } as const;
