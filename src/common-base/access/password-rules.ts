import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { type Decision, decide, type Finding, finding } from '#kernel';
import type { BreachedPasswords } from './breached-passwords.ts';

/** What is known of a new password and of the person whose it shall be. */
export interface PasswordCase {
  /** As typed, code point by code point. */
  readonly password: string;
  readonly accountName: string;
  readonly displayName: string;
  /** The password in use, where the person has just typed it. */
  readonly currentPassword: string | null;
  /** Words of the place: the municipality, the product. */
  readonly contextWords: readonly string[];
  readonly lengthMin: number;
  /** The operator's own list of breached passwords, beside the common ones that come along; left out: none. */
  readonly isBreached?: BreachedPasswords | undefined;
}

/** Longer ones only cost time to hash. */
const lengthMax = 256;
/** Shared beginnings or small changes: a new password keeps at most this share of the old one. */
const similarityMax = 0.6;

let strength: Promise<ZxcvbnFactory> | undefined;

/** Loaded and built when the first password is chosen: its lists take longer than the rest of a program's beginning. */
async function openStrength(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, japanese] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-ja'),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...japanese.dictionary },
    graphs: common.adjacencyGraphs,
  });
}

/**
 * Whether a password may be used. Any characters are welcome; refused are short ones, those on lists of leaked
 * passwords or easy to guess, and those like the account, the person's name or the password before.
 */
export async function decidePassword(subject: PasswordCase): Promise<Decision<string>> {
  const findings: Finding[] = [];
  const { password } = subject;
  const length = [...password].length;
  const { lengthMin } = subject;
  if (length < lengthMin) findings.push(finding('passwordTooShort', 'refuse', 'newPassword', { lengthMin }));
  else if (length > lengthMax) findings.push(finding('passwordTooLong', 'refuse', 'newPassword', { lengthMax }));
  else {
    if (await isGuessable(subject)) findings.push(finding('passwordGuessable', 'refuse', 'newPassword'));
    if (await subject.isBreached?.(password)) findings.push(finding('passwordBreached', 'refuse', 'newPassword'));
    if (isLikeAccount(subject)) findings.push(finding('passwordLikeAccount', 'refuse', 'newPassword'));
    if (subject.currentPassword !== null && similarity(password, subject.currentPassword) > similarityMax) {
      findings.push(finding('passwordLikeCurrent', 'refuse', 'newPassword'));
    }
  }
  return decide(findings, password);
}

async function isGuessable({ password, accountName, displayName, contextWords }: PasswordCase): Promise<boolean> {
  const own = [accountName, displayName, ...displayName.split(/\s+/u), ...contextWords, 'sesshu', '予防接種'];
  // The estimate looks at the first hundred characters: more would only make it slow.
  strength ??= openStrength();
  return (await strength).check([...password].slice(0, 100).join(''), own).score < 3;
}

function isLikeAccount({ password, accountName, displayName }: PasswordCase): boolean {
  const folded = fold(password);
  const names = [accountName, ...displayName.split(/\s+/u)].map(fold).filter((name) => name.length >= 3);
  return names.some((name) => folded.includes(name) || similarity(folded, name) > similarityMax);
}

/** 1 for the same text, 0 for nothing in common: by the edits that lead from one to the other. */
export function similarity(a: string, b: string): number {
  const [left, right] = [[...fold(a)].slice(0, lengthMax), [...fold(b)].slice(0, lengthMax)];
  const longer = Math.max(left.length, right.length);
  return longer === 0 ? 1 : 1 - editDistance(left, right) / longer;
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, x] of a.entries()) {
    const row = [i + 1];
    for (const [j, y] of b.entries()) {
      const replaced = (before[j] ?? 0) + (x === y ? 0 : 1);
      row.push(Math.min(replaced, (before[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    before = row;
  }
  return before.at(-1) ?? 0;
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
