import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributes, classNames, Html, html, trustedHtml } from './html.ts';

test('本文では五つの文字が無害になる', () => {
  assert.equal(String(html`<p>${`<b> & "'`}</p>`), '<p>&lt;b&gt; &amp; &quot;&#39;</p>');
});

test('属性では引用符を閉じられない', () => {
  const name = '" autofocus onfocus="alert(1)';
  assert.equal(String(html`<input value="${name}">`), '<input value="&quot; autofocus onfocus=&quot;alert(1)">');
});

test('出来上がった部品はそのまま、配列は順に、無いものは何も出さない', () => {
  const items = ['一', '<二>'].map((item) => html`<li>${item}</li>`);
  assert.equal(
    String(html`<ul>${items}${null}${undefined}${false}${0}</ul>`),
    '<ul><li>一</li><li>&lt;二&gt;</li>0</ul>',
  );
});

test('真偽の属性は付くか付かないか', () => {
  const tag = html`<input${attributes({ checked: true, disabled: false, value: 'あ"', 'aria-label': null })}>`;
  assert.equal(String(tag), '<input checked value="あ&quot;">');
  assert.equal(String(html`<input ${attributes({ required: true })}>`), '<input  required>');
});

test('スクリプトになるリンクは断る', () => {
  for (const link of ['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x']) {
    assert.throws(() => html`<a href="${link}">x</a>`, TypeError, link);
    assert.throws(() => attributes({ href: link }), TypeError, link);
  }
  assert.equal(String(html`<a href="${'/persons?a=1&b=2'}">x</a>`), '<a href="/persons?a=1&amp;b=2">x</a>');
  assert.equal(String(html`<a href="/persons/${'a:b'}">x</a>`), '<a href="/persons/a:b">x</a>');
  assert.equal(String(html`<a href="#dose-${1}">x</a>`), '<a href="#dose-1">x</a>');
});

test('書いてはいけない場所の穴はプログラムの誤りとして止まる', () => {
  const value = 'x';
  assert.throws(() => html`<p class=${value}>x</p>`, TypeError);
  assert.throws(() => html`<${value}>x`, TypeError);
  assert.throws(() => html`<p onclick="${value}">x</p>`, TypeError);
  assert.throws(() => html`<p style="${value}">x</p>`, TypeError);
  assert.throws(() => html`<!-- ${value} -->`, TypeError);
  assert.throws(() => html`<script>${value}</script>`, TypeError);
  assert.throws(() => html`<p ${value}>x</p>`, TypeError);
  assert.throws(() => html`<p class="${html`x`}">x</p>`, TypeError);
  assert.throws(() => html`<p>${attributes({ id: 'x' })}</p>`, TypeError);
  assert.throws(() => attributes({ onclick: 'x' }), TypeError);
  assert.throws(() => attributes({ 'a b': 'x' }), TypeError);
});

test('外のファイルを読むスクリプトのタグと、比べる記号は使える', () => {
  assert.equal(String(html`<script src="${'/a.js'}" defer></script>`), '<script src="/a.js" defer></script>');
  assert.equal(String(html`<p>1 < 2 ${'x'}</p>`), '<p>1 < 2 x</p>');
});

test('属性の値を組み立てるときも途中の穴は安全', () => {
  assert.equal(String(html`<p id="row-${1}" class="a ${'"b'} c">x</p>`), '<p id="row-1" class="a &quot;b c">x</p>');
});

test('外で作った印は、どこから来たかを言わなければ使えない', () => {
  assert.equal(String(trustedHtml('<svg></svg>', 'barcode')), '<svg></svg>');
  assert.throws(() => trustedHtml('<svg></svg>', ' '), TypeError);
  assert.ok(trustedHtml('', 'x') instanceof Html);
});

test('クラスの名前は無いものを飛ばしてつなぐ', () => {
  assert.equal(classNames('a', false, null, '', 'b'), 'a b');
});
