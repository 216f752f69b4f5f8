import { type Static, Type } from 'typebox';
import { closed, frame, integratedNumber, letter, letterDigest, lgCode, processingNumber, reference } from './words.ts';

/** 符号取得: registers a 団体内統合宛名番号 and asks for a 処理通番 under which the code (符号) is given. */
const linkCodeRequest = Type.Object(
  { ...frame, kind: Type.Literal('linkCodeRequest'), requestId: reference, integratedNumber },
  closed,
);

/** 情報照会: a letter to another municipality about a person whose code is there. */
const inquiryMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('inquiry'),
    requestId: reference,
    integratedNumber,
    askedOf: lgCode,
    letter,
    letterDigest,
  },
  closed,
);

/** 情報提供: the answer to what another municipality asked under a 処理通番; refused and nothing known have no letter. */
const provisionMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('provision'),
    requestId: reference,
    processingNumber,
    outcome: Type.Union([Type.Literal('provided'), Type.Literal('noRecord'), Type.Literal('refused')]),
    letter: Type.Union([letter, Type.Null()]),
    letterDigest: Type.Union([letterDigest, Type.Null()]),
  },
  closed,
);

/** Asks for news, and says which of the last are safe in the office. */
const collectMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('collect'),
    taken: Type.Array(reference, { maxItems: 500 }),
    limit: Type.Integer({ minimum: 0, maximum: 500 }),
  },
  closed,
);

/** Everything the office says to the intermediate server. */
export const toIntermediate = Type.Union([linkCodeRequest, inquiryMessage, provisionMessage, collectMessage]);

export type ToIntermediate = Static<typeof toIntermediate>;
