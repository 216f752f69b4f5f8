import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsvTable } from '#formats';
import { readRulesFolder } from '#platform/files';

/** Everything below this line of docs/rules-to-check.md is made from the rows. */
const mark = '<!-- 以下は rules/ の行から作られます: node tools/list-rules-to-check.ts -->';
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/rules-to-check.md');
const names: Readonly<Record<string, string>> = { 'M-h': '高', 'M-m': '中', 'M-l': '低' };

/** The page with its table made anew from the rows of `rules/` that rest on memory or ask to be checked. */
export async function renderRulesToCheck(): Promise<string> {
  const [head = ''] = readFileSync(page, 'utf8').split(mark);
  const files = await readRulesFolder(join(root, 'rules'));
  const rows = [...files].flatMap(([file, text]) =>
    parseCsvTable(text)
      .filter(({ values }) => (values['certainty'] ?? '').startsWith('M') || /要確認|記憶/u.test(values['note'] ?? ''))
      .map(({ values }) => {
        const name = [values['id'], values['programme'], values['branch'] ?? values['product']].filter(Boolean);
        const days = `${values['vaccinated_from'] ?? ''}〜${values['vaccinated_to'] ?? ''}`;
        const certainty = names[values['certainty'] ?? ''] ?? values['certainty'] ?? '';
        const about = [file.replace(/\.csv$/u, ''), name.join(' / '), days, certainty];
        return `| ${[...about, values['basis'], values['note'] ?? ''].join(' | ')} |`;
      }),
  );
  const title = `## 記憶による行(${rows.length}行)`;
  const header = ['| 表 | 行 | 有効な期間(接種日) | 確かさ | 根拠とされる条文 | 注意 |', '|---|---|---|---|---|---|'];
  return `${head}${mark}\n\n${[title, '', ...header, ...rows].join('\n')}\n`;
}

/** The page as it stands in the checkout. */
export function readRulesToCheck(): string {
  return readFileSync(page, 'utf8');
}

if (import.meta.main) writeFileSync(page, await renderRulesToCheck());
