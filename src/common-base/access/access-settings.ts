import { findIsoDay, UnreadableInput } from '#kernel';
import { mayCall } from '#platform/http';
import type { PlaceRule } from './decide-place.ts';
import { isRole, type Role } from './permission-table.ts';
import { readPlaceRules } from './read-place-rules.ts';

/** What a municipality may set for its sign-in: the file `access.json` of its settings. */
export interface AccessSettings {
  /** Minutes without use after which a session ends (離席). */
  readonly idleMinutes: number;
  /** Minutes without use after which the screen is locked and the password is asked for; the work is still there. */
  readonly lockMinutes: number;
  /** Minutes after giving the password within which dangerous acts do not ask for it again. */
  readonly freshMinutes: number;
  /** Hours after which a session ends however much it is used. */
  readonly sessionHours: number;
  /** Duties that sign in with a second factor (二要素認証); others may. */
  readonly secondFactorRoles: readonly Role[];
  /** Duties and ranks given on the web hold only after another person's approval. */
  readonly dutiesNeedApproval: boolean;
  readonly passwordLengthMin: number;
  /** Days after which a password must be changed; null where it stays until it is known to be lost. */
  readonly passwordDaysMax: number | null;
  /** The office's hours (時): use before or after them stands out in the review of the log. */
  readonly officeFromHour: number;
  readonly officeToHour: number;
  /** Days on which the office is closed beside Saturdays and Sundays (`YYYY-MM-DD`). */
  readonly closedDays: readonly string[];
  /** From how many different people a day one person's viewing stands out. */
  readonly massViewingPersons: number;
  /** 処理事由 that are offered. */
  readonly reasons: readonly string[];
  /** Words of the place that no password may lean on. */
  readonly contextWords: readonly string[];
  /** The municipality's own identity provider (OpenID Connect); null: accounts and passwords of ours only. */
  readonly openId: OpenIdSettings | null;
  /** When and from where people may work at all, and do what is dangerous; none: always and from everywhere. */
  readonly placeRules: readonly PlaceRule[];
  /** Where people are told by mail what changed in their accounts; null: on the screen alone. */
  readonly accountMail: AccountMailSettings | null;
  /** Steps of 30 s by which the clock of an authenticator app may differ: 0 holds a code for 30 s, as ASVS 6.5.5 asks. */
  readonly totpStepsAside: number;
}

/** Addresses of mails about accounts. */
export interface AccountMailSettings {
  /** `{account}@city.example.lg.jp`: the account's name is put in; or one mailbox that somebody watches. */
  readonly to: string;
  readonly from: string;
}

/** Where staff sign in with the municipality's own means. */
export interface OpenIdSettings {
  /** The provider's address, as it names itself. */
  readonly issuer: string;
  readonly clientId: string;
  /** The claim that holds our account name. */
  readonly accountClaim: string;
  /** Methods (amr, RFC 8176) that count as the second factor; with others ours is asked for. */
  readonly secondFactorMethods: readonly string[];
}

/** What holds where a municipality sets nothing. */
export const defaultAccessSettings: AccessSettings = {
  idleMinutes: 30,
  lockMinutes: 15,
  freshMinutes: 10,
  sessionHours: 10,
  secondFactorRoles: ['clerk', 'chief', 'administrator', 'auditor', 'vendor', 'clinician'],
  dutiesNeedApproval: true,
  passwordLengthMin: 12,
  officeFromHour: 7,
  officeToHour: 21,
  closedDays: [],
  massViewingPersons: 100,
  passwordDaysMax: null,
  reasons: [
    '窓口での相談・申請の対応',
    '電話での問い合わせの対応',
    '接種記録の登録・訂正',
    '受付した接種記録の確認',
    '予診票・通知の発行',
    '医療機関からの照会の対応',
    '統計・報告の作成',
  ],
  contextWords: [],
  openId: null,
  placeRules: [],
  accountMail: null,
  totpStepsAside: 0,
};

/** Reads `access.json`; what is missing takes the usual value, what cannot hold is refused with its name. */
export function parseAccessSettings(text: string | undefined): AccessSettings {
  if (text === undefined) return defaultAccessSettings;
  const given = parseObject(text);
  const usual = defaultAccessSettings;
  return {
    idleMinutes: integer(given, 'idleMinutes', usual.idleMinutes, 5, 240),
    lockMinutes: integer(given, 'lockMinutes', usual.lockMinutes, 1, 240),
    freshMinutes: integer(given, 'freshMinutes', usual.freshMinutes, 1, 60),
    sessionHours: integer(given, 'sessionHours', usual.sessionHours, 1, 24),
    dutiesNeedApproval: yesOrNo(given, 'dutiesNeedApproval', usual.dutiesNeedApproval),
    secondFactorRoles: roles(given, 'secondFactorRoles', usual.secondFactorRoles),
    passwordLengthMin: integer(given, 'passwordLengthMin', usual.passwordLengthMin, 12, 64),
    passwordDaysMax:
      given['passwordDaysMax'] === null || given['passwordDaysMax'] === undefined
        ? null
        : integer(given, 'passwordDaysMax', 365, 30, 3650),
    officeFromHour: integer(given, 'officeFromHour', usual.officeFromHour, 0, 23),
    officeToHour: integer(given, 'officeToHour', usual.officeToHour, 1, 24),
    closedDays: days(given, 'closedDays', usual.closedDays),
    massViewingPersons: integer(given, 'massViewingPersons', usual.massViewingPersons, 1, 10_000),
    reasons: texts(given, 'reasons', usual.reasons),
    contextWords: texts(given, 'contextWords', usual.contextWords),
    openId: openId(given['openId']),
    placeRules: readPlaceRules(given['placeRules']),
    accountMail: accountMail(given['accountMail']),
    totpStepsAside: integer(given, 'totpStepsAside', usual.totpStepsAside, 0, 1),
  };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableInput('設定 access.json がJSONとして読めません。書き方を確かめてください。');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UnreadableInput('設定 access.json の一番外側は { } にしてください。');
  }
  return value as Record<string, unknown>;
}

function integer(given: Record<string, unknown>, name: string, usual: number, min: number, max: number): number {
  const value = given[name] ?? usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UnreadableInput(`設定 access.json の ${name} は、${min}から${max}までの整数にしてください。`);
}

function openId(value: unknown): OpenIdSettings | null {
  if (value === undefined || value === null) return null;
  const given = typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  const { issuer, clientId, accountClaim = 'preferred_username' } = given;
  const url = typeof issuer === 'string' ? URL.parse(issuer) : null;
  if (
    typeof issuer !== 'string' ||
    url === null ||
    !mayCall(url) ||
    typeof clientId !== 'string' ||
    clientId === '' ||
    typeof accountClaim !== 'string'
  ) {
    throw new UnreadableInput(
      '設定 access.json の openId には、issuer（https:// で始まるアドレス）と clientId を書いてください。',
    );
  }
  return { issuer, clientId, accountClaim, secondFactorMethods: texts(given, 'secondFactorMethods', ['mfa', 'hwk']) };
}

function accountMail(value: unknown): AccountMailSettings | null {
  if (value === undefined || value === null) return null;
  const { to, from } = typeof value === 'object' ? (value as Record<string, unknown>) : {};
  const isAddress = (text: unknown): text is string =>
    typeof text === 'string' && /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/u.test(text.replace('{account}', 'a'));
  if (isAddress(to) && isAddress(from) && !from.includes('{')) return { to, from };
  throw new UnreadableInput(
    '設定 access.json の accountMail には、to（{account}@city.example.lg.jp など）と from のメールアドレスを書いてください。',
  );
}

function yesOrNo(given: Record<string, unknown>, name: string, usual: boolean): boolean {
  const value = given[name] ?? usual;
  if (typeof value === 'boolean') return value;
  throw new UnreadableInput(`設定 access.json の ${name} は、true か false にしてください。`);
}

function texts(given: Record<string, unknown>, name: string, usual: readonly string[]): readonly string[] {
  const value = given[name] ?? usual;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return value as string[];
  throw new UnreadableInput(`設定 access.json の ${name} は、空でない文字列の並びにしてください。`);
}

function roles(given: Record<string, unknown>, name: string, usual: readonly Role[]): readonly Role[] {
  const value = given[name] ?? usual;
  if (Array.isArray(value)) {
    const known = value.filter((item): item is Role => typeof item === 'string' && isRole(item));
    if (known.length === value.length) return known;
  }
  throw new UnreadableInput(
    `設定 access.json の ${name} は、役割の名(clerk・chief・administrator・auditor・clinician)の並びにしてください。`,
  );
}

function days(given: Record<string, unknown>, name: string, usual: readonly string[]): readonly string[] {
  const value = texts(given, name, usual);
  if (value.every((day) => findIsoDay(day) !== undefined)) return value;
  throw new UnreadableInput(`設定 access.json の ${name} は、実在する日(2026-12-29 の形)の並びにしてください。`);
}
