import { type AnnotationKind, findAnnotationKind } from '#addressees/persons';
import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What a municipality may set for what staff adds to the register: the file `registration.json` of its settings. */
export interface RegistrationSettings {
  /** Linking and parting of records wait for another person's approval. */
  readonly linksNeedApproval: boolean;
  /** 宛名番号 that the office gives to 住登外者 begin with these digits … */
  readonly nonRegisteredPrefix: string;
  /** … and have so many in all. */
  readonly nonRegisteredDigits: number;
  /** Kinds of 付記 that the municipality's 評価書 does not declare: they cannot be added (CB-15). */
  readonly withoutAnnotations: readonly AnnotationKind[];
  /** After so many months the accuracy and freshness of the register is to be checked again. */
  readonly accuracyMonths: number;
}

const usual: RegistrationSettings = {
  linksNeedApproval: true,
  nonRegisteredPrefix: '9',
  nonRegisteredDigits: 10,
  withoutAnnotations: [],
  accuracyMonths: 12,
};

/** The settings in force; what the file leaves out is as usual, an unknown name or value is refused with its place. */
export async function loadRegistrationSettings(tx: Tx): Promise<RegistrationSettings> {
  return parseRegistrationSettings(await findSettings(tx, 'registration.json'));
}

/** Reads the file; pure. */
export function parseRegistrationSettings(text: string | undefined): RegistrationSettings {
  if (text === undefined) return usual;
  const given = parseObject(text);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(usual, name));
  if (unknown !== undefined)
    throw refusal(`「${unknown}」という項目はありません。書きまちがいがないか確かめてください。`);
  const settings = { ...usual, ...given };
  if (typeof settings.linksNeedApproval !== 'boolean')
    throw refusal('linksNeedApproval は true か false にしてください。');
  if (typeof settings.nonRegisteredPrefix !== 'string' || !/^\d{1,5}$/u.test(settings.nonRegisteredPrefix)) {
    throw refusal('nonRegisteredPrefix は、1〜5桁の数字の文字列にしてください。');
  }
  const without: unknown = settings.withoutAnnotations;
  if (!Array.isArray(without) || without.some((kind) => findAnnotationKind(String(kind)) === undefined)) {
    throw refusal('withoutAnnotations は、付記の種別の符号の並びにしてください。');
  }
  requireWhole(settings.nonRegisteredDigits, 'nonRegisteredDigits', 6, 15);
  requireWhole(settings.accuracyMonths, 'accuracyMonths', 1, 60);
  return settings;
}

function parseObject(text: string): Partial<RegistrationSettings> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnreadableInput('設定 registration.json がJSONとして読めません。書き方を確かめてください。', {
      cause: error,
    });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw refusal('一番外側は { } にしてください。');
  }
  return value;
}

function requireWhole(value: number, name: string, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw refusal(`${name} は、${min}から${max}までの整数にしてください。`);
}

function refusal(sentence: string): UnreadableInput {
  return new UnreadableInput(`設定 registration.json: ${sentence}`);
}
