import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { importResidents } from '#addressees/persons';
import { parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext } from '../support/addressees.ts';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { headingOf, openSignedIn } from '../support/desk.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const cousin = {
  整理番号: '0000000301',
  氏名カナ: 'ミナミ　リコ',
  氏名漢字: '南　莉子',
  生年月日: '20240510',
  性別: '2',
  世帯番号: '000000301',
};
const mother = {
  整理番号: '0000000302',
  氏名カナ: 'キタ　アオイ',
  氏名漢字: '北　葵',
  生年月日: '19930302',
  世帯番号: '000000302',
};

describe('住登外者を二人で登録し、保護者や送り先を付け加える', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  const windows: Window[] = [];

  before(async () => {
    office = await openTestOffice('2026-11-16T09:00:00+09:00');
    const { db, lgCode } = office.database;
    const context = testContext(db, testActor(lgCode, ['persons.import']));
    await importResidents(context, residentFeed([cousin, mother]), {
      isChanges: false,
      asOf: parseIsoDay('2026-11-16'),
    });
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  async function signIn(accountName: string, hasScripts = true): Promise<Page> {
    const window = await openSignedIn(browser, office, accountName, { hasScripts });
    windows.push(window);
    return window.page;
  }

  async function giveReason(page: Page): Promise<void> {
    await headingOf(page, '処理事由を選ぶ');
    await page.getByLabel('窓口での相談・申請の対応').check();
    await page.getByRole('button', { name: 'この事由で進む' }).click();
  }

  test('書類から入れ、似た記録を確かめて申請し、係長が承認すると番号が付く（スクリプトなしでも）', async () => {
    const clerk = await signIn('tantou', false);
    await clerk.goto('/registrations');
    await giveReason(clerk);
    await headingOf(clerk, '住登外者を登録する');
    await clerk.locator('#kana').fill('ミナミ　リコ');
    await clerk.locator('#name').fill('南　莉子');
    await clerk.locator('#birthDate').fill('R6.5.11');
    await clerk.getByLabel('女').check();
    await clerk.getByLabel('区分').selectOption({ label: '里帰り・長期の滞在' });
    await clerk.getByLabel('登録の根拠').fill('母子健康手帳と滞在の申出書（11月16日受付）');
    await clerk.getByLabel('いつまで').fill('2027-03-31');
    await clerk.getByRole('button', { name: '承認を申請する' }).click();
    await clerk.getByText('どの記録とも別の人かを確かめて', { exact: false }).first().waitFor();
    const candidate = await clerk.getByRole('row', { name: /南\s莉子/u }).innerText();
    // カナ 40 + 生年月日が1か所違い 20 + 漢字 15 + 性別 5
    assert.match(candidate, /80/u);
    assert.match(candidate, /生年月日が1か所違い 20点/u);
    await clerk.getByLabel('似た記録のどれとも別の人であることを確かめました').check();
    await clerk.getByRole('button', { name: '承認を申請する' }).click();
    await headingOf(clerk, '申請と承認');
    const chief = await signIn('kakaricho');
    await chief.goto('/approvals');
    await chief.getByRole('link', { name: '住登外者の登録' }).last().click();
    await chief.getByText('1件（別の人と確かめた）').waitFor();
    await checkPage(chief);
    await chief.getByRole('button', { name: '承認する' }).click();
    await chief.getByText('承認・実行済み').first().waitFor();
    const later = await signIn('tantou');
    await later.goto('/registrations');
    await giveReason(later);
    await checkPage(later);
    await openPerson(later, '9000000001');
    assert.match(await later.locator('.identity').innerText(), /ミナミ[\s\S]*南[\s\S]*住登外/u);
    await later.getByText('里帰り・長期の滞在').waitFor();
  });

  async function openPerson(page: Page, number: string): Promise<void> {
    await page.goto('/persons');
    await page.getByRole('searchbox').first().fill(number);
    await page.locator('main a.person-link').first().click();
    await page.locator('.identity').waitFor();
  }

  test('保護者と注意情報と送り先を付け加えると人の画面に出て、取りやめると消える', async () => {
    const clerk = await signIn('tantou');
    await clerk.goto('/persons');
    await giveReason(clerk);
    await openPerson(clerk, '9000000001');
    await clerk.getByRole('link', { name: '送り先・保護者など' }).click();
    await checkPage(clerk);
    const form = clerk.getByRole('form', { name: '付け加える' });
    await form.getByLabel('種別').selectOption({ label: '保護者' });
    await form.getByLabel('理由').fill('戸籍による');
    await form.getByRole('button', { name: '付け加える' }).click();
    await clerk.getByText('相手の宛名番号がないか、見つかりません', { exact: false }).first().waitFor();
    await form.getByLabel('相手の宛名番号').fill('0000000302');
    await form.getByRole('button', { name: '付け加える' }).click();
    await clerk.getByRole('link', { name: /北\s葵/u }).waitFor();
    await form.getByLabel('種別').selectOption({ label: '注意情報' });
    await form.getByLabel('内容').fill('耳が不自由です。筆談で応対してください');
    await form.getByLabel('理由').fill('本人の申し出');
    await form.getByRole('button', { name: '付け加える' }).click();
    const mailing = clerk.getByRole('form', { name: '送り先を登録する' });
    await mailing.getByLabel('送り先の宛名').fill('北　葵');
    await mailing.getByLabel('郵便番号').fill('299-0012');
    await mailing.getByLabel('住所', { exact: false }).first().fill('若葉台市青葉台二丁目1番1号');
    await mailing.getByRole('button', { name: '送り先を登録する' }).click();
    await clerk.getByRole('button', { name: 'きょうから、もとの住所に送る' }).waitFor();
    await checkPage(clerk);
    await openPerson(clerk, '9000000001');
    await clerk.getByText('耳が不自由です。筆談で応対してください').waitFor();
    await clerk.getByText('青葉台二丁目1番1号', { exact: false }).waitFor();
    assert.match(await clerk.locator('main').innerText(), /保護者\s*北\s葵/u);
    await checkPage(clerk);
    await clerk.getByRole('link', { name: '送り先・保護者など' }).click();
    await clerk.getByLabel('注意情報を取りやめる理由').fill('本人の申し出による');
    await clerk
      .getByRole('row', { name: /注意情報/u })
      .getByRole('button', { name: '取りやめる' })
      .click();
    await clerk.getByText('から取りやめ', { exact: false }).waitFor();
    await clerk.getByRole('button', { name: 'きょうから、もとの住所に送る' }).click();
    await openPerson(clerk, '9000000001');
    const page = await clerk.locator('main').innerText();
    assert.doesNotMatch(page, /筆談|青葉台二丁目1番1号/u);
  });

  test('係長が正確性を点検し、訂正の一覧から人に行き、所見を残すと次の時期が決まる', async () => {
    const chief = await signIn('kakaricho');
    await chief.goto('/accuracy-checks');
    await giveReason(chief);
    await headingOf(chief, '正確性と最新性の点検');
    await chief.getByText('点検の時期です').waitFor();
    await chief.getByText('まだ数えていません').waitFor();
    assert.equal(await chief.getByLabel('所見').count(), 0, 'nothing to sign before it was counted');
    await checkPage(chief);
    const countNow = async () => {
      const before = await countsKept();
      await chief.getByRole('button', { name: 'いま数える' }).click();
      // A busy machine shows the run meanwhile.
      while ((await countsKept()) === before) await chief.waitForTimeout(100);
      await chief.goto('/accuracy-checks');
      await chief.getByText('人を見ました', { exact: false }).waitFor();
    };
    const { db, lgCode } = office.database;
    const countsKept = () =>
      withMunicipality(
        db,
        lgCode,
        async ({ client }) => (await client.query('SELECT 1 FROM accuracy_counts')).rowCount,
      );
    await countNow();
    // 母と子の世帯のどちらにも世帯主はいる。送り先のほかに住所のない住登外者は数えない。
    const rowOf = async (name: RegExp) => await chief.getByRole('row', { name }).innerText();
    assert.match(await rowOf(/住所か郵便番号がない/u), /\s0\s/u);
    assert.match(await rowOf(/カナ・生年月日・性別の同じ/u), /\s0\s/u);
    const context = testContext(db, testActor(lgCode, ['persons.import']));
    const twin = { ...cousin, 整理番号: '0000000303', 世帯番号: '000000303' };
    await importResidents(context, residentFeed([twin]), { isChanges: true, asOf: parseIsoDay('2026-11-16') });
    await chief.reload();
    assert.match(await rowOf(/カナ・生年月日・性別の同じ/u), /\s0\s/u, 'as counted before');
    await countNow();
    assert.match(await rowOf(/カナ・生年月日・性別の同じ/u), /\s2\s/u);
    await chief.locator('a[href$="/sameAsAnother"]').click();
    await chief.getByText('0000000303').waitFor();
    await checkPage(chief);
    await chief.goto('/accuracy-checks');
    await chief.getByLabel('所見').fill('同じ人かもしれない二人を住民課に照会した');
    await chief.getByRole('button', { name: '記録する' }).click();
    await chief.getByText('次の点検は').waitFor();
    assert.match(await chief.locator('main').innerText(), /2027年11月16日/u);
    await checkPage(chief);
  });

  test('どの窓も、まちがいを起こしていない', () => {
    assert.deepEqual(
      windows.flatMap((window) => window.troubles),
      [],
    );
  });
});
