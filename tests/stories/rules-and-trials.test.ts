import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { withMunicipality } from '#platform/postgres';
import { browserMissing, checkPage, findBrowserPath, openPart, startBrowser, type Window } from '../support/browser.ts';
import { checkoutRules } from '../support/demonstration.ts';
import { headingOf, openDesk, registerPeople } from '../support/desk.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;
const rules = await checkoutRules();
const windows = rules.texts.get('windows.csv') ?? '';
/** 小児肺炎球菌 初回 until 24 months instead of 60. */
const shorter = windows
  .split('\n')
  .map((line) => (line.startsWith('pcv-primary,') ? line.replace('m(60)', 'm(24)') : line))
  .join('\n');

/** Three years old on 2026-11-21: open today, closed under the proposal. */
const child = {
  整理番号: '0000000001',
  氏名カナ: 'シケン　ハナ',
  氏名漢字: '試験　花',
  生年月日: '20231101',
  住民となった日: '20231101',
};
const parent = {
  ...child,
  整理番号: '0000000002',
  氏名カナ: 'シケン　タロウ',
  氏名漢字: '試験　太郎',
  生年月日: '19800505',
};

describe('接種のきまりと試算', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let administrator: Window;
  let clerk: Window;

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    await registerPeople(office, [child, parent]);
    browser = await startBrowser();
    administrator = await openDesk(browser, office, 'kanri');
    clerk = await openDesk(browser, office, 'tantou');
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  const picture = async (page: Page, name: string): Promise<void> => {
    const folder = process.env['SESSHU_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/rules-${name}.png`, fullPage: true });
  };

  test('きまりは、選んだ日に有効な行を根拠と確かさつきで示す', async () => {
    const { page } = clerk;
    await page.goto('/rules');
    await headingOf(page, '接種のきまり');
    const between = page.getByRole('table', { name: '異なるワクチンの間隔', exact: true });
    assert.match(await between.getByRole('row', { name: /注射の生ワクチン/u }).innerText(), /27日以上/u);
    await checkPage(page);
    await picture(page, 'list');
    await page.getByLabel('ほかの日のきまりを見る').fill('H25.3.31');
    await page.getByRole('button', { name: '見る' }).click();
    await page.getByText('2013年3月31日').first().waitFor();
    // 小児肺炎球菌 became routine on 2013-04-01.
    const row = page.getByRole('row', { name: /小児肺炎球菌 初回/u });
    assert.match(await row.innerText(), /この日は対象の期間なし/u);
    // Then every vaccine waited for six days after an inactivated one.
    assert.match(
      await between.getByRole('row', { name: /不活化ワクチン/u }).innerText(),
      /ほかの予防接種のワクチン\s+6日以上/u,
    );
    await page.getByRole('link', { name: '小児肺炎球菌 初回' }).click();
    await headingOf(page, '小児肺炎球菌');
    await page.getByText('2013年3月31日').first().waitFor();
    await checkPage(page);
    await picture(page, 'programme');
    await page.goto('/rules/japanese-encephalitis');
    await page.getByText('1回目が2011年5月20日から').first().waitFor();
    const reactions = page.getByRole('table', { name: '副反応の報告基準' });
    await reactions.getByRole('row', { name: /^けいれん\s+7日/u }).waitFor();
    await reactions.getByRole('row', { name: /^その他の反応/u }).waitFor();
    await checkPage(page);
    await picture(page, 'ways');
    await page.goto('/rules?on=明日');
    await page.getByText('日付を「2027-04-01」か「R9.4.1」の形で入力してください。').waitFor();
    await checkPage(page);
  });

  test('二つの日の間に始まるきまりと終わるきまりがわかる', async () => {
    const { page } = clerk;
    await page.goto('/rules/differences?from=2013-03-31&to=2013-04-01');
    await headingOf(page, 'きまりの違い');
    const row = page.getByRole('row', { name: /pcv-primary/u });
    assert.match(await row.innerText(), /始まる/u);
    await checkPage(page);
    await picture(page, 'differences');
    await page.goto('/rules/differences?from=2013-03-31&to=32');
    await page.getByRole('alert').waitFor();
    await checkPage(page);
  });

  test('判定に使ったきまりの版は、使い始めと本文つきで残っている', async () => {
    const { page } = clerk;
    await page.goto('/rules/versions');
    await page
      .getByRole('link', { name: /^[0-9a-f]{16}$/u })
      .first()
      .waitFor();
    await checkPage(page);
    await page
      .getByRole('link', { name: rules.version })
      .or(page.getByRole('link', { name: /^[0-9a-f]{16}$/u }))
      .first()
      .click();
    await openPart(page, '対象の期間 windows.csv');
    assert.match(
      (await page.getByLabel('windows.csv の本文', { exact: true }).innerText()).slice(0, 400),
      /^id,programme/u,
    );
    await checkPage(page);
    await picture(page, 'version');
  });

  test('管理者は表を画面で書き換えて試し、だれが何人変わるかを見る。人の名前は見えない', async () => {
    const { page } = administrator;
    await page.goto('/rules/trials');
    await checkPage(page);
    await page.getByRole('link', { name: '新しい試算' }).click();
    await checkPage(page);
    await picture(page, 'new');
    await page.getByRole('link', { name: '対象の期間' }).click();
    await headingOf(page, '新しい試算');
    await checkPage(page);
    await page.getByLabel('試算の名前').fill('肺炎球菌の終わりを24月に');
    await page.getByRole('button', { name: '数え始める' }).click();
    await page.getByText('いまのきまりと同じ内容です').first().waitFor();
    await checkPage(page);
    await page.getByLabel(/windows\.csv/u).fill(shorter.replace('m(24)', 'm(x)'));
    await page.getByRole('button', { name: '数え始める' }).click();
    await page
      .getByText(/windows\.csv \d+行目/u)
      .first()
      .waitFor();
    assert.equal(await page.getByLabel('試算の名前').inputValue(), '肺炎球菌の終わりを24月に');
    await page.getByLabel(/windows\.csv/u).fill(shorter);
    await page.getByRole('button', { name: '数え始める' }).click();
    await headingOf(page, '肺炎球菌の終わりを24月に');
    await page.getByText('判定した人').waitFor();
    await checkPage(page);
    await picture(page, 'trial');
    const byStage = page.getByRole('table', { name: '予防接種ごと' });
    const row = byStage.getByRole('row', { name: /小児肺炎球菌 初回/u });
    assert.match(await row.innerText(), /1人/u);
    const changed = page.getByRole('table', { name: '案で変わる行' }).getByRole('row', { name: /pcv-primary/u });
    assert.match(await changed.innerText(), /生後60月（m\(60\)） → 生後24月（m\(24\)）/u);
    assert.equal(await page.getByRole('link', { name: '変わる人の一覧' }).count(), 0);
    assert.equal((await page.goto(`${new URL(page.url()).pathname}/people`))?.status(), 403);
  });

  test('担当は変わる人を理由つきで見て、見たことが残る', async () => {
    const { page } = clerk;
    await page.goto('/rules/trials');
    await page.getByRole('link', { name: '肺炎球菌の終わりを24月に' }).click();
    await page.getByRole('link', { name: '変わる人の一覧' }).click();
    const row = page.getByRole('row', { name: /試験.花/u });
    assert.match(await row.innerText(), /小児肺炎球菌 初回\s*遅れ → 終わり/u);
    assert.equal(await page.getByRole('row', { name: /試験.太郎/u }).count(), 0);
    await checkPage(page);
    await picture(page, 'people');
    const acts = await withMunicipality(office.database.db, office.database.lgCode, async ({ client }) => {
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM audit_acts WHERE act = 'rules.trialPeopleViewed' AND staff_name = '佐藤 みどり'`,
      );
      return rows[0]?.n;
    });
    assert.equal(acts, 1);
    assert.equal(await page.getByRole('button', { name: 'この試算を消す' }).count(), 0);
  });

  test('ファイルでも試せ、知らない表は断られる。消すと一覧ごとなくなる', async () => {
    const { page } = administrator;
    await page.goto('/rules/trials/new');
    await page.getByLabel('試算の名前').fill('ファイルで');
    const send = (name: string) =>
      page.getByLabel('案のファイル').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(shorter) });
    await send('mado.csv');
    await page.getByRole('button', { name: '数え始める' }).click();
    await page
      .getByText(/mado\.csv という表はありません/u)
      .first()
      .waitFor();
    await checkPage(page);
    await send('windows.csv');
    await page.getByRole('button', { name: '数え始める' }).click();
    await headingOf(page, 'ファイルで');
    await page.getByText('判定した人').waitFor();
    await page.getByRole('button', { name: 'この試算を消す' }).click();
    await page.waitForURL('**/rules/trials');
    assert.equal(await page.getByRole('link', { name: 'ファイルで' }).count(), 0);
  });

  test('窓に現れた誤りは一つもない', () => {
    assert.deepEqual([...administrator.troubles, ...clerk.troubles], []);
  });
});
