import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LgCode } from '#kernel';
import { bytesSource } from './feed-source.ts';
import { layoutSchema } from './layout-schema.ts';
import { parseLayout } from './parse-layout.ts';
import { readFeed } from './read-feed.ts';

const guide = readFileSync(new URL('../../../docs/guides/add-a-layout.md', import.meta.url), 'utf8');

function blockOf(language: string): string {
  const [, block = ''] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'mu').exec(guide) ?? [];
  assert.notEqual(block, '', `the guide has a block of ${language}`);
  return block;
}

test('手引きの並びの例は、そのまま読める並びで、手引きの例のファイルを読む', async () => {
  const layout = parseLayout(blockOf('json'), 'clinic-records-kenko');
  const source = bytesSource('例.tsv', Buffer.from(blockOf('tsv')));
  const rows = (await Array.fromAsync(readFeed(source, layout, { lgCode: '134996' as LgCode }))).flat();
  assert.deepEqual(
    rows.map(({ findings }) => findings),
    [[], []],
  );
  const [first, second] = rows.map(({ fields }) => fields);
  // 令和8年 is 2026, 昭和19年 is 1944; 50 without a point is 0.50 mL.
  assert.deepEqual(first, {
    ...{ senderLine: '1', lgCode: '134996', addresseeNumber: '0000000021', kana: 'ワカバ　ハルト' },
    ...{ birthDate: '2026-05-10', sex: 'male', vaccineCode: '24', doseNumber: '1', vaccinatedOn: '2026-10-03' },
    ...{ outcome: 'administered', manufacturerCode: null, lotNumber: 'AB123', doseVolumeMl: '0.50' },
    ...{ institutionCode: '0110113719', administeringPhysician: '若葉　一郎' },
  });
  assert.equal(second?.['birthDate'], '1944-02-09');
  assert.equal(second['lotNumber'], null);
  assert.equal(second['outcome'], 'screeningOnly');
});

test('手引きは、並びの項目、列の項目、読み方、日付の書き方をすべて説明する', () => {
  const { properties } = layoutSchema;
  const column = properties.columns.items.properties;
  const named = [...Object.keys(properties), ...Object.keys(column), ...column.type.enum, ...column.forms.items.enum];
  assert.deepEqual(
    named.filter((name) => !guide.includes(`\`${name}\``)),
    [],
  );
});
