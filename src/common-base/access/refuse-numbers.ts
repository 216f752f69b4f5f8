import { hasIndividualNumber, hasWrittenIndividualNumber, UnreadableInput } from '#kernel';
import type { FormFields } from '#platform/http';

/** Fields that are made for a 個人番号 or for what scanners read, and those that are never kept nor shown. */
const mayHold = /^(?:individualNumber|csrfToken|barcode$|formNumber$|.*[pP]assword)/u;

/** Fields of names and words: no number of any kind belongs into them, so that digits alone are looked at too. */
const ofWords =
  /(?:name|kana|label|title|department|address|building|purpose|content|description|grounds|cause|result|recipient|sender|source|owner|measures|nationality|instruction|reason|note|remark)$/iu;

/**
 * Refuses a form whose words carry a 個人番号: reasons, remarks and names are kept and shown where no number may stand.
 * Elsewhere a value of digits alone passes, since numbers of other kinds look alike; what may be one is the field's matter.
 */
export function refuseNumbersInWords(body: FormFields): void {
  const found = body
    .names()
    .filter((name) => !mayHold.test(name))
    .some((name) => body.list(name).some((text) => carriesNumber(name, text)));
  if (!found) return;
  throw new UnreadableInput(
    '入力に個人番号らしい12桁の数字があるため、受け付けませんでした。前の画面に戻り、番号を消して、もう一度送ってください。個人番号は、専用の欄のほかには書けません。',
  );
}

function carriesNumber(field: string, text: string): boolean {
  if (ofWords.test(field) && hasWrittenIndividualNumber(text)) return true;
  return /[^\d\s-]/u.test(text) && hasIndividualNumber(text);
}
