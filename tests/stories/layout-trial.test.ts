import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { browserMissing, checkPage, findBrowserPath, openPart, startBrowser, type Window } from '../support/browser.ts';
import { openDesk } from '../support/desk.ts';
import { clinicHeader, clinicLine } from '../support/intake.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const file = (lines: readonly string[]) => ({
  name: 'month.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(lines.map((line) => `${line}\r\n`).join('')),
});

describe('ファイルの並びを実際のファイルで確かめる', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou', { hasScripts: false });
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  test('並びを選び、列の名前を変え、変えた並びで読めるかを見る。何も取り込まれない', async () => {
    const { page } = clerk;
    await page.goto('/layouts');
    await page.getByRole('link', { name: '予診票の月次データ(医師会)', exact: true }).click();
    await openPart(page, 'JSONで見る・直す');
    const text = page.getByLabel('並び（JSON）');
    const written = await text.inputValue();
    const lines = [clinicHeader, clinicLine({}), clinicLine({ 接種年月日: '20261301' })];
    await page.getByLabel('試すファイル').setInputFiles(file(lines));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByText('month.csv のはじめの2行').waitFor();
    await page.getByText('読めない行 1').waitFor();
    await page.getByRole('cell', { name: '2026-04-15' }).waitFor();
    await openPart(page, 'JSONで見る・直す');
    await text.fill(written.replace('"ロット番号"', '"ロット"'));
    await page.getByLabel('試すファイル').setInputFiles(file(lines));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByText('まだ読めません').waitFor();
    await openPart(page, 'JSONで見る・直す');
    await text.fill('{ "title": ');
    await page.getByLabel('試すファイル').setInputFiles(file(lines));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByText(/JSONとして読めません/u).waitFor();
    await page.goto('/intake');
    assert.equal(await page.getByText('month.csv').count(), 0);
    assert.deepEqual([...clerk.troubles], []);
  });

  test('シフトJISの固定長で、見出しと件数の記録のあるファイルから並びを作り、登録して受け付ける', async () => {
    const { page, troubles } = await openDesk(browser, office, 'kakaricho');
    const digits = (text: string, bytes: number) => text.padEnd(bytes, ' ');
    // ヤマモト in half-width kana of CP932: one byte each.
    const kana = Buffer.from([0xd4, 0xcf, 0xd3, 0xc4, 0x20, 0xcf, 0xbb, 0xb5]);
    const line = Buffer.concat([Buffer.from(`2${digits('0000000001', 10)}`), kana, Buffer.from('03220260415\r\n')]);
    const buffer = Buffer.concat([
      Buffer.from(`1${digits('202604', 28)}\r\n`),
      line,
      Buffer.from(`9${digits('1', 28)}\r\n`),
    ]);
    await page.goto('/layouts');
    await page.getByLabel('試すファイル').setInputFiles({ name: 'fixed.dat', mimeType: 'text/plain', buffer });
    await page.getByRole('button', { name: 'このファイルから始める' }).click();
    await page.getByLabel('画面に出る名前').fill('固定長の接種データ');
    await page.getByLabel('文字コード').selectOption('cp932');
    await page.getByLabel('区切り方').selectOption('fixed');
    await page.getByLabel('記録の種類の列').fill('1');
    await page.getByLabel('データでない種類').fill('1 9');
    await page.getByLabel('件数を書く記録').fill('9=2');
    await page.getByLabel('どの行も同じ値').fill('outcome=administered');
    await page.getByLabel('足す列の数').fill('4');
    await page.getByRole('button', { name: '列を足す' }).click();
    const columns = [
      ['種類', '1', 'unused1', 'skip'],
      ['宛名番号', '10', 'addresseeNumber', 'text'],
      ['カナ', '8', 'kana', 'text'],
      ['ワクチン', '3', 'vaccineCode', 'text'],
      ['接種日', '8', 'vaccinatedOn', 'day'],
    ] as const;
    for (const [i, [name, bytes, key, type]] of columns.entries()) {
      await page.getByLabel(`${i + 1}列目の名前`).fill(name);
      await page.getByLabel(`${i + 1}列目のバイト数`).fill(bytes);
      await page.getByLabel(`${i + 1}列目の項目`).selectOption(key);
      await page.getByLabel(`${i + 1}列目の読み方`).selectOption(type);
    }
    await page.getByRole('button', { name: '表のとおりに読み直す' }).click();
    await page.getByText('fixed.dat のはじめの1行').waitFor();
    await page.getByText('すべて読めました').waitFor();
    await page.getByRole('cell', { name: 'ﾔﾏﾓﾄ ﾏｻｵ' }).waitFor();
    await page.getByRole('cell', { name: '2026-04-15' }).waitFor();
    // A name of the settings is not taken over; the layout stays on the page.
    await page.getByLabel('並びの名前').fill('clinic-records');
    await page.getByLabel('登録の理由').fill('入力業者が替わるため');
    await page.getByRole('button', { name: 'この並びを登録する' }).click();
    await page.getByText('設定かプログラムにある並びの名前です').waitFor();
    await page.getByLabel('並びの名前').fill('clinic-records-fixed');
    await page.getByLabel('登録の理由').fill('入力業者が替わるため');
    await page.getByRole('button', { name: 'この並びを登録する' }).click();
    await page.getByText('画面で登録').waitFor();
    await checkPage(page);
    await page.goto('/intake');
    await page.getByRole('option', { name: '固定長の接種データ' }).waitFor({ state: 'attached' });
    assert.deepEqual([...troubles], []);
    // A clerk may try, and may not keep.
    await clerk.page.goto('/layouts?name=clinic-records-fixed');
    assert.equal(await clerk.page.getByRole('button', { name: 'この並びを登録する' }).count(), 0);
  });

  test('画面は電話の幅でも読み上げでも使える', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/layouts?name=vrs-ledger');
    await checkPage(page);
    await page
      .getByLabel('試すファイル')
      .setInputFiles(file(['21,20210601093000,20210601,0000001234,134996,市民体育館,試験　医師,ファイザー,FA5715']));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByRole('cell', { name: '0000000021' }).waitFor();
    await checkPage(page);
  });
});
