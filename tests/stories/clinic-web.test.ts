import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { asOperator } from '#common-base/access';
import type { PersonId } from '#kernel';
import { connectClinics } from '#ledger/clinic-exchange';
import { withMunicipality } from '#platform/postgres';
import type { TestResident } from '../support/addressees.ts';
import {
  browserMissing,
  checkAxe,
  checkPage,
  findBrowserPath,
  openPart,
  openWindow,
  startBrowser,
  type Window,
  windowSizes,
} from '../support/browser.ts';
import { openTestClinic, type TestClinic } from '../support/clinic.ts';
import { headingOf, openDesk, registerPeople } from '../support/desk.ts';
import { contractClinic, contractedClinic, intakeContext } from '../support/intake.ts';
import { issueTestForms } from '../support/issued-forms.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

/** A baby of 4 months without any dose: the first dose of the programme is due. */
const baby: TestResident = {
  整理番号: '0000000105',
  氏名カナ: 'アオタ　ヒナ',
  氏名漢字: '青田　陽菜',
  生年月日: '20260720',
  性別: '2',
  世帯番号: '000000105',
  続柄区分: '20',
  住民となった日: '20260720',
  住所: '若葉台市ひみつ町1丁目2番3号',
  電話番号: '03-0000-1234',
};

/** Another baby of that age, at whose clinic no script runs. */
const secondBaby: TestResident = { ...baby, 整理番号: '0000000106', 氏名漢字: '青田　結', 世帯番号: '000000106' };

/** A package of the demonstration's list, with a lot and a day that is still to come. */
const packageBarcode = '01200000000002401727063010ABC-123';
const expiredBarcode = '01200000000002401726103110ABC-122';

describe('予診票の印刷から、医療機関での確認と記録、台帳まで', { skip }, () => {
  let office: TestOffice;
  let clinic: TestClinic;
  let browser: Browser;
  let clerk: Window;
  let chair: Window;
  let personId: PersonId;
  let formNumber = '';

  before(async () => {
    office = await openTestOffice('2026-11-24T10:00:00+09:00');
    const { db, lgCode } = office.database;
    await contractClinic(intakeContext(db, lgCode));
    [personId = 0 as PersonId] = await registerPeople(office, [baby]);
    clinic = await openTestClinic(office.clock, [contractedClinic]);
    await clinic.connect(office.systemKey);
    const actor = await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null });
    const peer = { origin: clinic.address, publicText: clinic.key.publicText };
    await connectClinics({ db, actor, clock: office.clock }, peer);
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou');
    chair = await openWindow(browser, clinic.address, { size: 'tablet' });
  });
  after(async () => {
    await browser?.close();
    await clinic?.close();
    await office?.close();
  });

  let isBroken = false;
  function step(sentence: string, work: () => Promise<void>): void {
    test(sentence, async () => {
      assert.ok(!isBroken, 'an earlier step failed');
      isBroken = true;
      await work();
      isBroken = false;
    });
  }

  /** A picture of the page as a tablet held upright shows it, when the variable names a folder. */
  async function picture(page: Page, name: string): Promise<void> {
    const folder = process.env['SESSHU_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/clinic-${name}.png`, fullPage: true });
  }

  async function signIn(page: Page): Promise<void> {
    const account = clinic.accounts.find((one) => one.accountName === 'clinic1');
    await page.goto(`/m/${clinic.database.lgCode}`);
    await page.getByLabel('アカウント名').fill('clinic1');
    await page.getByLabel('パスワード').fill(account?.password ?? '');
    await page.getByRole('button', { name: 'サインイン' }).click();
    await headingOf(page, '予診票を読み取る');
  }

  async function openForm(page: Page, number: string, birthDate: string): Promise<void> {
    await page.goto('/');
    await page.getByLabel('予診票の番号').fill(number);
    await page.getByLabel('生年月日').fill(birthDate);
    await page.getByRole('button', { name: '予診票を開く' }).click();
  }

  step('係が人の画面から予診票を印刷する', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}`);
    await page
      .locator('.due-list')
      .getByRole('link', { name: /予診票.*五種混合/u })
      .click();
    await page.getByRole('textbox', { name: '発行の理由' }).fill('窓口で交付');
    await page.getByRole('button', { name: '印刷用のPDFを作る' }).click();
    await headingOf(page, '予診票ができました');
    formNumber = await page.locator('.notice .mono').first().innerText();
    assert.match(formNumber, /^\d{4}-\d{4}-\d{4}$/u);
  });

  step('医療機関はサインインし、番号と生年月日で予診票を開く', async () => {
    const { page } = chair;
    await signIn(page);
    await checkAxe(page);
    await picture(page, 'reception');
    await awaitTicket(clinic, formNumber.replaceAll('-', ''));
    await openForm(page, formNumber, 'R8.7.20');
    await headingOf(page, '接種前の確認');
    const text = await page.locator('main').innerText();
    assert.match(text, /青田　陽菜/u);
    assert.match(text, /五種混合/u);
    for (const secret of ['ひみつ町', '0000000105', '03-0000-1234', 'アオタ'])
      assert.ok(!text.includes(secret), secret);
    await checkAxe(page);
    await picture(page, 'chair');
  });

  step('期限の切れた包装は、接種の前に断られる', async () => {
    const { page } = chair;
    await page.getByLabel('包装のバーコード').fill(expiredBarcode);
    await page.keyboard.press('Enter');
    await page.getByLabel('ロット番号').and(page.locator('[value="ABC-122"]')).waitFor();
    await page.getByLabel('体温（度）').first().fill('36.4');
    await page.getByRole('button', { name: '接種前の確認をする' }).click();
    await headingOf(page, '接種前の確認の結果');
    await page.getByRole('heading', { name: '接種しないでください' }).waitFor();
    assert.match(await page.locator('main').innerText(), /有効期限（2026年10月31日）は切れています/u);
    await checkPage(page);
    await page.setViewportSize(windowSizes.tablet);
    await picture(page, 'refused');
    await openPart(page, '接種しないとき（予診のみ・同意なし）');
    assert.equal(await page.getByRole('form', { name: '接種しなかった記録' }).getByLabel('体温').inputValue(), '36.4');
    await page.getByRole('button', { name: '入力に戻る' }).click();
    await headingOf(page, '接種前の確認');
    assert.equal(await page.getByLabel('ロット番号').inputValue(), 'ABC-122');
    assert.equal(await page.getByLabel('体温（度）').first().inputValue(), '36.4', 'nobody measures twice');
  });

  step('正しい包装は「接種できます」となり、記録すると今日の記録に載る', async () => {
    const { page } = chair;
    // As a scanner types it, with the separator behind the lot as Ctrl+].
    await page.getByLabel('包装のバーコード').focus();
    await page.keyboard.type('012000000000024010ABC-123');
    await page.keyboard.press('Control+]');
    await page.keyboard.type('17270630');
    await page.keyboard.press('Enter');
    await page.getByLabel('ロット番号').and(page.locator('[value="ABC-123"]')).waitFor();
    assert.equal(await page.getByLabel('有効期限').inputValue(), '2027-06-30');
    await page.getByLabel('体温（度）').first().fill('36.6');
    await picture(page, 'scanned');
    await page.getByRole('button', { name: '接種前の確認をする' }).click();
    await page.getByRole('heading', { name: '接種できます' }).waitFor();
    await picture(page, 'checked');
    await page.getByLabel('接種した医師').fill('試験　一郎');
    await page.getByLabel('接種量').fill('0.5');
    await page.getByRole('button', { name: '接種したことを記録する' }).click();
    await page.getByRole('heading', { name: '入力を確かめてください' }).waitFor();
    await page.getByLabel('予診票の同意の署名を確かめた').check();
    await page.getByRole('button', { name: '接種したことを記録する' }).click();
    await headingOf(page, '接種の記録');
    await page.getByRole('heading', { name: '記録しました' }).waitFor();
    assert.match(await page.locator('main').innerText(), /青田　陽菜/u);
    await checkAxe(page);
    await picture(page, 'recorded');
    await page.goto('/records');
    assert.match(await page.locator('main').innerText(), /ABC-123/u);
    await checkAxe(page);
    await picture(page, 'today');
  });

  step('同じ予診票をもう一度開いても、二度は記録できない', async () => {
    const { page } = chair;
    await openForm(page, formNumber, '20260720');
    await page.getByRole('heading', { name: 'この予診票は、すでに記録されています' }).waitFor();
    assert.equal(await page.getByRole('button', { name: '接種前の確認をする' }).count(), 0);
  });

  step('記録は事務所に届き、受付に入れて登録すると、本人の画面に載る', async () => {
    const { page } = clerk;
    for (let tries = 0; tries < 30; tries += 1) {
      await page.goto('/clinics');
      if ((await page.getByRole('button', { name: '1件を受付に入れる' }).count()) > 0) break;
      await page.waitForTimeout(1000);
    }
    await checkPage(page);
    await picture(page, 'office');
    await page.getByRole('button', { name: '1件を受付に入れる' }).click();
    await page.getByRole('heading', { level: 1, name: /医療機関ウェブ/u }).waitFor();
    await picture(page, 'batch');
    await page.getByRole('link', { name: '台帳に登録する' }).click();
    await page.getByRole('button', { name: '1件を登録する' }).click();
    await page.getByText('1件を台帳に登録しました').waitFor();
    await page.goto(`/persons/${personId}`);
    const text = await page.locator('main').innerText();
    assert.match(text, /ABC-123/u);
    assert.match(text, /2026年11月24日/u);
  });

  step('スクリプトのない端末でも、番号の入力から確認・記録・訂正・取消まで進める', async () => {
    const { db, lgCode } = office.database;
    const [second = 0 as PersonId] = await registerPeople(office, [secondBaby]);
    const [number = ''] = await issueTestForms(db, lgCode, [second]);
    await awaitTicket(clinic, number);
    const plain = await openWindow(browser, clinic.address, { size: 'tablet', hasScripts: false });
    const { page } = plain;
    await signIn(page);
    await openForm(page, number, 'R8.7.20');
    await headingOf(page, '接種前の確認');
    await page.getByLabel('包装のバーコード').fill(packageBarcode);
    await page.getByRole('button', { name: '読み取った内容を入れる' }).click();
    await page.getByLabel('ロット番号').and(page.locator('[value="ABC-123"]')).waitFor();
    await page.getByRole('button', { name: '接種前の確認をする' }).click();
    await page.getByRole('heading', { name: '接種できます' }).waitFor();
    await picture(page, 'plain-checked');
    // The name that this member of staff gave last today stands there already.
    assert.equal(await page.getByLabel('接種した医師').inputValue(), '試験　一郎');
    await page.getByLabel('接種量').fill('0.5');
    await page.getByLabel('予診票の同意の署名を確かめた').check();
    await page.getByRole('button', { name: '接種したことを記録する' }).click();
    await page.getByRole('heading', { name: '記録しました' }).waitFor();
    await openPart(page, '訂正する（今日のうち）');
    const correction = page.getByRole('form', { name: '訂正' });
    await correction.getByLabel('ロット番号').fill('ABC-124');
    await correction.getByLabel('訂正の理由').fill('ロットの読み違い');
    await picture(page, 'plain-correction');
    await correction.getByRole('button', { name: '訂正する' }).click();
    await page.getByText('（2版）').waitFor();
    await openPart(page, '取り消す（今日のうち）');
    const withdrawal = page.getByRole('form', { name: '取消' });
    await withdrawal.getByLabel('取消の理由').fill('別の人の予診票で記録した');
    await withdrawal.getByRole('button', { name: '記録を取り消す' }).click();
    await page.getByText('取り消した').waitFor();
    // The form can be used again: an interview without a dose.
    await openForm(page, number, '20260720');
    await openPart(page, '接種しないとき（予診のみ・同意なし）');
    const interview = page.getByRole('form', { name: /接種しな/u });
    await interview.getByLabel('予診のみ').check();
    await interview.getByLabel('予診した医師').fill('試験　一郎');
    await interview.getByLabel('理由').fill('発熱');
    await interview.getByRole('button', { name: '接種しなかったことを記録する' }).click();
    await page.getByRole('heading', { name: '記録しました' }).waitFor();
    assert.deepEqual(plain.troubles, []);
    await plain.context.close();
  });

  step('通信が切れると、送らずにそう言い、端末に何も残さない', async () => {
    const { page, context } = chair;
    await page.goto('/');
    await page.getByLabel('予診票の番号').fill('1000-0000-0099');
    await page.getByLabel('生年月日').fill('20260101');
    await context.setOffline(true);
    await page.getByRole('button', { name: '予診票を開く' }).click();
    await page.getByRole('heading', { name: '通信が切れています' }).waitFor();
    await picture(page, 'offline');
    const kept = await page.evaluate(
      '(async () => [Object.keys(localStorage).filter((k) => k !== "sesshu-active-at"), Object.keys(sessionStorage), (await indexedDB.databases()).length, (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length])()',
    );
    assert.deepEqual(kept, [[], [], 0, 0, 0]);
    await context.setOffline(false);
    await page.getByRole('heading', { name: '通信が切れています' }).waitFor({ state: 'hidden' });
    assert.deepEqual(
      chair.troubles.filter((trouble) => !/ERR_INTERNET_DISCONNECTED/u.test(trouble)),
      [],
    );
  });
});

/** The office tells of a form within seconds of its printing. */
async function awaitTicket({ database }: TestClinic, formNumber: string): Promise<void> {
  const isThere = () =>
    withMunicipality(database.db, database.lgCode, async (tx) => {
      const text = 'SELECT FROM tickets WHERE lg_code = $1 AND form_number = $2';
      return (await tx.client.query(text, [database.lgCode, formNumber])).rowCount === 1;
    });
  for (let tries = 0; tries < 300 && !(await isThere()); tries += 1) await setTimeout(100);
  assert.ok(await isThere(), 'the form arrived');
}
