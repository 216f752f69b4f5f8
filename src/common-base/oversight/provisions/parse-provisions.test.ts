import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { chooseProvisions, decideProvision, type ProvisionQuestion, parseProvisions } from './parse-provisions.ts';

const file = join(import.meta.dirname, '../../../../rules/provisions/national.csv');
const national = parseProvisions(readFileSync(file, 'utf8'), 'national.csv');
const toMunicipality: ProvisionQuestion = { door: 'informationNetwork', recipient: 'municipality', withNumbers: true };
const idOn = (day: string, question = toMunicipality, table = national) =>
  decideProvision(table, question, parseIsoDay(day))?.id;

// 第7号から第8号へ: 令和3年9月1日。別表第二から主務省令の表へ: 令和6年5月27日。
test('提供の根拠は、その日の条文と表の項で答える', () => {
  const days = ['2017-11-12', '2017-11-13', '2021-08-31', '2021-09-01', '2024-05-26', '2024-05-27'];
  assert.deepEqual(
    days.map((day) => idOn(day)),
    [undefined, 'network-16-2-first', 'network-16-2-first', 'network-16-2', 'network-16-2', 'network-25'],
  );
  const now = decideProvision(national, toMunicipality, parseIsoDay('2026-11-21'));
  assert.match(now?.table ?? '', /表25の項/u);
  assert.match(now?.formerTable ?? '', /別表第二の16の2/u);
});

test('同じ提供先に、同じ日の根拠は一つだけある', () => {
  for (const row of national) {
    const { door, recipient, withNumbers, validFrom } = row;
    assert.equal(decideProvision(national, { door, recipient, withNumbers }, validFrom)?.id, row.id);
  }
});

test('個人番号をともなわない根拠では、番号を渡せない', () => {
  const clinic = { door: 'clinics', recipient: 'contractedClinic' } as const;
  assert.equal(idOn('2026-11-21', { ...clinic, withNumbers: false }), 'clinics');
  assert.equal(idOn('2026-11-21', { ...clinic, withNumbers: true }), undefined);
  assert.equal(idOn('2026-11-21', { ...toMunicipality, withNumbers: false }), 'network-25', 'less is fine');
  assert.equal(idOn('2026-11-21', { ...toMunicipality, recipient: 'company' }), undefined);
});

test('自治体の表は、国の表の行を限り、条例の行を足せる。書いていない行では渡せない', () => {
  const header =
    'id,door,recipient,recipient_name,purpose,information,law,former_table,table,with_numbers,valid_from,valid_to,source';
  const own = 'board,exports,educationBoard,教育委員会,学齢期の勧奨,接種歴,条例第3条,,,no,2026-04-01,2027-03-31,条例';
  const chosen = chooseProvisions(national, `${header}\nnetwork-25,,,,,,,,,,2020-01-01,2026-12-31,\n${own}\n`);
  assert.deepEqual(
    ['2024-05-26', '2024-05-27', '2026-12-31', '2027-01-01'].map((day) => idOn(day, toMunicipality, chosen)),
    [undefined, 'network-25', 'network-25', undefined],
  );
  const board = { door: 'exports', recipient: 'educationBoard', withNumbers: false } as const;
  assert.equal(idOn('2027-03-31', board, chosen), 'board');
  assert.equal(idOn('2027-04-01', board, chosen), undefined);
  assert.equal(idOn('2026-11-21', { ...board, recipient: 'contractor' }, chosen), undefined);
  for (const row of ['nobody,,,,,,,,,,,,', 'x,letters,a,b,c,d,e,,,no,2026-04-01,,', 'x,exports,a,b,c,d,e,,,no,,,']) {
    assert.throws(() => chooseProvisions(national, `${header}\n${row}\n`), { name: 'UnreadableInput' }, row);
  }
});
