import { type Static, Type } from 'typebox';
import { messageReader } from '../message-reader.ts';

/** The version of this pair's messages; a receiver refuses every other. */
export const numbersResidentNetworkVersion = 1;

/** Where 市町村CS and 住基GW let themselves be called. */
export const numbersResidentNetworkPath = '/exchange/numbers-resident-network';

const closed = { additionalProperties: false } as const;
const lgCode = Type.String({ pattern: '^\\d{6}$' });
const frame = { version: Type.Literal(numbersResidentNetworkVersion), lgCode } as const;
const requestId = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const individualNumber = Type.String({ pattern: '^\\d{12}$' });
const text = Type.String({ minLength: 1, maxLength: 300 });

/** 住基GW: takes the 処理通番 of the intermediate server to the person whose code (符号) is wanted. */
const linkCodeRelay = Type.Object(
  {
    ...frame,
    kind: Type.Literal('linkCodeRelay'),
    requestId,
    processingNumber: Type.String({ pattern: '^[A-Z][A-Z0-9]{7,39}$' }),
    individualNumber,
  },
  closed,
);

/**
 * 市町村CS: are this number and these 4情報 one living person's, and where did the person live before? Of somebody without a
 * number: is there one living person, and no other, of this name, birth date and sex?
 */
const confirmation = Type.Object(
  {
    ...frame,
    kind: Type.Literal('confirmation'),
    requestId,
    /** Null where the office has none: then the birth date is told. */
    individualNumber: Type.Union([individualNumber, Type.Null()]),
    name: text,
    birthDate: Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()]),
    sex: Type.Union([Type.Literal('male'), Type.Literal('female'), Type.Null()]),
    /** Null where the place is withheld (支援措置): it is not compared. */
    address: Type.Union([text, Type.Null()]),
  },
  closed,
);

const toResidentNetwork = Type.Union([linkCodeRelay, confirmation]);

const takenMessage = Type.Object({ ...frame, kind: Type.Literal('taken'), requestId }, closed);
const busyMessage = Type.Object({ ...frame, kind: Type.Literal('busy') }, closed);
const comparison = Type.Union([Type.Literal('agrees'), Type.Literal('differs'), Type.Literal('notCompared')]);

/** What the network says: agreements alone, never its own number, name or place. */
const confirmedMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('confirmed'),
    requestId,
    /** `changed`: the person has another number now; `unknown`: nobody, or more than one; `notAsked`: found without. */
    number: Type.Union([
      Type.Literal('valid'),
      Type.Literal('changed'),
      Type.Literal('unknown'),
      Type.Literal('notAsked'),
    ]),
    name: comparison,
    birthDate: comparison,
    sex: comparison,
    address: comparison,
    previousMunicipality: Type.Union([lgCode, Type.Null()]),
  },
  closed,
);

const fromResidentNetwork = Type.Union([takenMessage, busyMessage, confirmedMessage]);

export type ToResidentNetwork = Static<typeof toResidentNetwork>;
export type FromResidentNetwork = Static<typeof fromResidentNetwork>;
export type RegisterConfirmed = Static<typeof confirmedMessage>;

const networkReader = messageReader(toResidentNetwork);
const numbersReader = messageReader(fromResidentNetwork);

/** What the office says to 市町村CS or 住基GW; throws UnreadableInput for whatever no schema names. */
export function readToResidentNetwork(given: string): ToResidentNetwork {
  return networkReader(given);
}

/** What they answer; throws UnreadableInput for whatever no schema names. */
export function readFromResidentNetwork(given: string): FromResidentNetwork {
  return numbersReader(given);
}
