import { type Static, Type } from 'typebox';
import { messageReader } from '../message-reader.ts';

const closed = { additionalProperties: false } as const;
const lgCode = Type.String({ pattern: '^\\d{6}$' });
const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
const ruleId = Type.String({ pattern: '^[\\w./-]{1,60}$' });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/**
 * 照会内容: a municipality asks another for the vaccinations of a person who moved. It names nobody: whose they are travels
 * beside it as 符号.
 */
const historyInquiry = Type.Object(
  {
    kind: Type.Literal('historyInquiry'),
    version: Type.Literal(1),
    askedBy: lgCode,
    askedOf: lgCode,
    /** The provision of the law by which it may be asked. */
    basis: Type.String({ minLength: 1, maxLength: 200 }),
    madeAt: instant,
  },
  closed,
);

/** One vaccination as the other municipality has it, in the words of `rules/`. */
const toldDose = Type.Object(
  {
    programme: ruleId,
    stage: orNull(ruleId),
    doseNumber: orNull(Type.Integer({ minimum: 1, maximum: 99 })),
    vaccinatedOn: day,
    outcome: Type.Union([Type.Literal('administered'), Type.Literal('screeningOnly')]),
    vaccinationClass: Type.Union([Type.Literal('routine'), Type.Literal('voluntary'), Type.Literal('temporary')]),
    product: orNull(ruleId),
    lotNumber: orNull(Type.String({ minLength: 1, maxLength: 20 })),
    institutionName: orNull(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
);

/** 提供内容: every vaccination that the other municipality has of the person. */
const historyAnswer = Type.Object(
  {
    kind: Type.Literal('historyAnswer'),
    version: Type.Literal(1),
    answeredBy: lgCode,
    doses: Type.Array(toldDose, { maxItems: 500 }),
    madeAt: instant,
  },
  closed,
);

export type HistoryInquiryLetter = Static<typeof historyInquiry>;
export type HistoryAnswerLetter = Static<typeof historyAnswer>;
export type ToldDose = Static<typeof toldDose>;

const inquiryReader = messageReader(historyInquiry);
const answerReader = messageReader(historyAnswer);

/** Reads a 照会内容; throws UnreadableInput for whatever the schema does not name. */
export function readHistoryInquiry(given: string): HistoryInquiryLetter {
  return inquiryReader(given);
}

/** Reads a 提供内容; throws UnreadableInput for whatever the schema does not name. */
export function readHistoryAnswer(given: string): HistoryAnswerLetter {
  return answerReader(given);
}
