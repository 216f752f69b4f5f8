import { noteNumbers } from './number-watch.ts';

/**
 * Individual numbers whose check digits were computed by hand from 総務省令第85号第5条: for eleven equal digits d the sum is
 * 47 d, as the weights 6 5 4 3 2 7 6 5 4 3 2 add up to 47. 47 mod 11 = 3 → 8; 94 → 6 → 5; 141 → 9 → 2; 188 → 1 → 0;
 * 235 → 4 → 7; 282 → 7 → 4; 329 → 10 → 1; 376 → 2 → 9.
 */
export const handMadeNumbers = [
  '111111111118',
  '222222222225',
  '333333333332',
  '444444444440',
  '555555555557',
  '666666666664',
  '777777777771',
  '888888888889',
] as const;

noteNumbers(handMadeNumbers);
