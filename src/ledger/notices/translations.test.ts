import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Finding } from '#kernel';
import { readTextFolder } from '#platform/files';
import { checkText, openFonts } from '#platform/pdf';
import { composeLayout, listLayoutIds } from './compose-layout.ts';
import { drawDocument } from './draw-document.ts';
import type { FormLayout } from './layout-types.ts';
import { parseFormLayout } from './parse-form-layout.ts';
import { deriveTranslation, mayBeSent, parseTranslation, type Translation } from './translations.ts';

const root = new URL('../../../', import.meta.url);
const layouts = await readTextFolder(fileURLToPath(new URL('rules/forms/', root)), (path) => path.endsWith('.json'));
const municipality = readFileSync(new URL('settings/wakabadai/municipality.json', root), 'utf8');
const fonts = openFonts();
const languages = ['en', 'ko', 'pt', 'vi', 'zh'];
const screenings = listLayoutIds(layouts)
  .filter((layoutId) => layoutId.startsWith('screening-'))
  .map(layoutOf);

function layoutOf(layoutId: string): FormLayout {
  const findings: Finding[] = [];
  const form = composeLayout(layouts, layoutId, layouts.get(`${layoutId}.json`) ?? '', findings);
  const decision = parseFormLayout(layoutId, { form, municipality });
  assert.ok(decision.answer !== 'refused', layoutId);
  return decision.value;
}

function translationOf(language: string, more: { own?: string; acceptance?: string } = {}): Translation {
  const decision = parseTranslation(language, { release: layouts.get(`translations/${language}.json`) ?? '', ...more });
  assert.ok(decision.answer !== 'refused', JSON.stringify(decision.findings));
  return decision.value;
}

test('予診票は28種類あり、どの言語にも、すべての予診票のすべての文の訳がある', () => {
  assert.equal(screenings.length, 28);
  for (const language of languages) {
    const translation = translationOf(language);
    for (const form of screenings) {
      const decision = deriveTranslation(form, translation);
      assert.deepEqual(decision.findings, [], `${language} ${form.layoutId}`);
    }
  }
});

for (const language of languages) {
  test(`${language}: すべての予診票の翻訳シートが、字形も欄も足りて一枚に収まる`, async () => {
    const translation = translationOf(language);
    const sheet = { ...layoutOf('translation-sheet'), face: translation.face };
    const person = { formNumberSpaced: '1000-0000-0016', name: '髙橋　𠮷乃' };
    for (const form of screenings) {
      const said = deriveTranslation(form, translation);
      assert.ok(said.answer !== 'refused');
      const values = { texts: { ...person, ...said.value.texts }, lists: said.value.lists };
      const content = { title: '訳', author: '', createdAt: new Date(0), values: [values] };
      const { pages, findings } = await drawDocument(sheet, fonts, content);
      assert.deepEqual(findings, [], form.layoutId);
      assert.equal(pages, 1, form.layoutId);
    }
  });
}

test('訳は日本語の予診票と同じ番号で、続きの質問には番号がない', () => {
  const form = screenings.find(({ layoutId }) => layoutId === 'screening-influenza-older');
  assert.ok(form !== undefined);
  const said = deriveTranslation(form, translationOf('en'));
  assert.ok(said.answer !== 'refused');
  const rows = said.value.lists['translation'] ?? [];
  assert.deepEqual(
    rows.slice(0, 4).map(({ number, answers }) => [number, answers]),
    [
      ['1', 'Yes　／　No'],
      ['', 'Yes　／　No'],
      ['2', 'No　／　Yes'],
      ['', 'No　／　Yes'],
    ],
  );
});

test('予診票に訳のない質問が一つでもあれば、その文を言って断り、自治体の訳を加えれば通る', () => {
  const [form] = screenings;
  assert.ok(form !== undefined);
  const asked = '今日、海外から帰ったばかりですか。';
  const changed = {
    ...form,
    elements: form.elements.map((element) =>
      element.kind === 'questions'
        ? { ...element, items: [...element.items, { ask: asked, answers: ['はい', 'いいえ'] }] }
        : element,
    ),
  };
  const refused = deriveTranslation(changed, translationOf('vi'));
  assert.equal(refused.answer, 'refused');
  assert.deepEqual(
    refused.findings.map(({ code, params }) => [code, params['sentence']]),
    [['translationSentenceMissing', asked]],
  );
  const own = JSON.stringify({ sentences: { [asked]: 'Hôm nay quý vị vừa từ nước ngoài về phải không?' } });
  assert.notEqual(deriveTranslation(changed, translationOf('vi', { own })).answer, 'refused');
});

test('医療翻訳者の確認がない訳は、自治体が使うと決めたときだけ送り、そのことを紙に書く', () => {
  const [form] = screenings;
  assert.ok(form !== undefined);
  const row = { language: 'ko', checkedBy: null, checkedOn: null };
  const accept = (more: object) => JSON.stringify({ languages: [{ ...row, ...more }] });
  const said = (translation: Translation) => {
    const decision = deriveTranslation(form, translation);
    return decision.answer === 'refused' ? undefined : decision.value.texts['translation.unchecked'];
  };
  assert.equal(mayBeSent(translationOf('ko')), false);
  const refused = translationOf('ko', { acceptance: accept({ isUncheckedAccepted: false }) });
  assert.equal(mayBeSent(refused), false);
  const accepted = translationOf('ko', { acceptance: accept({ isUncheckedAccepted: true }) });
  assert.equal(mayBeSent(accepted), true);
  assert.match(said(accepted) ?? '', /의료 번역자의 확인을 받지 않았습니다/u);
  const who = { checkedBy: '医療通訳 金', checkedOn: '2026-11-01', isUncheckedAccepted: false };
  const checked = translationOf('ko', { acceptance: accept(who) });
  assert.equal(mayBeSent(checked), true);
  assert.equal(said(checked), '');
  const badDay = { ...who, checkedOn: '2026-13-01' };
  const decision = parseTranslation('ko', {
    release: layouts.get('translations/ko.json') ?? '',
    acceptance: accept(badDay),
  });
  assert.equal(decision.answer, 'refused');
});

test('韓国語と中国語の字は、その言語の書体にあるものを使い、ない字は印刷の前に分かる', () => {
  assert.deepEqual(checkText(fonts, '예방접종', 'korean'), []);
  assert.deepEqual(checkText(fonts, '您疗诊', 'chinese'), []);
  assert.equal(checkText(fonts, '예', 'regular').length, 1, 'the Japanese face alone has no Hangul');
  assert.deepEqual(
    checkText(fonts, '예\u{e123}', 'korean').map(({ kind }) => kind),
    ['characterMissing'],
  );
});
