import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { PersonId } from '#kernel';
import { commitBatch, receiveBatch } from '#ledger/intake';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { checkoutRules } from '../support/demonstration.ts';
import { headingOf, openDesk, registerPeople } from '../support/desk.ts';
import { clinicFeed, contractClinic, contractedClinic, intakeAsOf, intakeContext } from '../support/intake.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const child = {
  整理番号: '0000000001',
  氏名カナ: 'シケン　ハナ',
  氏名漢字: '試験　花',
  生年月日: '20260110',
  住民となった日: '20260110',
};

describe('マスタ、ロットの追跡、副反応と間違い接種の報告', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;
  let personId: PersonId;

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    const context = intakeContext(office.database.db, office.database.lgCode);
    await contractClinic(context);
    [personId = 0 as PersonId] = await registerPeople(office, [child]);
    const rules = await checkoutRules();
    const { batchId } = await receiveBatch(context, clinicFeed([{}]), { rules, asOf: intakeAsOf });
    assert.equal((await commitBatch(context, batchId, { rules })).committed, 1);
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou');
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  test('ロットを有効期限つきで登録すると、期限のあとの接種は受付で確かめられる', async () => {
    const { page } = clerk;
    await page.goto('/masters/lot');
    await checkPage(page);
    const form = page.getByRole('form', { name: 'マスタの登録' });
    await form.getByLabel('ロット番号').fill('A726B');
    await form.getByLabel('製品').selectOption({ value: '5in1' });
    await form.getByLabel('メーカー').fill('試験製薬');
    await form.getByLabel('有効期限').fill('R8.5.31');
    await form.getByRole('button', { name: '登録する' }).click();
    await page.getByRole('row', { name: /A726B/u }).getByText('期間の外').waitFor();
    const context = intakeContext(office.database.db, office.database.lgCode);
    const rules = await checkoutRules();
    const second = { 回数: '2', 接種年月日: '20260601' };
    const feed = clinicFeed([second, { ...second, 接種年月日: '20260531' }], 'after.csv');
    const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf });
    await page.goto(`/intake/${batchId}`);
    await page.locator('#row-1').getByText('有効期限は 2026年5月31日').waitFor();
    assert.equal(await page.locator('#row-2').getByText('有効期限は').count(), 0);
  });

  test('マスタは版を重ねて変え、前の版の画面からは 409 になる', async () => {
    const { page } = clerk;
    await page.goto('/masters/lot');
    await page.getByRole('link', { name: 'A726B' }).click();
    await page.waitForURL(/entry=\d+/u);
    const old = page.url();
    await page.getByLabel('有効期限').fill('2026-06-30');
    await page.getByRole('button', { name: '新しい版を登録する' }).click();
    await page.getByText('2026年6月30日').waitFor();
    const stale = Number(/entry=(\d+)/u.exec(old)?.[1]);
    const csrfToken = await page.locator('main input[name="csrfToken"]').first().inputValue();
    const form = { csrfToken, code: 'A726B', owner: '5in1', name: '試験製薬', replaces: String(stale) };
    const answer = (await page.request.post('/masters/lot', { form })).status();
    assert.equal(answer, 409);
    for (const kind of ['manufacturer', 'physician', 'venue']) {
      await page.goto(`/masters/${kind}`);
      await checkPage(page);
    }
  });

  test('契約の範囲と終わりを画面で決めると、受付は範囲の外と終わったあとの接種を確かめる', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/institutions');
    await checkPage(page);
    await page.getByRole('link', { name: '試験医院' }).click();
    await headingOf(page, '試験医院');
    await page.getByRole('link', { name: '2020年4月1日からの契約を変える' }).click();
    await page.waitForURL(/contract=\d+/u);
    const old = /contract=(\d+)/u.exec(page.url())?.[1] ?? '';
    await page.getByLabel('麻しん風しん').check();
    await page.getByLabel('契約の終わり').fill('R8.9.30');
    await checkPage(page);
    await page.getByLabel('変更の理由').fill('契約書の別表のとおり');
    await page.getByRole('button', { name: '新しい版を登録する' }).click();
    await page.getByRole('table', { name: '変更の経過' }).getByText('契約書の別表のとおり').waitFor();
    await checkPage(page);
    const csrfToken = await page.locator('main input[name="csrfToken"]').first().inputValue();
    const code = contractedClinic;
    const form = { csrfToken, institutionCode: code, name: '試験医院', contractedFrom: '2020-04-01', replaces: old };
    const stale = await page.request.post(`/institutions/${code}`, { form: { ...form, reason: '二度目' } });
    assert.equal(stale.status(), 409);
    const silent = await page.request.post(`/institutions/${code}`, { form: { ...form, reason: '' } });
    assert.equal(silent.status(), 422);
    const refused = await clerk.page.request.get('/institutions/new');
    assert.equal(refused.status(), 403);

    const context = intakeContext(office.database.db, office.database.lgCode);
    const rules = await checkoutRules();
    const second = { 回数: '2', 接種年月日: '20260601', ロット番号: 'A726C' };
    const feed = clinicFeed([second, { ...second, 接種年月日: '20261001' }], 'contract.csv');
    const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf });
    await page.goto(`/intake/${batchId}`);
    await page.locator('#row-1').getByText('契約には、五種混合').waitFor();
    await page.locator('#row-2').getByText('契約期間外').waitFor();
  });

  test('新しい医療機関を登録し、検証番号の合わないコードと逆の期間は断られる', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/institutions/new');
    await checkPage(page);
    await page.getByLabel('医療機関コード').fill('1311400047');
    await page.getByLabel('名前').fill('新設医院');
    await page.getByRole('button', { name: '登録する' }).click();
    await page.getByText('検証番号が合いません').first().waitFor();
    await page.getByLabel('医療機関コード').fill('K-77');
    await page.getByLabel('契約の始まり').fill('R8.10.1');
    await page.getByLabel('契約の終わり').fill('R8.9.30');
    await page.getByRole('button', { name: '登録する' }).click();
    await page.getByText('契約の終わりが始まりより前です。').first().waitFor();
    await page.getByLabel('契約の終わり').fill('');
    await page.getByRole('button', { name: '登録する' }).click();
    await headingOf(page, '新設医院');
    await page.getByText('すべての予防接種').first().waitFor();
    await page.goto('/institutions?text=K-77');
    await page
      .getByRole('row', { name: /新設医院/u })
      .getByText('契約中')
      .waitFor();
  });

  test('ロットを追うと接種した人が出て、そこから副反応疑いを報告でき、報告書の形で残る', async () => {
    const { page } = clerk;
    await page.goto('/safety/lots');
    await page.getByLabel('ロット番号').fill('a726-b');
    await page.getByRole('button', { name: 'このロットを追う' }).click();
    await page.getByRole('row', { name: /試験\s花/u }).waitFor();
    await checkPage(page);
    await page.getByRole('link', { name: '副反応疑いを報告する' }).click();
    await headingOf(page, '副反応疑い報告を作る');
    await checkPage(page);
    await page.getByLabel('症状', { exact: true }).selectOption({ label: 'けいれん' });
    await page.getByLabel('症状が出た日').fill('R8.4.15');
    await page.getByLabel('経過').fill('接種後20分で出現し、5分で回復');
    await page.getByLabel('転帰').selectOption({ label: '回復' });
    await page.getByLabel('報告者').fill('試験医院');
    await page.getByLabel('報告を受けた日').fill('2026-04-16');
    await page.getByRole('button', { name: '報告を登録する' }).click();
    await headingOf(page, '副反応疑い報告');
    await page.getByText('接種後20分で出現し、5分で回復').first().waitFor();
    await checkPage(page);
    await page.getByLabel('提出した日').fill('2026-04-17');
    await page.getByLabel('提出先').fill('独立行政法人医薬品医療機器総合機構');
    await page.getByLabel('変更の理由').fill('提出した');
    await page.getByRole('button', { name: '報告を変える' }).click();
    await page.getByRole('table', { name: '変更の経過' }).getByText('提出した').waitFor();
    await page.goto('/safety/reports?kind=adverseReaction');
    await page
      .getByRole('row', { name: /試験\s花/u })
      .getByText('けいれん')
      .waitFor();
    await checkPage(page);
  });

  test('間違い接種は、その接種の記録の画面から報告する', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}`);
    await page.getByRole('table', { name: '接種の記録' }).getByRole('link').first().click();
    await page.getByRole('link', { name: '間違い接種報告を作る' }).click();
    await headingOf(page, '間違い接種報告を作る');
    await page.getByLabel('わかった日').fill('2026-12-31');
    await page.getByLabel('内容と経過').fill('間隔が一日足りない');
    await page.getByLabel('報告者').fill('試験医院');
    await page.getByLabel('報告を受けた日').fill('2026-04-16');
    await page.getByRole('button', { name: '報告を登録する' }).click();
    await page.getByRole('link', { name: /間違いの種類を選んで/u }).waitFor();
    await page.getByRole('link', { name: /今日までの日/u }).waitFor();
    await checkPage(page);
    assert.deepEqual([...clerk.troubles], []);
  });
});
