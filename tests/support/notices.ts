import { fileURLToPath } from 'node:url';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { openNoticeLibrary } from '#ledger/notices';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';
import type { TestResident } from './addressees.ts';

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The rules, forms and fonts of the release, as the worker opens them. */
export async function openTestLibrary() {
  const rules = parseRules(await readRulesFolder(folder('rules')));
  return openNoticeLibrary({ rules, formsFolder: folder('rules/forms') });
}

/** A resident born in 1954 who is called for the influenza of winter 2026, each in an own household. */
export function olderResident(n: number, more: Partial<TestResident> = {}): TestResident {
  return {
    整理番号: String(n).padStart(10, '0'),
    氏名漢字: `若葉　試験${n}`,
    世帯番号: String(n).padStart(9, '0'),
    ...more,
  };
}

/** The texts that stand on the pages of a PDF file, without white space, one string per page. */
export async function textsOfPages(pdf: Uint8Array): Promise<string[]> {
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const document = await task.promise;
  const pages: string[] = [];
  for (let i = 1; i <= document.numPages; i += 1) {
    const { items } = await (await document.getPage(i)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str.replaceAll(/\s/gu, '') : '')).join(''));
  }
  await task.destroy();
  return pages;
}
