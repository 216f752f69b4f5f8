import { Type } from 'typebox';

/** The version of this pair's messages; a receiver refuses every other. */
export const numbersIntermediateVersion = 1;

/** Where the intermediate server lets itself be called (既存システム接続機能). */
export const numbersIntermediatePath = '/exchange/numbers-intermediate';

/** Whatever a schema does not name is refused. */
export const closed = { additionalProperties: false } as const;

/** 全国地方公共団体コード. */
export const lgCode = Type.String({ pattern: '^\\d{6}$' });
/** Drawn by chance by whoever begins; the same one again is the same thing again. */
export const reference = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
/** 団体内統合宛名番号. */
export const integratedNumber = Type.String({ pattern: '^\\d{15}$' });
/** 処理通番, given by the intermediate server: letters and digits. */
export const processingNumber = Type.String({ pattern: '^[A-Z][A-Z0-9]{7,39}$' });
/** SHA-256 of a letter's bytes in UTF-8. */
export const letterDigest = Type.String({ pattern: '^[0-9a-f]{64}$' });
/**
 * 照会内容 or 提供内容 as its writer made it: a text that whoever carries it neither reads nor writes anew. What stands in
 * it is agreed between the two municipalities (`between-municipalities/`).
 */
export const letter = Type.String({ minLength: 2, maxLength: 1_000_000 });

/** The frame of every message. */
export const frame = { version: Type.Literal(numbersIntermediateVersion), lgCode } as const;
