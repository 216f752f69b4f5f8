import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { residentLines, type TestResident } from '../support/addressees.ts';
import {
  browserMissing,
  checkAxe,
  checkPage,
  findBrowserPath,
  openWindow,
  startBrowser,
  type Window,
  windowSizes,
} from '../support/browser.ts';
import { clinicHeader, clinicLine, contractedClinicLines } from '../support/intake.ts';
import { textsOfPages } from '../support/notices.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const child: TestResident = {
  整理番号: '0000000101',
  氏名カナ: 'ワカバ　ハルト',
  氏名漢字: '若葉　陽翔',
  生年月日: '20260510',
  性別: '1',
  世帯番号: '000000101',
  続柄区分: '20',
  住民となった日: '20260510',
};
const mother: TestResident = {
  整理番号: '0000000102',
  氏名カナ: 'ワカバ　ミサキ',
  氏名漢字: '若葉　美咲',
  生年月日: '19940302',
  性別: '2',
  世帯番号: '000000101',
};
const grandfather: TestResident = {
  整理番号: '0000000103',
  氏名カナ: 'シロタ　タケシ',
  氏名漢字: '城田　武',
  生年月日: '19500115',
  性別: '1',
  世帯番号: '000000103',
};
const protectedWoman: TestResident = {
  整理番号: '0000000104',
  氏名カナ: 'ヒミツ　サチコ',
  氏名漢字: '秘密　幸子',
  生年月日: '19880704',
  世帯番号: '000000104',
  住所: '若葉台市秘密町一丁目1番1号',
  支援措置: '1',
};

/** A baby of 3 months without any dose: the one whom the letters of December are for. */
const baby: TestResident = {
  整理番号: '0000000105',
  氏名カナ: 'アオタ　ヒナ',
  氏名漢字: '青田　陽菜',
  生年月日: '20260720',
  性別: '2',
  世帯番号: '000000105',
  続柄区分: '20',
  住民となった日: '20260720',
};

/** 高齢者インフルエンザ of the grandfather: in every way right. */
const influenza = {
  整理番号: '0000000103',
  氏名カナ: 'シロタ　タケシ',
  生年月日: '19500115',
  性別: '1',
  予防接種コード: '51',
  回数: '1',
  接種年月日: '20261020',
  ワクチンメーカーコード: '10',
  ロット番号: 'FL2610',
};
/** 五種混合 of the child at 4 months: right, but the lot is missing, which a person must answer. */
const fiveInOne = {
  整理番号: '0000000101',
  氏名カナ: 'ワカバ　ハルト',
  生年月日: '20260510',
  性別: '1',
  予防接種コード: '24',
  回数: '1',
  接種年月日: '20261005',
  ワクチンメーカーコード: '04',
  ロット番号: '',
};
/** A number that nobody has: sent back. */
const nobody = { ...influenza, 整理番号: '0000009998', 氏名カナ: 'シラナイ　ヒト', 生年月日: '19511111' };

const people = [child, mother, grandfather, protectedWoman, baby];

const csv = (name: string, lines: readonly string[]) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(lines.map((line) => `${line}\r\n`).join('')),
});

describe('予防接種の係の一日', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;
  let chief: Window;

  before(async () => {
    office = await openTestOffice('2026-11-16T09:00:00+09:00');
    browser = await startBrowser();
    clerk = await openWindow(browser, office.address);
    chief = await openWindow(browser, office.address);
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  /** One step of the day; after one that failed, the rest fails at once. */
  let isBroken = false;
  function step(sentence: string, work: () => Promise<void> | void): void {
    test(sentence, async () => {
      assert.ok(!isBroken, 'an earlier step of the day failed');
      isBroken = true;
      await work();
      isBroken = false;
    });
  }

  /** Signs in by the form, and gives the 処理事由 when it is asked for. */
  async function signIn(page: Page, accountName: string): Promise<void> {
    const account = office.accounts.find((one) => one.accountName === accountName);
    await page.goto(`/m/${office.database.lgCode}`);
    await page.getByLabel('アカウント名').fill(accountName);
    await page.getByLabel('パスワード').fill(account?.password ?? '');
    await page.getByRole('button', { name: 'サインイン' }).click();
    await page.getByRole('heading', { level: 1, name: '今日の仕事' }).waitFor();
  }

  async function giveReason(page: Page, reason: string): Promise<void> {
    await page.getByRole('heading', { level: 1, name: '処理事由を選ぶ' }).waitFor();
    await page.getByLabel(reason).check();
    await page.getByRole('button', { name: 'この事由で進む' }).click();
  }

  /** Sends a file on the page of imports and waits until the work behind it has ended. */
  async function importFile(page: Page, kind: string, file: ReturnType<typeof csv>): Promise<void> {
    await page.goto('/imports');
    await page.getByRole('radio', { name: kind }).check();
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: '送って取り込む' }).click();
    await page.getByRole('link', { name: '取込の記録を見る' }).click();
    await page.getByText('読んだ行').waitFor();
  }

  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();

  step('違うパスワードでは入れず、正しければ今日の仕事が出る', async () => {
    const { page } = clerk;
    await page.goto('/persons');
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await checkPage(page);
    await page.getByRole('link', { name: '若葉台市' }).click();
    await checkPage(page);
    await page.getByLabel('アカウント名').fill('tantou');
    await page.getByLabel('パスワード').fill('chigau-password-1');
    await page.getByRole('button', { name: 'サインイン' }).click();
    await page.getByText('サインインできませんでした').waitFor();
    await checkPage(page);
    await signIn(page, 'tantou');
    await page.getByText('待っている仕事はありません').waitFor();
    await checkPage(page);
  });

  step('人を見る前に、一度だけ処理事由をきかれる', async () => {
    const { page } = clerk;
    await page.goto('/persons');
    await checkPage(page);
    await giveReason(page, '受付した接種記録の確認');
    assert.equal(await heading(page), '人をさがす');
    await page.goto('/intake');
    assert.equal(await heading(page), '接種記録の受付');
    assert.match(await page.locator('.shell-reason').innerText(), /受付した接種記録の確認/u);
  });

  step('係長が住民記録と医療機関をファイルで取り込む', async () => {
    const { page } = chief;
    await signIn(page, 'kakaricho');
    await page.goto('/persons');
    await giveReason(page, '接種記録の登録・訂正');
    const residents = residentLines(people);
    await importFile(page, '住民記録（全件）', csv('residents.csv', residents));
    assert.match(await page.locator('.figure-row').innerText(), /読んだ行\s*5\s*行\s*取り込んだ\s*5\s*行/u);
    await checkPage(page);
    await importFile(page, '契約医療機関', csv('institutions.csv', contractedClinicLines));
    await page.goto('/imports');
    await checkPage(page);
    await page.goto('/institutions');
    await page.getByText('試験医院').waitFor();
    await checkPage(page);
    await page.goto('/jobs');
    await page.getByRole('link', { name: /住民記録（全件）/u }).waitFor();
    await checkPage(page);
  });

  step('同じファイルをもう一度送っても、二重に取り込まない', async () => {
    const { page } = chief;
    await page.goto('/imports');
    await page.getByRole('radio', { name: '住民記録（全件）' }).check();
    const residents = residentLines(people);
    await page.locator('input[type=file]').setInputFiles(csv('residents.csv', residents));
    await page.getByRole('button', { name: '送って取り込む' }).click();
    await page.getByText('このファイルは前に取り込んでいます').waitFor();
    await checkPage(page);
  });

  step('読めないファイルは、どこがおかしいかを言って何も取り込まない', async () => {
    const { page } = chief;
    await page.goto('/imports');
    await page.getByRole('radio', { name: '住民記録（異動分）' }).check();
    await page.locator('input[type=file]').setInputFiles(csv('broken.csv', ['整理番号,氏名カナ', '1,ア']));
    await page.getByRole('button', { name: '送って取り込む' }).click();
    await page.getByText('何も書き込まれていません').first().waitFor();
    assert.match(await page.locator('main').innerText(), /broken\.csv/u);
    await checkPage(page);
    await page.goto('/');
    await page.getByText('住民記録（異動分）を読めませんでした（broken.csv）').waitFor();
    await checkPage(page);
  });

  const searches: readonly (readonly [how: string, text: string, found: readonly string[]])[] = [
    ['宛名番号', '0000000103', ['城田　武']],
    ['カナの前の方', 'ワカバ', ['若葉　陽翔', '若葉　美咲']],
    ['ひらがなの名', 'はると', ['若葉　陽翔']],
    ['漢字の一部', '陽翔', ['若葉　陽翔']],
    ['生年月日（西暦）', '2026-05-10', ['若葉　陽翔']],
    ['生年月日（和暦）', '令和8年5月10日', ['若葉　陽翔']],
    ['生年月日（略した和暦）', 'R8.5.10', ['若葉　陽翔']],
    ['カナと生年月日', 'ワカバ H6.3.2', ['若葉　美咲']],
    ['いない人', 'ソンザイシナイ', []],
  ];
  for (const [how, text, found] of searches) {
    step(`${how}でさがすと、打つそばから結果が出る`, async () => {
      const { page } = clerk;
      await page.goto('/persons');
      await page.locator('#text').pressSequentially(text);
      const expected =
        found.length === 0 ? page.getByText('見つかりませんでした') : page.getByText(`結果　${found.length}人`);
      await expected.waitFor();
      assert.deepEqual((await page.locator('#results a.person-link').allInnerTexts()).sort(), [...found].sort());
    });
  }

  step('支援措置の人の住所は、検索でも人の画面でも出ない', async () => {
    const { page } = clerk;
    await page.goto('/persons');
    await page.locator('#text').fill('ヒミツ');
    await page.getByText('結果　1人').waitFor();
    await checkPage(page);
    assert.doesNotMatch(await page.locator('body').innerText(), /秘密町/u);
    await page.locator('#results a.person-link').click();
    await page.getByText('支援措置の対象です。').waitFor();
    assert.doesNotMatch(await page.content(), /秘密町/u);
    await checkPage(page);
  });

  step('接種記録のファイルを受け付けると、正しい行は受け付け、確かめる行は仕事の一覧に並ぶ', async () => {
    const { page } = clerk;
    await page.goto('/intake');
    await checkPage(page);
    const lines = [influenza, fiveInOne, nobody].map((row, i) => clinicLine(row, i + 1));
    await page.getByRole('textbox', { name: '送り元', exact: true }).fill('若葉台医師会');
    const day = page.getByLabel('確かめる時点');
    const send = async (typed: string) => {
      await day.fill(typed);
      await page.locator('input[type=file]').setInputFiles(csv('clinic-2026-10.csv', [clinicHeader, ...lines]));
      await page.getByRole('button', { name: '送って確かめる' }).click();
    };
    await send('令和8年13月1日');
    await page.getByText('確かめる時点を 2026-04-01 や R8.4.1 のように書いてください').first().waitFor();
    assert.equal(await page.getByRole('textbox', { name: '送り元', exact: true }).inputValue(), '若葉台医師会');
    await send('２０２６／１１／１６');
    const onward = page.getByRole('link', { name: '受け付けた記録を確かめる' });
    await onward.waitFor();
    const told = await page.locator('.figure-row').innerText();
    assert.match(told, /読んだ行\s*3\s*行\s*受け付け\s*1\s*行\s*要確認\s*2\s*行\s*受付できない\s*0\s*行/u);
    await onward.click();
    await page.getByRole('heading', { level: 1, name: /clinic-2026-10\.csv/u }).waitFor();
    const figures = await page.locator('.figure-row').innerText();
    assert.match(figures, /すべての行\s*3\s*行\s*受け付け\s*1\s*行\s*要確認\s*2\s*行/u);
    await checkPage(page);
    await page.goto('/');
    const work = page.getByRole('link', { name: /接種記録の確認事項/u });
    assert.match(await work.innerText(), /2\s*行/u);
    await work.click();
    assert.equal(new URL(page.url()).searchParams.get('answer'), 'open');
    assert.equal(await page.locator('tbody tr').count(), 2);
  });

  step('確かめる行に、キーボードだけで理由を書いて答える', async () => {
    const { page } = clerk;
    await page.goto('/intake/1?answer=open');
    const row = page.locator('tr[data-ordinal="2"]');
    assert.match(await row.innerText(), /ロット番号が空欄です/u);
    // R, a reason and Enter say R, though another button stands first; the answer can be taken back.
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    assert.match(await page.locator('.answer-count').innerText(), /1行を選んでいます。Enterで「受け付けない」/u);
    await page.keyboard.type('予診票がない');
    await page.keyboard.press('Enter');
    await row.waitFor({ state: 'detached' });
    assert.equal(await page.locator('tr.is-current').getAttribute('data-ordinal'), '3');
    await page.goto('/intake/1/rows/2');
    assert.match(await page.locator('h1').innerText(), /受け付けない/u);
    await page.getByRole('button', { name: '答える前に戻す' }).click();
    // On the row's own page, where three buttons stand, Enter in the reason chooses none of them.
    await page.getByLabel('答えの理由').fill('医療機関に電話で確認');
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).pathname, '/intake/1/rows/2');
    await page.goto('/intake/1?answer=open');
    assert.equal(await page.locator('tbody tr').count(), 2);
    // The chief has the same list open, and comes second.
    await chief.page.goto('/intake/1?answer=open');
    // E first: Enter ends the reason, and the answer's own key sends it.
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('e');
    await page.keyboard.type('医療機関に電話で確認');
    await page.keyboard.press('Enter');
    await page.keyboard.press('a');
    await row.waitFor({ state: 'detached' });
    assert.equal(await page.locator('tbody tr').count(), 1);
    await chief.page.keyboard.press('j');
    await chief.page.keyboard.press('r');
    await chief.page.keyboard.type('ロットがない');
    await chief.page.keyboard.press('Enter');
    await chief.page.getByText('答えを付けられなかった行が1行あります').waitFor();
    assert.match(
      await chief.page.locator('main').innerText(),
      /2行目\s*この行には、見ているあいだに.+が「受け付ける」と答えました（理由「医療機関に電話で確認」）/u,
    );
    assert.equal(await chief.page.locator('tbody tr').count(), 1);
  });

  step('だれの記録かわからない行は、まとめて受け付けることもできず、書いた理由は残る', async () => {
    const { page } = clerk;
    await page.goto('/intake/1/same-answer?code=personUnknown');
    await page.getByLabel('答えの理由').fill('医師会に確認済み');
    await page.getByRole('button', { name: '1行を受け付ける' }).click();
    await page.getByText('だれの接種かが決まっていない行は受け付けられません').waitFor();
    assert.equal(await page.getByLabel('答えの理由').inputValue(), '医師会に確認済み');
    await checkPage(page);
  });

  step('だれの記録かわからない行は、行の画面で差し戻す', async () => {
    const { page } = clerk;
    await page.goto('/intake/1/rows/3');
    assert.match(await page.locator('main').innerText(), /この宛名番号の人は台帳にいません/u);
    await checkPage(page);
    await page.getByRole('button', { name: '差し戻す' }).click();
    // Without a reason the row stays open: the browser itself holds the form back.
    assert.equal(new URL(page.url()).pathname, '/intake/1/rows/3');
    await page.getByLabel('答えの理由').fill('番号の書き間違い');
    await page.getByRole('button', { name: '差し戻す' }).click();
    await page.getByText('この条件に合う行はありません').waitFor();
  });

  step('台帳に登録すると、人の画面の図と表に接種が出る', async () => {
    const { page } = clerk;
    await page.goto('/intake/1');
    await page.getByRole('link', { name: '台帳に登録する' }).click();
    assert.match(await page.locator('main').innerText(), /登録する\s*2件/u);
    await checkPage(page);
    await page.getByRole('button', { name: '2件を登録する' }).click();
    await page.getByText('2件を台帳に登録しました').waitFor();
    await checkPage(page);
    await page.locator('#head-search').fill('0000000101');
    await page.keyboard.press('Enter');
    await page.locator('#results a.person-link').click();
    assert.match(await heading(page), /若葉　陽翔/u);
    const dose = page.getByRole('row', { name: /2026年10月5日/u });
    assert.match(await dose.innerText(), /五種混合.*1回目/su);
    assert.match(await dose.innerText(), /きまりどおり/u);
    const mark = page.locator('a.tl-dose');
    assert.equal(await mark.count(), 1);
    assert.match((await mark.getAttribute('aria-label')) ?? '', /五種混合.*1回目.*2026年10月5日.*きまりどおり/su);
    // 20 clear days after 5 October have passed: the second dose may be given.
    assert.match(await page.locator('.due-list').innerText(), /五種混合[^回]*初回\s*2回目/u);
    assert.match(await page.getByRole('region', { name: '世帯' }).innerText(), /若葉　美咲/u);
    await checkPage(page);
  });

  step('人の画面から予診票を印刷すると、本人の名と番号のあるPDFが出る', async () => {
    const { page, context } = clerk;
    await page.goto('/persons');
    await page.locator('#text').fill('0000000101');
    await page.locator('#results a.person-link').click();
    await page
      .locator('.due-list')
      .getByRole('link', { name: /予診票.*五種混合/u })
      .click();
    assert.match(await page.locator('main').innerText(), /若葉　陽翔/u);
    await page.getByRole('textbox', { name: '発行の理由' }).fill('窓口で交付');
    await checkPage(page);
    await page.getByRole('button', { name: '印刷用のPDFを作る' }).click();
    await page.getByRole('heading', { level: 1, name: '予診票ができました' }).waitFor();
    await checkPage(page);
    const number = await page.locator('.notice .mono').first().innerText();
    assert.match(number, /^\d{4}-\d{4}-\d{4}$/u);
    const href = (await page.getByRole('link', { name: 'PDFを開く' }).getAttribute('href')) ?? '';
    const answer = await context.request.get(href);
    assert.equal(answer.headers()['content-type'], 'application/pdf');
    const [text = ''] = await textsOfPages(await answer.body());
    assert.ok(text.includes('若葉陽翔'), 'the name');
    assert.ok(text.includes(number), 'the number of the form');
    await page.getByRole('link', { name: 'この人の画面にもどる' }).click();
    assert.match(await page.getByRole('region', { name: '予診票' }).innerText(), new RegExp(`${number}[^]*有効`, 'u'));
  });

  step('対象者を抽出して印刷すると、予診票をまだ持たない人の分が一冊になる', async () => {
    const { page, context } = clerk;
    await page.goto('/notices');
    await checkPage(page);
    await page.getByRole('combobox', { name: '印刷するもの' }).selectOption({ label: '五種混合（初回）予診票' });
    await page.getByRole('textbox', { name: '抽出の名前' }).fill('12月の個別通知');
    await page.getByRole('textbox', { name: 'いつまでの分' }).fill('2026-12-31');
    await page.getByRole('button', { name: '人数を見る' }).click();
    assert.match(await page.locator('.figure-row').innerText(), /対象者\s*1\s*人/u);
    await checkPage(page);
    await page.getByRole('button', { name: 'この1人で決める' }).click();
    await checkPage(page);
    await page.getByRole('button', { name: '印刷を始める' }).click();
    await page.getByText('できました').first().waitFor();
    await checkPage(page);
    const href = (await page.getByRole('link', { name: '1冊目のPDF' }).getAttribute('href')) ?? '';
    const answer = await context.request.get(href);
    const pages = await textsOfPages(await answer.body());
    assert.equal(pages.length, 1);
    assert.ok(pages[0]?.includes('青田陽菜'));
  });

  step('スクリプトが動かない端末でも、さがして人を見られる', async () => {
    const plain = await openWindow(browser, office.address, { hasScripts: false, size: 'phone' });
    const { page } = plain;
    await signIn(page, 'tantou');
    await page.goto('/persons');
    await giveReason(page, '窓口での相談・申請の対応');
    await page.locator('#text').fill('シロタ');
    await page.getByRole('button', { name: 'さがす' }).click();
    await page.getByRole('link', { name: '城田　武' }).click();
    assert.match(await page.locator('main').innerText(), /高齢者インフルエンザ/u);
    assert.match(await page.locator('main').innerText(), /2026年10月20日/u);
    assert.deepEqual(plain.troubles, []);
    await plain.context.close();
  });

  step('電話の幅の窓でも、おもな画面に読みにくいところがない', async () => {
    const { page } = chief;
    await page.setViewportSize(windowSizes.phone);
    for (const path of [
      '/',
      '/persons',
      '/persons/1',
      '/intake/1',
      '/notices',
      '/imports',
      '/jobs',
      '/audit/permissions',
    ]) {
      await page.goto(path);
      await checkAxe(page);
    }
    await page.setViewportSize(windowSizes.desk);
  });

  step('接種のきまりを、根拠とともに見られる', async () => {
    const { page } = clerk;
    await page.goto('/rules');
    await checkPage(page);
    await page.getByRole('link', { name: /^B型肝炎/u }).click();
    assert.match(await page.locator('main').innerText(), /生まれた日から生後12月に至るまで/u);
    assert.match(await page.locator('main').innerText(), /予防接種法施行令第3条第1項/u);
    await checkPage(page);
  });

  step('担当職員は職員の画面を開けず、開こうとしたことが監査の記録に残る', async () => {
    const { page } = clerk;
    const refused = await page.goto('/staff');
    assert.equal(refused?.status(), 403);
    await checkPage(page);
    const auditor = await openWindow(browser, office.address);
    await signIn(auditor.page, 'kansa');
    await auditor.page.goto('/audit/log');
    await checkPage(auditor.page);
    await auditor.page.getByRole('button', { name: '検索する' }).click();
    const log = await auditor.page.locator('main table tbody').innerText();
    await checkPage(auditor.page);
    assert.match(log, /権限のない操作の拒否/u);
    assert.match(log, /予診票の印刷/u);
    assert.match(log, /接種記録の台帳への登録/u);
    await auditor.page.goto('/audit/permissions');
    await checkPage(auditor.page);
    assert.deepEqual(auditor.troubles, []);
    await auditor.context.close();
  });

  step('窓を閉じるまで、画面の誤りは一つもなかった', () => {
    assert.deepEqual([...clerk.troubles, ...chief.troubles], []);
  });
});
