import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { listActs } from '#common-base/audit';
import { type EntryId, type PersonId } from '#kernel';
import { appendEntries, listEntryHistory } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { testActor } from '../support/addressees.ts';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { headingOf, openDesk, registerPeople } from '../support/desk.ts';
import { doseOfApril } from '../support/ledger.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { withSettings } from '../support/settings.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const child = {
  整理番号: '0000000001',
  氏名カナ: 'シケン　ハナ',
  氏名漢字: '試験　花',
  生年月日: '20260110',
  住民となった日: '20260110',
};

describe('接種記録の訂正と取消', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;
  let chief: Window;
  let personId: PersonId;
  let entryId: EntryId;

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    [personId = 0 as PersonId] = await registerPeople(office, [child]);
    entryId = await enter('A726B');
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou');
    chief = await openDesk(browser, office, 'kakaricho');
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  async function enter(lotNumber: string): Promise<EntryId> {
    const { db, lgCode } = office.database;
    const entry = {
      ...doseOfApril(personId),
      programme: 'dpt-ipv-hib',
      stage: 'primary',
      product: '5in1',
      items: { lotNumber, manufacturerCode: '04', vaccineCode: '24', doseNumber: '1' },
    };
    const { entryIds } = await withMunicipality(db, lgCode, (tx) =>
      appendEntries(tx, testActor(lgCode, []), [entry], { act: 'vaccinations.entered' }),
    );
    assert.ok(entryIds[0] !== undefined);
    return entryIds[0];
  }

  const history = () =>
    withMunicipality(office.database.db, office.database.lgCode, (tx) =>
      listEntryHistory(tx, testActor(office.database.lgCode, ['vaccinations.view']), personId),
    );

  test('担当は一件の記録を開き、ロットを訂正すると、元の値と新しい値と理由が異動リストに残る', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}`);
    await page.getByRole('table', { name: '接種の記録' }).getByRole('link').first().click();
    await headingOf(page, '五種混合');
    await checkPage(page);
    await page.getByRole('form', { name: '訂正' }).getByLabel('ロット番号').fill('B2');
    await page.getByRole('form', { name: '訂正' }).getByLabel('訂正の理由').fill('予診票の読み違い');
    await page.getByRole('button', { name: '訂正する' }).click();
    // Another lot may be another maker's: what stood there is asked once, beside its field.
    await page.getByLabel('メーカーは前のまま').waitFor();
    await checkPage(page);
    await page.getByLabel('メーカーは前のまま').check();
    await page.getByRole('button', { name: '訂正する' }).click();
    await page.getByText('訂正した記録です').waitFor();
    await page.getByText('B2').first().waitFor();
    assert.match(await page.getByRole('region', { name: 'この人' }).innerText(), /宛名番号/u);
    await checkPage(page);
    await page.goto(`/persons/${personId}/records`);
    const row = page.getByRole('row', { name: /訂正/u }).filter({ hasText: '予診票の読み違い' });
    assert.match(await row.innerText(), /A726B → B2/u);
    assert.match(await row.innerText(), /佐藤 みどり/u);
    await checkPage(page);
  });

  test('訂正する前の画面から送ると、409 で、だれが変えたかと今の内容がわかる', async () => {
    const { page } = clerk;
    const current = (await history()).find((entry) => entry.isCurrent);
    assert.ok(current !== undefined);
    await page.goto(`/persons/${personId}/records/${current.entryId}`);
    await enter('C3');
    await page.getByRole('form', { name: '訂正' }).getByLabel('ロット番号').fill('D4');
    await page.getByRole('form', { name: '訂正' }).getByLabel('メーカーコード').fill('05');
    await page.getByRole('form', { name: '訂正' }).getByLabel('訂正の理由').fill('遅れた訂正');
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button', { name: '訂正する' }).click();
    assert.equal((await answered).status(), 409);
    await page.getByText('見ているあいだに、この人の記録が変わりました').waitFor();
    await page.getByText('最後の変更は 試験 職員 によるものです').waitFor();
    assert.equal(await page.getByRole('form', { name: '訂正' }).getByLabel('ロット番号').inputValue(), 'D4');
    await checkPage(page);
  });

  test('何も変えない訂正、理由のない取消、読めない日付は 422 で断る', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}/records/${entryId}`);
    assert.equal(
      await page.getByRole('form', { name: '訂正' }).count(),
      0,
      'what was corrected is not corrected again',
    );
    await page.getByRole('link', { name: '訂正後の記録を見る' }).click();
    const form = page.getByRole('form', { name: '訂正' });
    await form.getByLabel('訂正の理由').fill('なし');
    await page.getByRole('button', { name: '訂正する' }).click();
    await page.getByText('変わった項目がありません').first().waitFor();
    await form.getByLabel('接種年月日').fill('R8.13.45');
    await page.getByRole('button', { name: '訂正する' }).click();
    await page.getByText('接種年月日を 2026-04-01').first().waitFor();
    await checkPage(page);
  });

  test('前の日を見ると、まだ何もなかったことがわかる', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}/records?on=R8.4.1`);
    await page.getByText('2026-04-01 の終わりに台帳が言っていたこと').waitFor();
    await page.getByText('接種の記録はまだありません').waitFor();
    const day = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
    await page.goto(`/persons/${personId}/records?on=${day}`);
    await page.getByRole('table', { name: '接種の記録' }).getByText('B2').waitFor();
    await checkPage(page);
  });

  test('二人確認の自治体では、係長が承認するまで何も変わらず、承認で取り消される', async () => {
    await withSettings(office.database.db, { 'ledger.json': '{"correctionsNeedApproval": true}' });
    const { page } = clerk;
    const current = (await history()).find((entry) => entry.isCurrent && entry.kind === 'correction');
    assert.ok(current !== undefined);
    await page.goto(`/persons/${personId}/records/${current.entryId}`);
    await page.getByRole('form', { name: '取消' }).getByLabel('取消の理由').fill('別の人の接種');
    await page.getByLabel('予診票などの原票を確かめました').check();
    await page.getByRole('button', { name: '取消の承認を申請する' }).click();
    await headingOf(page, '接種記録の訂正・取消');
    assert.equal((await history()).find((entry) => entry.entryId === current.entryId)?.isCurrent, true);
    await chief.page.goto(page.url());
    await chief.page.getByText('2026-04-15').first().waitFor();
    await checkPage(chief.page);
    await chief.page.getByRole('button', { name: '承認する' }).click();
    await headingOf(chief.page, '申請と承認');
    const after = await history();
    assert.equal(after.find((entry) => entry.entryId === current.entryId)?.isCurrent, false);
    assert.match(after[0]?.recordedByName ?? '', /佐藤 みどり（承認 高橋 直樹）/u);
    const seen = await withMunicipality(office.database.db, office.database.lgCode, async (tx) => {
      const [act] = (await listActs(tx, { act: 'access.approvalViewed', personId })).acts;
      return act?.staffName;
    });
    assert.equal(seen, '高橋 直樹', 'whoever looked at her record in the request stands in the log');
    // The ledger keeps the time of the database, whatever day the office of the story believes it is.
    await page.goto(`/records/changes?to=${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}`);
    await page.getByRole('row', { name: /取消/u }).filter({ hasText: '別の人の接種' }).waitFor();
    await checkPage(page);
    assert.deepEqual([...clerk.troubles, ...chief.troubles], []);
  });
});
