import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false } as const;
const optionalNumber = Type.Optional(Type.Number());
const optionalPositive = Type.Optional(Type.Number({ exclusiveMinimum: 0 }));

/** The face of a text; `latin`, `chinese` and `korean` are for papers in another language, `ocrB` for an OCR line. */
const face = Type.Optional(
  Type.Union([
    Type.Literal('regular'),
    Type.Literal('bold'),
    Type.Literal('latin'),
    Type.Literal('chinese'),
    Type.Literal('korean'),
    Type.Literal('ocrB'),
  ]),
);

/** How a text of a form is set: sizes in points, `grey` 0 black to 1 white; left out, the layout's own. */
const look = {
  size: optionalPositive,
  sizeMin: optionalPositive,
  bold: Type.Optional(Type.Boolean()),
  face,
  align: Type.Optional(
    Type.Union([Type.Literal('left'), Type.Literal('center'), Type.Literal('right'), Type.Literal('spread')]),
  ),
  valign: Type.Optional(Type.Union([Type.Literal('top'), Type.Literal('middle'), Type.Literal('bottom')])),
  leading: optionalPositive,
  wrap: Type.Optional(Type.Boolean()),
  grey: optionalNumber,
};
const lookSchema = Type.Object(look, strict);

/** x, y, width, height in millimetres from the upper left corner of the sheet. */
const place = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]);
const point = Type.Tuple([Type.Number(), Type.Number()]);

/** Boxes to tick: the one whose value the field has is ticked; field null leaves all to the pen. */
const choices = {
  field: Type.Union([Type.String(), Type.Null()]),
  options: Type.Array(Type.Object({ value: Type.String(), label: Type.String(), width: optionalPositive }, strict), {
    minItems: 1,
  }),
};

const cellSchema = Type.Object(
  {
    ...look,
    text: Type.Optional(Type.String()),
    choices: Type.Optional(Type.Object(choices, strict)),
    span: Type.Optional(Type.Integer({ minimum: 1 })),
    down: Type.Optional(Type.Integer({ minimum: 1 })),
    fill: optionalNumber,
    padding: optionalNumber,
  },
  strict,
);

const questionSchema = Type.Object(
  {
    ask: Type.String(),
    answers: Type.Array(Type.String()),
    note: Type.Optional(Type.String()),
    height: optionalPositive,
    continued: Type.Optional(Type.Boolean()),
  },
  strict,
);

const id = { id: Type.Optional(Type.String()) };

/** What may stand on a sheet, by `kind`; `id` lets a municipality's settings change or remove an element. */
export const elementSchemas = {
  text: Type.Object({ ...id, ...look, kind: Type.Literal('text'), at: place, text: Type.String() }, strict),
  line: Type.Object(
    {
      ...id,
      kind: Type.Literal('line'),
      from: point,
      to: point,
      width: optionalPositive,
      grey: optionalNumber,
      dash: Type.Optional(Type.Array(Type.Number())),
    },
    strict,
  ),
  box: Type.Object(
    { ...id, kind: Type.Literal('box'), at: place, line: optionalNumber, fill: optionalNumber, radius: optionalNumber },
    strict,
  ),
  table: Type.Object(
    {
      ...id,
      ...look,
      kind: Type.Literal('table'),
      at: point,
      columns: Type.Array(Type.Number({ exclusiveMinimum: 0 }), { minItems: 1 }),
      rows: Type.Array(
        Type.Object({ height: Type.Number({ exclusiveMinimum: 0 }), cells: Type.Array(cellSchema) }, strict),
        { minItems: 1 },
      ),
      line: optionalPositive,
      frame: optionalPositive,
    },
    strict,
  ),
  questions: Type.Object(
    {
      ...id,
      ...look,
      kind: Type.Literal('questions'),
      at: point,
      columns: Type.Tuple([Type.Number(), Type.Number(), Type.Number()]),
      headings: Type.Tuple([Type.String(), Type.String(), Type.String()]),
      headingHeight: optionalPositive,
      rowHeight: Type.Number({ exclusiveMinimum: 0 }),
      frame: optionalPositive,
      items: Type.Array(questionSchema, { minItems: 1 }),
    },
    strict,
  ),
  choices: Type.Object({ ...id, ...look, ...choices, kind: Type.Literal('choices'), at: place }, strict),
  cells: Type.Object(
    {
      ...id,
      kind: Type.Literal('cells'),
      at: place,
      count: Type.Integer({ minimum: 1 }),
      group: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    strict,
  ),
  barCode: Type.Object(
    {
      ...id,
      kind: Type.Literal('barCode'),
      at: place,
      symbology: Type.Union([
        Type.Literal('code128'),
        Type.Literal('nw7'),
        Type.Literal('qr'),
        Type.Literal('fourState'),
      ]),
      text: Type.String(),
    },
    strict,
  ),
  picture: Type.Object({ ...id, kind: Type.Literal('picture'), at: place, picture: Type.Literal('seal') }, strict),
  rows: Type.Object(
    {
      ...id,
      ...look,
      kind: Type.Literal('rows'),
      at: place,
      list: Type.String(),
      newest: Type.Optional(Type.Integer({ minimum: 1 })),
      rowHeight: Type.Number({ exclusiveMinimum: 0 }),
      columns: Type.Array(Type.Object({ ...look, width: Type.Number(), text: Type.String() }, strict), { minItems: 1 }),
      empty: Type.String(),
    },
    strict,
  ),
};

/** Who pays what: the first class whose conditions all hold is the person's. */
const copaymentClassSchema = Type.Object(
  {
    code: Type.String(),
    label: Type.String(),
    when: Type.Object(
      {
        isPublicAssistance: Type.Optional(Type.Boolean()),
        isDisabled: Type.Optional(Type.Boolean()),
        taxCategory: Type.Optional(Type.String()),
      },
      strict,
    ),
  },
  strict,
);

/** What kinds of paper there are; only a screening questionnaire and a coupon are used for a dose. */
const documentSchema = Type.Union([
  Type.Literal('screening'),
  Type.Literal('coupon'),
  Type.Literal('letter'),
  Type.Literal('label'),
  Type.Literal('list'),
  Type.Literal('handout'),
  Type.Literal('translation'),
  Type.Literal('certificate'),
]);

/** What staff types for one printing (依頼先, 期限): `${input.name}` in the texts. */
const inputSchema = Type.Object(
  { name: Type.String({ pattern: '^[A-Za-z]+$' }), label: Type.String(), isRequired: Type.Optional(Type.Boolean()) },
  strict,
);

const texts = Type.Record(Type.String(), Type.String());
const kindOnly = Type.Object({ kind: Type.String() }, { additionalProperties: true });

/** What every layout says of itself beside its elements. */
const heading = {
  title: Type.String({ minLength: 1 }),
  /** `*` where the paper serves any programme. */
  programme: Type.String({ minLength: 1 }),
  stage: Type.String({ minLength: 1 }),
  inForceFrom: Type.String(),
};
const sheet = {
  document: Type.Optional(documentSchema),
  paper: Type.Object({ widthMm: Type.Number(), heightMm: Type.Number() }, strict),
  isForGuardian: Type.Boolean(),
  hasReadings: Type.Boolean(),
  /** The letter is addressed to the householder (世帯主) where there is one, for the person. */
  isToHouseholder: Type.Optional(Type.Boolean()),
  size: Type.Number({ exclusiveMinimum: 0 }),
  /** The face of texts that name none. */
  face,
  /** The window of the envelope on the folded sheet: name, address and their bar code stand in it. */
  window: Type.Optional(place),
  /** Several people on one sheet (ラベル): columns, rows and their distances in millimetres. */
  repeat: Type.Optional(
    Type.Object(
      {
        columns: Type.Integer({ minimum: 1 }),
        rows: Type.Integer({ minimum: 1 }),
        stepX: Type.Number(),
        stepY: Type.Number(),
      },
      strict,
    ),
  ),
  /** The list that goes on over as many sheets as it needs. */
  flow: Type.Optional(Type.String()),
  inputs: Type.Optional(Type.Array(inputSchema)),
  texts: Type.Optional(texts),
  copaymentClasses: Type.Optional(Type.Array(copaymentClassSchema)),
};

/** A layout's file except its elements, which are checked one by one by their kind. */
export const layoutSchema = Type.Object(
  { ...heading, ...sheet, elements: Type.Array(kindOnly, { minItems: 1 }) },
  strict,
);

/** A sheet that layouts stand on (rules/forms/bases): everything but what it is called and serves. */
export const baseSchema = Type.Object({ ...sheet, elements: Type.Array(kindOnly, { minItems: 1 }) }, strict);

const elementChanges = Type.Record(
  Type.String(),
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: true })]),
);

/** A layout that stands on a base: what it is called and serves, and what it has otherwise. */
export const derivedSchema = Type.Object(
  {
    ...heading,
    ...Type.Partial(Type.Object(sheet)).properties,
    base: Type.String(),
    elements: Type.Optional(elementChanges),
    add: Type.Optional(Type.Array(kindOnly)),
  },
  strict,
);

/** What a municipality's own file changes of a layout: texts, copayment classes, elements by id (null removes). */
export const layoutChangesSchema = Type.Object(
  {
    title: Type.Optional(Type.String({ minLength: 1 })),
    hasReadings: Type.Optional(Type.Boolean()),
    isToHouseholder: Type.Optional(Type.Boolean()),
    window: Type.Optional(place),
    texts: Type.Optional(texts),
    copaymentClasses: Type.Optional(Type.Array(copaymentClassSchema)),
    elements: Type.Optional(elementChanges),
    add: Type.Optional(Type.Array(kindOnly)),
  },
  strict,
);

/** What the sheet takes of a municipality's own settings (`municipality.json`). */
export const officeSchema = Type.Object({
  lgCode: Type.String(),
  name: Type.String(),
  office: Type.Object({
    name: Type.String(),
    postalCode: Type.String(),
    address: Type.String(),
    phone: Type.String(),
    hours: Type.String(),
  }),
  /** 券種: the first digit of the OCR line of a 接種券, as the programme's handbook gives it. */
  coupon: Type.Optional(
    Type.Object({
      vaccinationKind: Type.String({ pattern: '^[0-9]$' }),
      interviewKind: Type.String({ pattern: '^[0-9]$' }),
    }),
  ),
});

/** How a text of a form is set. */
export type TextLook = Static<typeof lookSchema>;
/** One cell of a table. */
export type Cell = Static<typeof cellSchema>;
/** One question to the recipient. */
export type Question = Static<typeof questionSchema>;
/** A copayment class (自己負担区分). */
export type CopaymentClass = Static<typeof copaymentClassSchema>;
/** What kind of paper a layout is (書類の種類). */
export type DocumentKind = Static<typeof documentSchema>;
/** What staff types for one printing. */
export type LayoutInput = Static<typeof inputSchema>;
/** What a municipality changes of a layout. */
export type LayoutChanges = Static<typeof layoutChangesSchema>;

type Elements = { readonly [Kind in keyof typeof elementSchemas]: Static<(typeof elementSchemas)[Kind]> };
/** One element of the sheet of a known kind. */
export type ElementOf<Kind extends keyof Elements> = Elements[Kind];
/** One element of the sheet. */
export type LayoutElement = Elements[keyof Elements];
