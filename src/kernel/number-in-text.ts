import { UnreadableInput } from './errors.ts';

const gap = '[\\s\\-‐-―−ー・.]';
/** Twelve digits as an individual number is written: together, or in three groups of four. */
const twelveDigits = new RegExp(
  `(?<!\\d)\\d{12}(?!\\d)|(?<!\\d${gap}?)\\d{4}${gap}\\d{4}${gap}\\d{4}(?!${gap}?\\d)`,
  'u',
);

/**
 * Refuses twelve digits in a text that is kept as somebody wrote it (処理事由, 理由): they may be an individual number
 * (個人番号), which no log and no record holds. A wrong one is refused as well: it is a mistyped right one.
 */
export function refuseNumberInText(text: string): void {
  if (!twelveDigits.test(text.normalize('NFKC'))) return;
  throw new UnreadableInput(
    '理由の文に12けたの番号があります。個人番号のおそれがあるため残せません。番号は書かないで、業務の内容だけを書いてください。',
  );
}
