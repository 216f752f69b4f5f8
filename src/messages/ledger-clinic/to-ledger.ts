import { type Static, Type } from 'typebox';
import { closed, day, formNumber, frame, instant, institutionCode, lotNumber, reference, ruleId } from './words.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** The office's masters or tickets are in the clinics' database. */
const takenMessage = Type.Object({ ...frame, kind: Type.Literal('taken') }, closed);

/**
 * One record of a clinic, or a later revision of it: a correction, or its withdrawal on the same day. Whose it is stands
 * in the register of form numbers alone.
 */
const clinicRecord = Type.Object(
  {
    recordId: reference,
    revision: Type.Integer({ minimum: 1 }),
    kind: Type.Union([Type.Literal('record'), Type.Literal('withdrawal')]),
    formNumber,
    institutionCode,
    outcome: Type.Union([Type.Literal('administered'), Type.Literal('screeningOnly'), Type.Literal('notConsented')]),
    vaccinatedOn: day,
    programme: ruleId,
    stage: ruleId,
    doseNumber: orNull(Type.Integer({ minimum: 1 })),
    product: orNull(ruleId),
    lotNumber: orNull(lotNumber),
    expiresOn: orNull(day),
    manufacturerCode: orNull(Type.String({ maxLength: 20 })),
    /** Decimal text, mL. */
    doseVolumeMl: orNull(Type.String({ pattern: '^\\d{1,2}(\\.\\d{1,3})?$' })),
    physician: orNull(Type.String({ maxLength: 100 })),
    /** Decimal text, degrees. */
    bodyTemperature: orNull(Type.String({ pattern: '^\\d{2}\\.\\d$' })),
    /** Why only an interview, why corrected or withdrawn, why given in spite of a question. */
    reason: orNull(Type.String({ maxLength: 500 })),
    /** Codes of what the check before the injection had said. */
    findings: Type.Array(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' })),
    /** The check had refused and the dose was given all the same (間違い接種の疑い). */
    isAgainstAdvice: Type.Boolean(),
    recordedAt: instant,
  },
  closed,
);

/**
 * The oldest records that the office has not taken yet, how many wait behind them, and the number of the last message of
 * tickets that is held; 0 before the first. A system restored from a backup holds less than the office remembers.
 */
const recordsMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('records'),
    records: Type.Array(clinicRecord),
    remaining: Type.Integer({ minimum: 0 }),
    lastSequence: Type.Integer({ minimum: 0 }),
  },
  closed,
);

/** Everything the clinics' system answers. */
export const toLedger = Type.Union([takenMessage, recordsMessage]);

export type ClinicRecord = Static<typeof clinicRecord>;
export type RecordsMessage = Static<typeof recordsMessage>;
export type ToLedger = Static<typeof toLedger>;
