import { type Static, Type } from 'typebox';
import { closed, frame, integratedNumber, letter, letterDigest, lgCode, processingNumber, reference } from './words.ts';

/** A request was taken under a 処理通番; the same request again has the same number. */
const acceptedMessage = Type.Object(
  { ...frame, kind: Type.Literal('accepted'), requestId: reference, processingNumber },
  closed,
);

/** A request was not taken, and would not be if it came again as it is. */
const notAcceptedMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('notAccepted'),
    requestId: reference,
    because: Type.Union([
      /** No code (符号) is known for the number yet. */
      Type.Literal('linkCodeMissing'),
      /** Not in 照会許可用照合リスト: this office may not ask that one for this. */
      Type.Literal('notPermitted'),
      Type.Literal('municipalityUnknown'),
      /** The letter's digest is not the one that was said. */
      Type.Literal('digestDiffers'),
      /** Nothing was asked under that 処理通番, or it was answered already. */
      Type.Literal('nothingAsked'),
    ]),
  },
  closed,
);

/** Nothing is taken now (maintenance); everything may come again later. */
const busyMessage = Type.Object({ ...frame, kind: Type.Literal('busy') }, closed);

const noticeFrame = { noticeId: reference, processingNumber } as const;

/** Whether the code was given. */
const linkCodeNotice = Type.Object(
  {
    ...noticeFrame,
    kind: Type.Literal('linkCode'),
    requestId: reference,
    state: Type.Union([Type.Literal('obtained'), Type.Literal('failed')]),
  },
  closed,
);

/** 情報提供受領: what the other municipality answered to an inquiry of this office. */
const answerNotice = Type.Object(
  {
    ...noticeFrame,
    kind: Type.Literal('answer'),
    requestId: reference,
    answeredBy: lgCode,
    outcome: Type.Union([Type.Literal('provided'), Type.Literal('noRecord'), Type.Literal('refused')]),
    letter: Type.Union([letter, Type.Null()]),
    letterDigest: Type.Union([letterDigest, Type.Null()]),
  },
  closed,
);

/** 情報照会要求の受領: another municipality asks this office. */
const provisionRequestNotice = Type.Object(
  {
    ...noticeFrame,
    kind: Type.Literal('provisionRequest'),
    integratedNumber,
    askedBy: lgCode,
    letter,
    letterDigest,
  },
  closed,
);

const notice = Type.Union([linkCodeNotice, answerNotice, provisionRequestNotice]);

/** The oldest news that the office has not taken yet, and how many wait behind them. */
const noticesMessage = Type.Object(
  { ...frame, kind: Type.Literal('notices'), notices: Type.Array(notice), remaining: Type.Integer({ minimum: 0 }) },
  closed,
);

/** Everything the intermediate server answers. */
export const toNumbers = Type.Union([acceptedMessage, notAcceptedMessage, busyMessage, noticesMessage]);

export type ToNumbers = Static<typeof toNumbers>;
export type IntermediateNotice = Static<typeof notice>;
export type NotAccepted = Static<typeof notAcceptedMessage>['because'];
