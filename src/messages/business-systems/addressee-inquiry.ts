import { type Static, Type } from 'typebox';
import { messageReader } from '../message-reader.ts';

const closed = { additionalProperties: false } as const;
const word = Type.String({ pattern: '^[a-z][a-zA-Z0-9-]{1,40}$' });
const text = Type.String({ minLength: 1, maxLength: 300 });

/** By what a business system asks: exactly one of the three. */
const asked = Type.Union([
  Type.Object(
    { by: Type.Literal('integratedNumber'), integratedNumber: Type.String({ pattern: '^\\d{15}$' }) },
    closed,
  ),
  Type.Object(
    { by: Type.Literal('individualNumber'), individualNumber: Type.String({ pattern: '^\\d{12}$' }) },
    closed,
  ),
  Type.Object(
    {
      by: Type.Literal('basics'),
      kana: text,
      birthDate: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
      sex: Type.Union([Type.Literal('male'), Type.Literal('female')]),
      address: Type.Union([text, Type.Null()]),
    },
    closed,
  ),
]);

/** 宛名情報照会 (AD-17): a system asks whose record it is, for a piece of office work (事務) that it names. */
export const addresseeInquiry = Type.Object(
  {
    kind: Type.Literal('addresseeInquiry'),
    version: Type.Literal(1),
    messageId: Type.String({ pattern: '^[A-Za-z0-9-]{8,64}$' }),
    system: word,
    officeWork: word,
    asked,
  },
  closed,
);

/** One question of a business system. */
export type AddresseeInquiry = Static<typeof addresseeInquiry>;

/** Why a system gets no answer: who it is, for what it asks, or by what. */
export type InquiryRefusal = 'systemUnknown' | 'workNotDeclared' | 'numberNotAllowed';

/** 宛名情報通知: what the office answers. A protected person's place is null and says so. */
export type AddresseeAnswer = {
  readonly kind: 'addresseeAnswer';
  readonly version: 1;
  readonly messageId: string;
} & (
  | { readonly outcome: 'refused'; readonly because: InquiryRefusal }
  | { readonly outcome: 'notFound' }
  /** Several records are alike: a person must look, none is told. */
  | { readonly outcome: 'ambiguous'; readonly candidates: number }
  | { readonly outcome: 'found'; readonly person: AnsweredPerson }
);

/** Whom the office answers with. */
export interface AnsweredPerson {
  readonly addresseeNumber: string;
  /** Only for systems that may be linked to individual numbers. */
  readonly integratedNumber: string | null;
  readonly name: string;
  readonly kana: string;
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | 'unknown';
  readonly address: string | null;
  readonly isAddressWithheld: boolean;
}

const reader = messageReader(addresseeInquiry);

/** Reads one inquiry; the place and the rule of a fault are named, never a value. */
export function readAddresseeInquiry(line: string): AddresseeInquiry {
  return reader(line);
}
