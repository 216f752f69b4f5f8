import { type Static, Type } from 'typebox';
import { messageReader } from '../message-reader.ts';
import { type AddresseeAnswer, addresseeInquiry } from './addressee-inquiry.ts';

/** Where the office lets business systems of its municipality ask. */
export const businessSystemsPath = '/exchange/business-systems';

/** One signed call of a business system: some questions at once, each answered or refused by itself. */
const addresseeCall = Type.Object(
  {
    kind: Type.Literal('addresseeCall'),
    version: Type.Literal(1),
    lgCode: Type.String({ pattern: '^\\d{6}$' }),
    inquiries: Type.Array(addresseeInquiry, { minItems: 1, maxItems: 100 }),
  },
  { additionalProperties: false },
);

export type AddresseeCall = Static<typeof addresseeCall>;

/** The answers of a call, in the order of its questions. */
export interface AddresseeCallAnswer {
  readonly kind: 'addresseeCallAnswer';
  readonly version: 1;
  readonly lgCode: string;
  readonly answers: readonly AddresseeAnswer[];
}

const reader = messageReader(addresseeCall);

/** Reads a call; the place and the rule of a fault are named, never a value. */
export function readAddresseeCall(text: string): AddresseeCall {
  return reader(text);
}
