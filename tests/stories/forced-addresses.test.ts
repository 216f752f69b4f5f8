import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { OfficeAsker } from '../support/office-asker.ts';

let office: TestOffice;
let clerk: OfficeAsker;

before(async () => {
  office = await openTestOffice('2026-11-21T10:00:00+09:00');
  clerk = new OfficeAsker(office);
  await clerk.signIn('tantou');
});
after(() => office.close());

test('書き換えた番地は「ない」か、何もない一覧になり、誤りにならない', async () => {
  const wanted = new Map([
    ['/intake/1/rows/999999999999999', 404],
    ['/intake/999999999999999', 404],
    ['/persons/999999999999999', 404],
    ['/persons/99999999999999999999', 404],
    ['/jobs/999999999999999', 404],
    ['/imports/1?after=1e308', 404],
    ['/persons/absences?after=1e300', 200],
    ['/persons/absences?after=-5.5', 200],
    ['/institutions?after=%27', 200],
    ['/notices/prints/1/files/999999999999999', 404],
    ['/rules/..%2f..%2fpackage.json', 404],
  ]);
  for (const [path, status] of wanted) assert.equal((await clerk.ask(path)).status, status, path);
});
