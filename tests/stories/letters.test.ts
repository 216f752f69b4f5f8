import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { importResidents } from '#addressees/persons';
import { getDay } from '#kernel';
import { residentFeed, type TestResident, testActor, testContext } from '../support/addressees.ts';
import {
  browserMissing,
  checkPage,
  findBrowserPath,
  openPart,
  openWindow,
  startBrowser,
  type Window,
} from '../support/browser.ts';
import { openDesk } from '../support/desk.ts';
import { olderResident } from '../support/notices.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { testSealPng } from '../support/seal.ts';
import { withSettings } from '../support/settings.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;
/** Five to call in November; two whose letters cannot arrive are too young for that call. */
const residents: readonly TestResident[] = [
  ...[1, 2, 3, 4, 5].map((n) => olderResident(n)),
  olderResident(6, { 生年月日: '19560402', 住所: '' }),
  olderResident(7, { 生年月日: '19560402', 郵便番号: '2999999' }),
];

describe('通知の係の一年', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let chief: Window;

  before(async () => {
    office = await openTestOffice('2026-11-16T09:00:00+09:00');
    const { db, lgCode } = office.database;
    const context = testContext(db, testActor(lgCode, ['persons.import']));
    await importResidents(context, residentFeed(residents), { isChanges: false, asOf: getDay(2026, 11, 16) });
    browser = await startBrowser();
    chief = await openWindow(browser, office.address);
  });
  after(async () => {
    await browser?.close();
    await office?.close();
    assert.deepEqual(chief?.troubles, []);
  });

  let isBroken = false;
  function step(sentence: string, work: (page: Page) => Promise<void>): void {
    test(sentence, async () => {
      assert.ok(!isBroken, 'an earlier step failed');
      isBroken = true;
      await work(chief.page);
      isBroken = false;
    });
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

  step('係長が条件を足して人数を見て、対象者を決める', async (page) => {
    const account = office.accounts.find((one) => one.accountName === 'kakaricho');
    await page.goto(`/m/${office.database.lgCode}`);
    await page.getByLabel('アカウント名').fill('kakaricho');
    await page.getByLabel('パスワード').fill(account?.password ?? '');
    await press(page, 'サインイン');
    await page.getByRole('heading', { level: 1, name: '今日の仕事' }).waitFor();
    await page.goto('/notices');
    await page.getByRole('heading', { level: 1, name: '処理事由を選ぶ' }).waitFor();
    await page.getByLabel('接種記録の登録・訂正').check();
    await press(page, 'この事由で進む');
    await checkPage(page);
    await page.getByLabel('印刷するもの').selectOption('screening-influenza-older');
    await page.getByLabel('抽出の名前').fill('11月の個別通知');
    await openPart(page, '条件を足す');
    await page.getByLabel('生年月日（この日まで）').fill('S30.13.1');
    await page.getByLabel('何回目').fill('1');
    await page.getByLabel('中学1年').check();
    await page.getByLabel('判定する日').fill('きのう');
    await press(page, '人数を見る');
    // Each wrong day is told at its field, and nothing that was typed is lost.
    for (const label of ['判定する日', '生年月日（この日まで）']) {
      const field = page.getByLabel(label);
      assert.equal(await field.getAttribute('aria-invalid'), 'true', label);
      assert.match(await field.locator('xpath=..').innerText(), /のように書いてください/u, label);
    }
    assert.equal(await page.getByLabel('生年月日（この日まで）').inputValue(), 'S30.13.1');
    assert.equal(await page.getByLabel('何回目').inputValue(), '1');
    assert.ok(await page.getByLabel('中学1年').isChecked());
    await checkPage(page);
    await page.getByLabel('何回目').fill('');
    await page.getByLabel('中学1年').uncheck();
    await page.getByLabel('判定する日').fill('２０２６／１１／１６');
    await page.getByLabel('生年月日（この日まで）').fill('Ｓ３０.1.1');
    await press(page, '人数を見る');
    await page.getByRole('link', { name: '条件を直す' }).click();
    assert.equal(await page.getByLabel('抽出の名前').inputValue(), '11月の個別通知');
    assert.equal(await page.getByLabel('判定する日').inputValue(), '2026-11-16');
    assert.equal(await page.getByLabel('生年月日（この日まで）').inputValue(), '1955-01-01');
    await press(page, '人数を見る');
    await page.getByRole('button', { name: 'この5人で決める' }).waitFor();
    assert.match(await page.locator('.figure-row').innerText(), /対象者\s*5\s*人/u);
    await checkPage(page);
    await press(page, 'この5人で決める');
    await page.getByRole('heading', { level: 1, name: '11月の個別通知' }).waitFor();
    assert.match(await page.locator('main').innerText(), /生年月日\s*～1955-01-01/u);
    await checkPage(page);
  });

  step('一人を理由とともに外し、理由がなければ断られる', async (page) => {
    await page.getByLabel('宛名番号').fill('0000000002');
    await page.locator('#handReason').fill('施設でまとめて接種');
    await press(page, 'この人を外す');
    await page.getByText('外した').first().waitFor();
    assert.match(await page.locator('main').innerText(), /施設でまとめて接種/u);
    await page.getByLabel('宛名番号').fill('9999999999');
    await page.locator('#handReason').fill('試し');
    await press(page, 'この人を足す');
    await page.getByText('その宛名番号の人はいません').first().waitFor();
    await checkPage(page);
  });

  step('印刷すると4枚で、ページを絵で見て、同じページを刷り直せる', async (page) => {
    await page.getByLabel('発行日').fill('11月31日');
    await page.getByLabel('1ファイルの枚数').fill('10');
    await press(page, '印刷を始める');
    await page.getByText('発行日を 2026-04-01 や R8.4.1 のように書いてください').first().waitFor();
    assert.equal(await page.getByLabel('1ファイルの枚数').inputValue(), '10');
    await page.getByLabel('1ファイルの枚数').fill('0');
    await page.getByLabel('発行日').fill('R8/11/16');
    await press(page, '印刷を始める');
    await page.getByText('1ファイルの枚数は1から').first().waitFor();
    await page.getByLabel('1ファイルの枚数').fill('');
    await page.getByLabel('発行日').fill('2026/11/16');
    await press(page, '印刷を始める');
    await page.getByText('できました').first().waitFor();
    assert.match(await page.locator('.figure-row').innerText(), /印刷した\s*4\s*通/u);
    await checkPage(page);
    const job = page.url();
    await page.getByRole('link', { name: '発送の前に確かめる' }).click();
    await page.getByText('抜く封書はありません').waitFor();
    await checkPage(page);
    await press(page, '発送を記録する');
    await page.getByText('4通を発送しました').waitFor();
    await checkPage(page);
    const list = page.waitForEvent('download');
    await page.getByRole('link', { name: '発送一覧' }).click();
    assert.match((await list).suggestedFilename(), /^発送一覧/u);
    await page.goto(job);
    await page.getByRole('link', { name: 'ページを見る' }).click();
    const picture = page.getByRole('img', { name: '1ページ目の紙' });
    await picture.waitFor();
    await page.waitForFunction('document.querySelector(".sheet-picture img")?.naturalWidth > 0');
    await checkPage(page);
    await page.getByLabel('最後のページ').fill('2');
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, '同じものをもう一度印刷する')]);
    assert.match(download.suggestedFilename(), /_1_1-2\.pdf$/u);
  });

  step('公印を登録し、様式の文を日を決めて変え、悪い変更は理由とともに断られる', async (page) => {
    await page.goto('/notices/forms');
    await checkPage(page);
    assert.match(await page.locator('main').innerText(), /公印の印影が登録されていません/u);
    await page.locator('input[type=file]').setInputFiles({
      name: 'seal.png',
      mimeType: 'image/png',
      buffer: testSealPng(),
    });
    await press(page, '公印を登録する');
    await page.locator('main .mono.small').first().waitFor();
    assert.ok(!/公印の印影が登録されていません/u.test(await page.locator('main').innerText()));
    await page.getByRole('link', { name: '高齢者インフルエンザ予診票' }).click();
    await page.locator('.sheet-picture svg').waitFor();
    await page.getByLabel('文 notice').fill('十二月からの文です。');
    await page.getByLabel('適用する日').fill('R8.12.1');
    await page.getByLabel('変える理由').fill('契約期間の変更');
    await openPart(page, '位置と窓');
    await page.getByLabel('recipientName').fill('150, 31, 80, 7');
    await press(page, '見本で確かめる');
    await page.getByText('このままでは印刷できません').waitFor();
    assert.match(await page.locator('main').innerText(), /用紙の外に出ています/u);
    await openPart(page, '位置と窓');
    await page.getByLabel('recipientName').fill('26, 31.6, 80, 7');
    await openPart(page, 'そのほかの変更');
    await page.getByLabel('要素を消す、足すなど').fill('{}');
    await page.getByLabel('文 notice').fill('十二月からの文です。');
    await page.getByLabel('変える理由').fill('契約期間の変更');
    await press(page, 'この日から使う');
    await page.getByText('契約期間の変更').waitFor();
    await checkPage(page);
  });

  step('戻った郵便をバーコードで登録し、二度目と知らない番号は断られる', async (page) => {
    await page.goto('/notices/returns');
    await checkPage(page);
    const enter = async (number: string) => {
      await page.getByLabel('発行番号').fill(number);
      await press(page, '登録する');
    };
    await enter('100000000016');
    await page.getByText('を登録しました').waitFor();
    await checkPage(page);
    await enter('1000 0000 0016');
    await page.getByText('すでに戻った郵便として登録してあります').first().waitFor();
    await enter('100000000099');
    await page.getByText('その番号の紙は発行していません').first().waitFor();
    await checkPage(page);
  });

  step('通知の希望を登録する', async (page) => {
    await page.getByRole('table').getByRole('link').first().click();
    const person = new URL(page.url()).pathname;
    // Who asks where the letter is can be told.
    const paper = page.getByRole('table', { name: '発行した予診票' }).getByRole('row').nth(1);
    assert.match(await paper.innerText(), /2026年11月16日に発送[\s\S]*戻りました（/u);
    await page.goto(`${person}/notices`);
    await checkPage(page);
    await page.getByLabel('お知らせや勧奨を希望しない').check();
    await page.getByLabel('希望を受けた経緯').fill('電話で本人から');
    await press(page, '登録する');
    assert.equal(new URL(page.url()).pathname, person);
    await page.goto(`${person}/notices`);
    assert.ok(await page.getByLabel('お知らせや勧奨を希望しない').isChecked());
    await page.getByRole('heading', { level: 1, name: '通知の希望' }).waitFor();
  });

  step('担当が年間計画に足すと次の月の抽出ができ、係長が承認してから印刷できる', async (chiefPage) => {
    const clerk = await openDesk(browser, office, 'tantou');
    let { page } = clerk;
    await page.goto('/notices/plan');
    await checkPage(page);
    await page.getByLabel('計画の名前').fill('接種のお知らせ');
    await page.locator('#layoutId').selectOption('guidance');
    await page.getByRole('checkbox', { name: '12月' }).check();
    await press(page, '計画に足す');
    await page.getByText('どの予防接種のものかを選んでください').first().waitFor();
    await checkPage(page);
    await page.locator('#stage').selectOption('influenza-older/seasonal');
    await press(page, '計画に足す');
    await page.getByRole('rowheader', { name: '接種のお知らせ' }).waitFor();
    await press(page, 'いまの分を作る');
    const madeOn = (shown: Page) => shown.getByRole('link', { name: /^\d+人$/u });
    for (let i = 0; i < 20 && (await madeOn(page).count()) === 0; i += 1) {
      await page.waitForTimeout(500);
      await page.reload();
    }
    await checkPage(page);
    const plan = page.url();
    await madeOn(page).click();
    assert.equal(await page.getByRole('button', { name: '印刷を始める' }).count(), 0);
    assert.equal(
      await page.getByRole('button', { name: '選んだ抽出を承認する' }).count(),
      0,
      'a clerk approves nobody',
    );
    assert.deepEqual(clerk.troubles, []);
    await clerk.context.close();
    page = chiefPage;
    await page.goto(plan);
    await page.getByRole('heading', { name: '承認を待つ抽出 1件' }).waitFor();
    await press(page, '選んだ抽出を承認する');
    await page.getByRole('heading', { name: '印刷を待つ抽出 1件' }).waitFor();
    await checkPage(page);
    await press(page, 'まとめて足す');
    await page.getByText('送る予診票を選んでください').first().waitFor();
    await page.getByRole('checkbox', { name: 'ＢＣＧ予診票' }).check();
    await page.getByRole('checkbox', { name: '麻しん風しん（第１期）予診票' }).check();
    await press(page, 'まとめて足す');
    await page.getByRole('rowheader', { name: '麻しん風しん（第１期）予診票' }).waitFor();
    assert.equal(await page.getByRole('rowheader', { name: 'ＢＣＧ予診票' }).count(), 1);
    await madeOn(page).click();
    await page.getByRole('button', { name: '印刷を始める' }).waitFor();
    await checkPage(page);
  });

  step('壊れた様式は、どこが悪いかを印刷の前の確かめで言われ、一枚も出ない', async (page) => {
    const cohort = page.url();
    // Who has no address was left out when the cohort was made, by name.
    assert.match(await page.locator('main').innerText(), /宛先の住所がない/u);
    await page.goto(`${cohort}/people?which=out`);
    assert.match(await page.getByRole('row', { name: '若葉 試験6' }).innerText(), /宛先の住所がない/u);
    await page.goto(cohort);
    const elements = { signer: { at: [190, 246, 60, 8] }, contact: { text: '${noSuchField}' } };
    await withSettings(office.database.db, {
      'forms/guidance.json': JSON.stringify({ elements }),
      'postcodes.csv': '2990012\n2990001\n',
    });
    await page.getByRole('link', { name: '印刷の前に確かめる' }).click();
    await page.getByRole('heading', { name: '様式を直すまで印刷できません' }).waitFor();
    const said = await page.locator('main').innerText();
    assert.match(said, /用紙の外に出ています（190,246 – 250,254）/u);
    assert.match(said, /項目 noSuchField はありません/u);
    await checkPage(page);
    await page.goto(cohort);
    await press(page, '印刷を始める');
    await page.getByText('誤りがあるため印刷できません').first().waitFor();
    await withSettings(office.database.db, { 'postcodes.csv': '2990012\n2990001\n' });
    await page.goto(cohort);
  });

  step('啓発資材を登録し、配った部数を残し、まちがいは理由とともに取り消す', async (page) => {
    const cohort = page.url();
    await page.goto('/notices/outreach');
    await checkPage(page);
    await page.getByLabel('題名').fill('インフルエンザのお知らせ');
    await page.getByLabel('種類').selectOption('leaflet');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'chirashi.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await press(page, '登録する');
    await page.getByRole('heading', { level: 1, name: 'インフルエンザのお知らせ' }).waitFor();
    await checkPage(page);
    await page.getByLabel('配布先の種類').selectOption('school');
    await page.locator('#recipient').fill('市立小学校');
    await page.getByLabel('渡し方').selectOption('hand');
    await page.getByLabel('部数').fill('１２０');
    await press(page, '発送を記録する');
    await page.getByRole('cell', { name: '120' }).waitFor();
    await openPart(page, 'まちがえたとき');
    await page.getByLabel('取り消す理由').fill('部数の誤り');
    await press(page, '取り消す');
    await page.getByText('部数の誤り').waitFor();
    assert.match(await page.locator('.figure-row').innerText(), /部数\s*0\s*部/u);
    await checkPage(page);
    await page.goto(cohort);
  });

  step('通知の結果、印刷の前の確かめ、証明書の画面が開く', async (page) => {
    await page.getByRole('link', { name: '印刷の前に確かめる' }).click();
    await page.getByText('2999999 は、郵便番号の一覧にありません').waitFor();
    const people = page.getByRole('table', { name: '確かめる人' });
    assert.match(
      await people.getByRole('row', { name: '若葉 試験7' }).innerText(),
      /住民記録か送付先を直してください/u,
    );
    assert.equal(await people.getByRole('row').count(), 2, 'the others stand right');
    await checkPage(page);
    await page.goto('/notices/campaigns');
    await checkPage(page);
    await page.getByRole('link', { name: '11月の個別通知' }).click();
    assert.match(await page.locator('.figure-row').innerText(), /届いた\s*3\s*人\s*戻った\s*1\s*通/u);
    await checkPage(page);
    await page.goto('/notices/returns');
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('link', { name: '証明書' }).click();
    await checkPage(page);
    await page.locator('#layoutId').selectOption('certificate-record-ja');
    await page.locator('#purpose').fill('入園');
    await press(page, '交付する');
    await page.getByText('接種の記録は台帳にありません').first().waitFor();
    await checkPage(page);
  });
});
