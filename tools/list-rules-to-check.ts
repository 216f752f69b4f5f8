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
  const volumes = listVolumes(files.get('dose-volumes.csv') ?? '');
  return `${head}${mark}\n\n${[title, '', ...header, ...rows, '', ...volumes].join('\n')}\n`;
}

/** Each volume with where it was read: none of them was held against the ordinance itself or an insert. */
function listVolumes(text: string): readonly string[] {
  const rows = parseCsvTable(text).map(({ values: row }) => {
    const ages = [row['age_from'] && `${row['age_from']}歳以上`, row['age_below'] && `${row['age_below']}歳未満`];
    const about = [row['product'], row['stage'], ages.filter(Boolean).join('')].filter(Boolean).join(' / ');
    const days = `${row['vaccinated_from'] ?? ''}〜${row['vaccinated_to'] ?? ''}`;
    return `| ${[about, `${row['volume_ml']}mL`, days, row['basis'], row['note']].join(' | ')} |`;
  });
  const header = [
    '| 製品 | 一回の量 | 有効な期間(接種日) | 根拠とされる条文 | 読んだところ |',
    '|---|---|---|---|---|',
  ];
  return [`## 写しで読んだ接種量(${rows.length}行)`, '', ...header, ...rows];
}

/** The page as it stands in the checkout. */
export function readRulesToCheck(): string {
  return readFileSync(page, 'utf8');
}

if (import.meta.main) writeFileSync(page, await renderRulesToCheck());
