import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTextFolder } from '#platform/files';

/** Everything below this line of docs/translations-to-check.md is made from the translations. */
const mark = '<!-- 以下は rules/forms/translations から作られます: node tools/list-translations-to-check.ts -->';
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/translations-to-check.md');

interface LanguageFile {
  readonly language: string;
  readonly name: string;
  readonly ownName: string;
  readonly checkedBy: string | null;
  readonly checkedOn: string | null;
  readonly words: Readonly<Record<string, string>>;
  readonly sentences: Readonly<Record<string, string>>;
}

/** The page with its tables made anew: every translated sentence beside the Japanese one, for a person to compare. */
export async function renderTranslationsToCheck(): Promise<string> {
  const [head = ''] = readFileSync(page, 'utf8').split(mark);
  const files = await readTextFolder(join(root, 'rules/forms/translations'), (path) => path.endsWith('.json'));
  const tables = [...files].map(([, text]) => tableOf(JSON.parse(text) as LanguageFile));
  return `${head}${mark}\n\n${tables.join('\n')}`;
}

function tableOf({ name, ownName, checkedBy, checkedOn, words, sentences }: LanguageFile): string {
  const state = checkedOn === null ? '確認はまだ' : `${checkedOn} ${checkedBy ?? ''} が確認`;
  const rows = [...Object.entries(sentences), ...Object.entries(words).map(([key, text]) => [`（${key}）`, text])];
  const cells = rows.map((row) => `| ${row.map((cell) => cell.replaceAll('\n', ' ').trim()).join(' | ')} |`);
  return [`## ${name} ${ownName}: ${state}（${rows.length}文）`, '', '| 日本語 | 訳 |', '|---|---|', ...cells, ''].join(
    '\n',
  );
}

/** The page as it stands in the checkout. */
export function readTranslationsToCheck(): string {
  return readFileSync(page, 'utf8');
}

if (import.meta.main) writeFileSync(page, await renderTranslationsToCheck());
