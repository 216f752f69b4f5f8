import { type Static, Type } from 'typebox';
import { messageReader } from '../message-reader.ts';

/** Where a portal takes messages. */
export const ledgerPortalPath = '/ledger-portal/messages';
/** The version of these words. */
export const ledgerPortalVersion = 1;

const closed = { additionalProperties: false } as const;
const frame = {
  version: Type.Literal(ledgerPortalVersion),
  lgCode: Type.String({ pattern: '^\\d{6}$' }),
  /** The ledger's number of the notice: the same notice said twice is kept once. */
  noticeId: Type.Integer({ minimum: 1 }),
} as const;

/**
 * マイナポータル お知らせ: one notice to one person. No name, no number and no address stands in it: how the portal finds its
 * person is the national network's own matter (符号, by the intermediate server), which a stand-in has not.
 */
const noticeSchema = Type.Object(
  {
    ...frame,
    kind: Type.Literal('notice'),
    municipalityName: Type.String({ minLength: 1, maxLength: 40 }),
    subject: Type.String({ minLength: 1, maxLength: 100 }),
    text: Type.String({ minLength: 1, maxLength: 4000 }),
  },
  closed,
);

const takenSchema = Type.Object({ ...frame, kind: Type.Literal('taken') }, closed);

/** A notice for the portal. */
export type PortalNotice = Static<typeof noticeSchema>;
/** The portal has it. */
export type PortalTaken = Static<typeof takenSchema>;

/** Reads what a portal gets; whatever else it says is refused. */
export const readToPortal = messageReader(noticeSchema);
/** Reads what a portal answers. */
export const readFromPortal = messageReader(takenSchema);
