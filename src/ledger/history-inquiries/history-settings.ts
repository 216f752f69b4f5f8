import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

const schema = Type.Object(
  {
    isAutomatic: Type.Optional(Type.Boolean()),
    daysBack: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
    youngerThan: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 150 }), Type.Null()])),
  },
  { additionalProperties: false },
);

/** What a municipality may set for 転入者の接種歴照会: the file `history-inquiries.json` of its settings. */
export interface HistorySettings {
  /** Inquiries go out by themselves; else a superior releases them. */
  readonly isAutomatic: boolean;
  /** Days since the move-in after which nobody is asked about any more. */
  readonly daysBack: number;
  /** Only people younger than that many years; null: everybody. */
  readonly youngerThan: number | null;
}

/** Reads the file; without it a superior releases inquiries about everybody who moved in within 60 days. */
export async function loadHistorySettings(tx: Tx): Promise<HistorySettings> {
  return parseHistorySettings(await findSettings(tx, 'history-inquiries.json'));
}

/** The settings of a text; what cannot be read is refused with the name of the file. Pure. */
export function parseHistorySettings(text: string | undefined): HistorySettings {
  const value = text === undefined ? {} : readJson(text);
  if (!Value.Check(schema, value)) {
    const fault = Value.Errors(schema, value).at(0);
    throw new UnreadableInput(`history-inquiries.json の ${fault?.instancePath ?? ''} が正しくありません。`);
  }
  const given: Static<typeof schema> = value;
  const { isAutomatic = false, daysBack = 60, youngerThan = null } = given;
  return { isAutomatic, daysBack, youngerThan };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableInput('history-inquiries.json は JSON として読めません。', { cause: error });
  }
}
