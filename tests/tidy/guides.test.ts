import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { defaultAccessSettings } from '#common-base/access';
import { recordItems } from '#ledger/vaccinations';

const root = join(import.meta.dirname, '../..');
const guides = join(root, 'docs/guides');
const settings = join(root, 'settings');
const pages = readdirSync(guides).filter((name) => name.endsWith('.md'));
const settingsGuide = readFileSync(join(guides, 'settings.md'), 'utf8');
const municipalities = readdirSync(settings);

/** Every key of a JSON object as a path (`office.phone`). */
function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [prefix];
  return Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, prefix === '' ? key : `${prefix}.${key}`));
}

test('手引きの目次は、どの手引きも一度だけ挙げる', () => {
  const contents = readFileSync(join(guides, 'README.md'), 'utf8');
  const linked = Array.from(contents.matchAll(/\]\(([^)]+\.md)\)/gu), ([, name = '']) => name);
  assert.deepEqual(linked.toSorted(), pages.filter((name) => name !== 'README.md').toSorted());
});

test('手引きの中のリンクの先は、どれもある', () => {
  for (const page of pages) {
    const text = readFileSync(join(guides, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/gu)) {
      assert.ok(existsSync(resolve(dirname(join(guides, page)), target)), `${page}: ${target}`);
    }
  }
});

test('設定の手引きは、設定フォルダーにあるファイルの種類をすべて挙げる', () => {
  for (const municipality of municipalities) {
    const files = readdirSync(join(settings, municipality), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name).slice(join(settings, municipality).length + 1);
      const kind = path.replace(/^(codes|layouts|forms|demo)\/.*(\.\w+)$/u, '$1/*$2');
      assert.ok(settingsGuide.includes(`| \`${kind}\` |`), `settings/${municipality}/${path}`);
    }
  }
});

test('設定の手引きは、municipality.json と access.json の項目をすべて挙げる', () => {
  for (const municipality of municipalities) {
    const text = readFileSync(join(settings, municipality, 'municipality.json'), 'utf8');
    for (const path of pathsOf(JSON.parse(text))) {
      assert.ok(settingsGuide.includes(`| \`${path}\` |`), `${municipality}: ${path}`);
    }
  }
  for (const [key, value] of Object.entries(defaultAccessSettings)) {
    const row = settingsGuide.split('\n').find((line) => line.startsWith(`| \`${key}\` |`)) ?? '';
    const standard = Array.isArray(value) ? (value.length === 0 ? 'なし' : `${value.length}件`) : String(value);
    assert.ok(row.replaceAll('`', '').endsWith(`| ${standard} |`), `${key}: ${standard}`);
  }
});

test('設定の手引きは、表のファイルの列をすべて挙げる', () => {
  for (const municipality of municipalities) {
    for (const name of ['seasons.csv', 'vaccine-codes.csv', 'manufacturers.csv']) {
      const [header = ''] = readFileSync(join(settings, municipality, name), 'utf8').split(/\r?\n/u);
      const [, section = ''] = settingsGuide.split(`\n## ${name}\n`);
      const [own = ''] = section.split('\n## ');
      for (const column of header.split(',')) assert.ok(own.includes(`\`${column}\``), `${name}: ${column}`);
    }
  }
});

test('並びの手引きは、接種の記録の項目をすべて挙げる', () => {
  const guide = readFileSync(join(guides, 'add-a-layout.md'), 'utf8');
  for (const { key } of recordItems) assert.ok(guide.includes(`\`${key}\``), key);
});
