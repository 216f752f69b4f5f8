import { type Static, Type } from 'typebox';
import { closed, day, formNumber, frame, institutionCode, lotNumber, reference, ruleId } from './words.ts';

const period = { from: Type.Union([day, Type.Null()]), to: Type.Union([day, Type.Null()]) } as const;
/** Days are included; null programmes: all of them. */
const contract = Type.Object({ ...period, programmes: Type.Union([Type.Array(ruleId), Type.Null()]) }, closed);
const contractOfVersion1 = Type.Object(period, closed);

const lists = {
  packages: Type.Array(
    Type.Object(
      {
        gtin: Type.String({ pattern: '^\\d{14}$' }),
        product: ruleId,
        manufacturerCode: Type.Union([Type.String({ maxLength: 20 }), Type.Null()]),
      },
      closed,
    ),
  ),
  lots: Type.Array(Type.Object({ product: ruleId, lotNumber, expiresOn: day }, closed)),
  recalls: Type.Array(
    Type.Object({ product: ruleId, lotNumber, recalledOn: day, reason: Type.String({ maxLength: 200 }) }, closed),
  ),
} as const;

const institution = { institutionCode, name: Type.String({ minLength: 1, maxLength: 200 }) } as const;
const masters = { lgCode: frame.lgCode, kind: Type.Literal('masters') } as const;

/** Who is under contract, which package is which product, when lots expire and which may not be used: the whole list each time. */
const mastersMessage = Type.Object(
  {
    ...masters,
    version: Type.Literal(2),
    institutions: Type.Array(Type.Object({ ...institution, contracts: Type.Array(contract) }, closed)),
    ...lists,
  },
  closed,
);

/** The same from an office that does not say for which programmes a contract holds. */
const mastersOfVersion1 = Type.Object(
  {
    ...masters,
    version: Type.Literal(1),
    institutions: Type.Array(Type.Object({ ...institution, contracts: Type.Array(contractOfVersion1) }, closed)),
    ...lists,
  },
  closed,
);

/** A fact that changes what the law allows, as `schedule` reads it. */
const fact = Type.Union([
  Type.Object({ kind: Type.Literal('hadDisease'), disease: ruleId, on: day }, closed),
  Type.Object({ kind: Type.Literal('pregnancy'), dueOn: day }, closed),
  Type.Object({ kind: Type.Literal('longTermIllness'), from: day, to: Type.Union([day, Type.Null()]) }, closed),
  Type.Object({ kind: Type.Literal('exceptionGranted'), programme: ruleId, from: day, to: day }, closed),
  Type.Object({ kind: Type.Literal('hbigAtBirth') }, closed),
  Type.Object(
    {
      kind: Type.Literal('categoryBEligible60to64'),
      reason: Type.Union([
        Type.Literal('heart'),
        Type.Literal('kidney'),
        Type.Literal('respiratory'),
        Type.Literal('hiv'),
      ]),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('antibodyTest'),
      disease: ruleId,
      on: day,
      result: Type.Union([Type.Literal('sufficient'), Type.Literal('insufficient')]),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('supplyShortage'), programme: ruleId }, closed),
  Type.Object({ kind: Type.Literal('doctorJudgedNecessary'), programme: ruleId, on: day }, closed),
  Type.Object({ kind: Type.Literal('startedProgramme'), programme: ruleId, on: day }, closed),
]);

const dose = Type.Object(
  {
    product: ruleId,
    on: day,
    kind: Type.Union([Type.Literal('routine'), Type.Literal('voluntary'), Type.Literal('temporary')]),
  },
  closed,
);

/** A person who holds a usable form: what identifies the one in front of the doctor, and what the rules ask. */
const patient = Type.Object(
  {
    patientRef: reference,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    bornOn: day,
    sex: Type.Union([Type.Literal('male'), Type.Literal('female'), Type.Literal('unknown')]),
    doses: Type.Array(dose),
    facts: Type.Array(fact),
  },
  closed,
);

const ticket = Type.Object(
  {
    formNumber,
    state: Type.Union([
      Type.Literal('usable'),
      Type.Literal('used'),
      Type.Literal('reissued'),
      Type.Literal('cancelled'),
      Type.Literal('stopped'),
    ]),
    /** The person, while the form can be used; null afterwards: then nothing of the person is kept there. */
    patientRef: Type.Union([reference, Type.Null()]),
    programme: ruleId,
    stage: ruleId,
    doseNumber: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    validUntil: Type.Union([day, Type.Null()]),
  },
  closed,
);

/**
 * Forms and the people behind them as they stand now. `sequence` grows with every message of a municipality, so that an
 * older one that comes late changes nothing. `forgotten` are numbers that need not be known any more.
 */
const ticketsMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('tickets'),
    sequence: Type.Integer({ minimum: 1 }),
    patients: Type.Array(patient),
    tickets: Type.Array(ticket),
    forgotten: Type.Array(formNumber),
  },
  closed,
);

/** Asks for records, and says which ones are safe in the office since the last time. */
const collectMessage = Type.Object(
  {
    ...frame,
    kind: Type.Literal('collect'),
    taken: Type.Array(Type.Object({ recordId: reference, revision: Type.Integer({ minimum: 1 }) }, closed)),
    limit: Type.Integer({ minimum: 0, maximum: 1000 }),
  },
  closed,
);

/** Everything the office says to the clinics' system. */
export const toClinic = Type.Union([mastersMessage, mastersOfVersion1, ticketsMessage, collectMessage]);

export type MastersMessage = Static<typeof mastersMessage>;
export type MastersOfVersion1 = Static<typeof mastersOfVersion1>;
export type TicketsMessage = Static<typeof ticketsMessage>;
export type CollectMessage = Static<typeof collectMessage>;
export type ToClinic = Static<typeof toClinic>;
export type PatientItem = Static<typeof patient>;
export type TicketItem = Static<typeof ticket>;
