import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { PersonId } from '#kernel';
import { commitBatch, receiveBatch } from '#ledger/intake';
import { importReservations } from '#ledger/reservations';
import { testActor, testContext, textFeed } from '../support/addressees.ts';
import {
  browserMissing,
  checkPage,
  findBrowserPath,
  openPart,
  startBrowser,
  type Window,
  windowSizes,
} from '../support/browser.ts';
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

/** Checks a page as every story does; where SESSHU_PICTURES names a folder, takes its picture too, wide and on a phone. */
async function look(page: Page): Promise<void> {
  await checkPage(page);
  const folder = process.env['SESSHU_PICTURES'];
  if (folder === undefined) return;
  const name = new URL(page.url()).pathname.replaceAll(/\W+/gu, '-').slice(1);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  if (name.startsWith('safety')) await page.pdf({ path: `${folder}/${name}.pdf`, format: 'A4' });
  const size = page.viewportSize();
  await page.setViewportSize(windowSizes.phone);
  await page.screenshot({ path: `${folder}/${name}-phone.png`, fullPage: true });
  if (size !== null) await page.setViewportSize(size);
}

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
    await look(page);
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
    await page.getByRole('link', { name: /^接種した人.*A726B/u }).click();
    assert.equal(await page.getByLabel('ロット番号').inputValue(), 'A726B');
    await page.goBack();
    await page.getByRole('link', { name: 'A726B', exact: true }).click();
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
      await look(page);
    }
  });

  test('契約の範囲と終わりを画面で決めると、受付は範囲の外と終わったあとの接種を確かめる', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/institutions');
    await look(page);
    await page.getByRole('link', { name: '試験医院' }).click();
    await headingOf(page, '試験医院');
    await page.getByRole('link', { name: '2020年4月1日からの契約を変える' }).click();
    await page.waitForURL(/contract=\d+/u);
    const old = /contract=(\d+)/u.exec(page.url())?.[1] ?? '';
    await page.getByLabel('麻しん風しん').check();
    await page.getByLabel('契約の終わり').fill('R8.9.30');
    await look(page);
    await page.getByLabel('変更の理由').fill('契約書の別表のとおり');
    await page.getByRole('button', { name: '新しい版を登録する' }).click();
    await page.getByRole('table', { name: '変更の経過' }).getByText('契約書の別表のとおり').waitFor();
    await look(page);
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
    await look(page);
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

  test('契約の単価を登録すると、受付は請求額を比べる。古い版からの変更は 409 になる', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/contract-prices');
    await look(page);
    const form = page.getByRole('form', { name: '単価を登録する' });
    await form.getByLabel('単価コード').fill('P-5');
    await form.getByLabel('予防接種').selectOption({ label: '五種混合' });
    await form.getByLabel('単価（円、税込）').fill('19,800');
    await form.getByLabel('有効の始まり').fill('R8.10.1');
    await form.getByRole('button', { name: '登録する' }).click();
    await page.getByRole('row', { name: /P-5/u }).getByText('有効').waitFor();
    await look(page);
    const csrfToken = await page.locator('main input[name="csrfToken"]').first().inputValue();
    const again = { csrfToken, priceCode: 'P-5', programme: 'dpt-ipv-hib', unitPriceYen: '1', validFrom: '2026-10-01' };
    assert.equal((await page.request.post('/contract-prices', { form: again })).status(), 409);
    const reversed = { ...again, priceCode: 'P-6', validTo: '2026-09-30' };
    assert.equal((await page.request.post('/contract-prices', { form: reversed })).status(), 422);
    assert.equal((await clerk.page.request.post('/contract-prices', { form: again })).status(), 403);
    const context = intakeContext(office.database.db, office.database.lgCode);
    const rules = await checkoutRules();
    const feed = clinicFeed([{ 回数: '3', 接種年月日: '20260930' }], 'before-prices.csv');
    const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf });
    await page.goto(`/intake/${batchId}`);
    await page.locator('#row-1').getByText('契約の単価にありません').waitFor();
  });

  test('確認事項を担当に分け、自分の行だけに絞り、開始画面に担当ごとの数が出る', async () => {
    const { page } = clerk;
    const context = intakeContext(office.database.db, office.database.lgCode);
    const rules = await checkoutRules();
    const rows = ['20260602', '20260603', '20260604'].map((on) => ({ 回数: '2', 接種年月日: on, ロット番号: '' }));
    const { batchId } = await receiveBatch(context, clinicFeed(rows, 'shared.csv'), { rules, asOf: intakeAsOf });
    await page.goto(`/intake/${batchId}?answer=open`);
    await look(page);
    await page.getByRole('checkbox', { name: '1行目を選ぶ' }).check();
    await openPart(page, '選んだ行の担当を決める');
    await page.getByRole('button', { name: '選んだ行の担当にする' }).click();
    await page.locator('#row-1').getByText('担当 ').waitFor();
    await openPart(page, '担当のない2行を分ける');
    await page
      .getByRole('group', { name: /担当にする職員/u })
      .getByRole('checkbox')
      .first()
      .check();
    await page.getByRole('button', { name: '同じくらいに分ける' }).click();
    await page.locator('#row-3').getByText('担当 ').waitFor();
    await page.getByRole('link', { name: /（自分）/u }).click();
    await page.waitForURL(/assigned=mine/u);
    assert.deepEqual([await page.locator('#row-1').count(), await page.locator('#row-2').count()], [1, 0]);
    await look(page);
    await page.goto('/');
    await page.getByText('担当ごとの確認事項').waitFor();
    await page.getByRole('link', { name: /自分の担当の確認事項/u }).click();
    await page.waitForURL(/assigned=mine/u);
    await page.goto('/intake');
    await page.getByRole('link', { name: '自分の担当 1' }).waitFor();
    await look(page);
  });

  test('予約の一覧はその日に来る人を会場と時刻の順に並べ、本人の画面にも出る', async () => {
    const { page } = clerk;
    const { db, lgCode } = office.database;
    const header = '予約番号,宛名番号,生年月日,予防接種コード,回数,予約日,時刻,会場,状態';
    const row = 'R-1,0000000001,20260110,24,3,20261201,0930,市民体育館,1';
    const importer = testContext(db, testActor(lgCode, ['reservations.import']));
    await importReservations(importer, textFeed('reservations.csv', [header, row]), { kind: 'reservation' });
    await page.goto('/reservations?on=R8.12.1');
    await page.getByRole('row', { name: /09:30/u }).getByText('市民体育館').waitFor();
    await look(page);
    await page.getByRole('link', { name: '優先接種希望者' }).first().click();
    await headingOf(page, '優先接種希望者');
    await look(page);
    await page.goto(`/persons/${personId}`);
    await page.getByText('予約と希望').waitFor();
    await look(page);
    await page.goto('/reservations?on=13月');
    await page
      .getByRole('link', { name: /日付を 2026-04-01/u })
      .or(page.getByText('日付を 2026-04-01'))
      .first()
      .waitFor();
  });

  test('ロットを追うと接種した人が出て、そこから副反応疑いを報告でき、報告書の形で残る', async () => {
    const { page } = clerk;
    await page.goto('/safety/lots');
    await page.getByLabel('ロット番号').fill('a726-b');
    await page.getByRole('button', { name: 'このロットを追う' }).click();
    await page.getByRole('row', { name: /試験\s花/u }).waitFor();
    // Rows that wait in intake hold the lot too: the ledger alone does not say where it went.
    await page.getByRole('heading', { name: /まだ台帳に入っていない接種が\d+件あります/u }).waitFor();
    await look(page);
    await page.getByRole('link', { name: '副反応疑いを報告する' }).click();
    await headingOf(page, '副反応疑い報告を作る');
    // What the ledger knows stands on the form by itself: who, how old, how warm, what else on that day.
    const about = page.getByRole('region', { name: '接種した人と接種' });
    for (const words of ['性別', '女', '接種時の年齢', '3か月', '接種前の体温', '同じ日に受けた予防接種']) {
      await about
        .getByText(words, { exact: words.length > 1 })
        .first()
        .waitFor();
    }
    await look(page);
    // The law's list stands there before anything is written: 7 days after 15 April end on the 22nd.
    const criteria = page.getByRole('table', { name: 'この接種の報告基準' });
    await criteria
      .getByRole('row', { name: /^けいれん/u })
      .getByText('7日（2026年4月22日')
      .waitFor();
    await page.getByLabel('症状', { exact: true }).selectOption('convulsion');
    await page.getByLabel('症状が出た日').fill('R8.4.14');
    await page.getByLabel('経過').fill('接種後20分で出現し、5分で回復');
    await page.getByLabel('転帰', { exact: true }).selectOption({ label: '回復' });
    await openPart(page, '報告書の項目　症状');
    await page.getByLabel('発生の時刻').fill('25時');
    await page.getByLabel('報告者（医療機関・医師など）').fill('試験医院');
    await page.getByLabel('報告を受けた日').fill('2026-04-16');
    await page.getByRole('button', { name: '報告を登録する' }).click();
    await page.getByRole('link', { name: /症状が出たときが、接種より前です/u }).waitFor();
    await page.getByRole('link', { name: /時刻を 9:30 や 14:05/u }).waitFor();
    await look(page);
    await page.getByLabel('症状が出た日').fill('R8.4.15');
    await page.getByLabel('発生の時刻').fill('１０：２０');
    await page.getByLabel('入院', { exact: true }).check();
    await page.getByRole('button', { name: '報告を登録する' }).click();
    await headingOf(page, '副反応疑い報告');
    await page.getByText('接種後20分で出現し、5分で回復').first().waitFor();
    await page.getByText('報告基準にあてはまります').waitFor();
    await page.getByText('10:20').first().waitFor();
    await look(page);
    await page.getByLabel('提出した日').fill('2026-04-17');
    await page.getByLabel('提出先').fill('独立行政法人医薬品医療機器総合機構');
    await page.getByLabel('変更の理由').fill('提出した');
    await page.getByRole('button', { name: '報告を変える' }).click();
    await page.getByRole('table', { name: '変更の経過' }).getByText('提出した').waitFor();
    // Anaphylaxis is a matter of four hours: without the time of the dose nobody can say.
    const answerOf = async (reason: string): Promise<void> => {
      await page.getByLabel('変更の理由').fill(reason);
      await page.getByRole('button', { name: '報告を変える' }).click();
      await page.getByRole('table', { name: '変更の経過' }).getByText(reason).waitFor();
    };
    await page.getByLabel('症状', { exact: true }).selectOption('anaphylaxis');
    await answerOf('症状の訂正');
    await page.getByText('報告基準にあてはまるかは、時刻で決まります').waitFor();
    await openPart(page, '報告書の項目　接種の状況');
    await page.getByLabel('接種の時刻').fill('6:19');
    await answerOf('時刻の追加');
    await page.getByText('報告基準の期間を過ぎています').waitFor();
    await page.getByLabel('接種の時刻').fill('6:20');
    await answerOf('時刻の訂正');
    await page.getByText('報告基準にあてはまります').waitFor();
    await page.getByText('入院', { exact: true }).first().waitFor();
    await page.goto('/safety/reports?kind=adverseReaction');
    await page
      .getByRole('row', { name: /試験\s花/u })
      .getByText('アナフィラキシー')
      .waitFor();
    await look(page);
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
    await look(page);
    assert.deepEqual([...clerk.troubles], []);
  });
});
