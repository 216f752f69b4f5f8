import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

const schema = Type.Object(
  {
    correctionsNeedApproval: Type.Optional(Type.Boolean()),
    claimLateAfterMonths: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
    doseVolumeIsAsked: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** What a municipality may set for its ledger: the file `ledger.json` of its settings. */
export interface LedgerSettings {
  /** A correction or retraction on a screen holds only after another person's approval (二人確認). */
  readonly correctionsNeedApproval: boolean;
  /** So many months after the month of the dose a claim is late and asked about; null: never. */
  readonly claimLateAfterMonths: number | null;
  /** A volume that differs from the table is a question to a person; else it is noted. */
  readonly doseVolumeIsAsked: boolean;
}

/** Reads `ledger.json`; without it one person corrects alone. */
export async function loadLedgerSettings(tx: Tx): Promise<LedgerSettings> {
  return parseLedgerSettings(await findSettings(tx, 'ledger.json'));
}

/** The settings of a text; what cannot be read is refused with the name of the file. */
function parseLedgerSettings(text: string | undefined): LedgerSettings {
  const value = text === undefined ? {} : readJson(text);
  if (!Value.Check(schema, value)) {
    const fault = Value.Errors(schema, value).at(0);
    throw new UnreadableInput(`ledger.json の ${fault?.instancePath ?? ''} が正しくありません。`);
  }
  const given: Static<typeof schema> = value;
  return {
    correctionsNeedApproval: given.correctionsNeedApproval ?? false,
    claimLateAfterMonths: given.claimLateAfterMonths ?? null,
    doseVolumeIsAsked: given.doseVolumeIsAsked ?? false,
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableInput('ledger.json は JSON として読めません。設定フォルダーのファイルを確かめてください。');
  }
}
