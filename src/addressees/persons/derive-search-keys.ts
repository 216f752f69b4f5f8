import { addressKey, buildingKey, phoneKey } from './address-key.ts';
import { foldName } from './fold-name.ts';
import { normalizeKana } from './normalize-kana.ts';
import { personTokens } from './search-tokens.ts';
import type { ResidentRow } from './types.ts';

/** Whose keys are made: the municipality's code and name. */
export interface KeyContext {
  readonly lgCode: string;
  readonly municipalityName: string;
}

/** Everything under which a person is found; compared, never shown. */
export interface SearchKeys {
  readonly kanaKey: string;
  readonly nameKey: string;
  readonly addressKey: string | null;
  readonly buildingKey: string | null;
  /** Digits, last first: who is asked for by the end of the number is found by a range. */
  readonly phoneKey: string | null;
  /** All written and phonetic names, normalised and joined by |. */
  readonly searchKeys: string;
  readonly searchTokens: readonly number[];
}

/** The search keys (検索キー) of what the register says about a person. */
export function deriveSearchKeys(row: ResidentRow, context: KeyContext): SearchKeys {
  const written = [row.name, row.foreignName, row.commonName, row.formerFamilyName].filter((name) => name !== null);
  const kana = [row.kana, row.foreignKana].filter((name) => name !== null);
  const keys = new Set([...written.map(foldName), ...kana.map(normalizeKana)]);
  return {
    kanaKey: normalizeKana(row.kana),
    nameKey: foldName(row.name),
    addressKey: row.address === null ? null : addressKey(row.address, context.municipalityName),
    buildingKey: row.building === null ? null : buildingKey(row.building),
    phoneKey: row.phone === null ? null : backwards(phoneKey(row.phone)) || null,
    searchKeys: [...keys].join('|'),
    searchTokens: personTokens(context.lgCode, { written, kana }),
  };
}

function backwards(digits: string): string {
  return [...digits].reverse().join('');
}
