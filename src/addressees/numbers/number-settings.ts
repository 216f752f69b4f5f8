import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What a municipality may set for individual numbers: the file `numbers.json` of its settings. */
export interface NumberSettings {
  /** 利用目的 for which a number may be looked at, in the words of the office, by their codes. */
  readonly purposes: Readonly<Record<string, string>>;
}

const usual: NumberSettings = {
  purposes: {
    identityCheck: '本人確認（番号確認書類との照合）',
    informationInquiry: '情報提供ネットワークシステムでの照会',
    feedDifference: '番号連携の差異の調査',
    disclosureRequest: '本人からの開示請求',
  },
};

/** The settings in force. */
export async function loadNumberSettings(tx: Tx): Promise<NumberSettings> {
  return parseNumberSettings(await findSettings(tx, 'numbers.json'));
}

/** Reads the file; what is missing is as usual, what cannot hold is refused with its place. Pure. */
export function parseNumberSettings(text: string | undefined): NumberSettings {
  if (text === undefined) return usual;
  const given = parseJson(text);
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw refusal('一番外側は { } にしてください。');
  const unknown = Object.keys(given).find((name) => name !== 'purposes');
  if (unknown !== undefined) throw refusal(`「${unknown}」という項目はありません。`);
  const purposes: unknown = 'purposes' in given ? given.purposes : usual.purposes;
  if (!arePurposes(purposes)) {
    throw refusal('purposes は、英字の符号と言葉の組を一つ以上、{ "符号": "言葉" } の形で書いてください。');
  }
  return { purposes };
}

function arePurposes(value: unknown): value is Readonly<Record<string, string>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length > 0 &&
    entries.every(([code, words]) => /^[a-z][a-zA-Z]{1,40}$/u.test(code) && typeof words === 'string' && words !== '')
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableInput('設定 numbers.json がJSONとして読めません。書き方を確かめてください。', { cause: error });
  }
}

function refusal(sentence: string): UnreadableInput {
  return new UnreadableInput(`設定 numbers.json: ${sentence}`);
}
