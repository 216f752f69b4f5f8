import { type Finding, finding } from '#kernel';
import type { TextIssue } from '#platform/pdf';

/**
 * What a person should look at on a page, once per character: no text of the page itself, which holds names, is
 * kept, only the character and its code point.
 */
export function findingsOfIssues(issues: readonly TextIssue[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const issue of issues) {
    const made = findingOf(issue);
    found.set(`${made.code} ${Object.values(made.params).join(' ')}`, made);
  }
  return [...found.values()];
}

function findingOf(issue: TextIssue): Finding {
  if (issue.kind === 'textTooLong') return finding('printedTextTooLong', 'question', null, { sizePt: issue.sizePt });
  const code = issue.kind === 'characterMissing' ? 'printedCharacterMissing' : 'printedVariantReplaced';
  const codePoints = Array.from(issue.character, (c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()}`);
  return finding(code, 'question', null, { character: issue.character, codePoint: codePoints.join(' ') });
}
