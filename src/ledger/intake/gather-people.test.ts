import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedRow } from '#common-base/linkage';
import { countRows, gatherPeople } from './gather-people.ts';

function row(ordinal: number, addresseeNumber: string): FeedRow {
  const fields = { addresseeNumber: addresseeNumber === '' ? null : addresseeNumber, kana: `カナ${ordinal}` };
  return { ordinal, line: ordinal + 1, fields, raw: [addresseeNumber], findings: [], unmappedCharacters: 0 };
}

/** A file of the given numbers, in chunks; `readings` counts how often it was opened. */
function file(numbers: readonly string[], rowsPerChunk: number) {
  const rows = numbers.map((number, i) => row(i + 1, number));
  const state = { readings: 0 };
  const read = async function* (): AsyncGenerator<readonly FeedRow[]> {
    state.readings += 1;
    for (let from = 0; from < rows.length; from += rowsPerChunk) {
      yield await Promise.resolve(rows.slice(from, from + rowsPerChunk));
    }
  };
  return { read, state };
}

async function gather(numbers: readonly string[], rowsPerChunk: number, rowsWaitingMax: number) {
  const { read, state } = file(numbers, rowsPerChunk);
  const counts = await countRows(read(), new Map());
  state.readings = 0;
  const pages: number[][] = [];
  for await (const page of gatherPeople(read, counts, { rowsWaitingMax })) {
    pages.push(page.map(({ ordinal }) => ordinal));
  }
  return { pages, readings: state.readings, rows: counts.rows };
}

/** Every row once, and all rows of one number in one page. */
function assertWhole(numbers: readonly string[], pages: readonly (readonly number[])[]): void {
  assert.deepEqual(
    pages.flat().sort((a, b) => a - b),
    numbers.map((_, i) => i + 1),
  );
  const pageOf = new Map<string, number>();
  for (const [at, page] of pages.entries()) {
    for (const ordinal of page) {
      const number = numbers[ordinal - 1] ?? '';
      if (number === '') continue;
      assert.equal(pageOf.get(number) ?? at, at, `the rows of ${number} are in two pages`);
      pageOf.set(number, at);
    }
  }
}

test('a row waits for the last row of its person, over the chunks of the file', async () => {
  const numbers = ['1', '2', '1', '', '3', '2', '', '1'];
  const { pages, readings, rows } = await gather(numbers, 3, 100);
  assert.equal(rows, 8);
  assert.equal(readings, 1);
  assertWhole(numbers, pages);
  assert.deepEqual(pages, [
    [4, 5, 2, 6],
    [7, 1, 3, 8],
  ]);
});

test('whoever finds no room to wait comes with the next reading of the file, and nobody comes twice', async () => {
  const numbers = ['1', '2', '3', '4', '', '1', '2', '3', '4', '5'];
  const { pages, readings } = await gather(numbers, 2, 4);
  assertWhole(numbers, pages);
  // Room for two people of two rows: 1 and 2 in the first reading, 3 and 4 in the second.
  assert.equal(readings, 2);
});

test('somebody always finds room, so that a file ends', async () => {
  const numbers = ['1', '2', '3', '1', '2', '3'];
  const { pages, readings } = await gather(numbers, 1, 0);
  assertWhole(numbers, pages);
  assert.equal(readings, 3);
});

test('a number with more rows than any person has is cut into pages of five hundred', async () => {
  const numbers = Array.from({ length: 1201 }, () => '7');
  const { pages, rows } = await gather(numbers, 100, 60_000);
  assert.equal(rows, 1201);
  assert.deepEqual(
    pages.map((page) => page.length),
    [500, 500, 201],
  );
});

test('rows that waited as text come back as they were', async () => {
  const { read } = file(['1', '2', '1'], 1);
  const found: FeedRow[] = [];
  for await (const page of gatherPeople(read, await countRows(read(), new Map()), { rowsWaitingMax: 10 }))
    found.push(...page);
  assert.deepEqual(found, [row(2, '2'), row(1, '1'), row(3, '1')]);
});

test('the rows of two records that are linked come together, under whichever number', async () => {
  const { read } = file(['1', '2', '3', '2'], 2);
  const counts = await countRows(read(), new Map([['3', '1']]));
  const pages: number[][] = [];
  for await (const page of gatherPeople(read, counts, { rowsWaitingMax: 10 })) {
    pages.push(page.map(({ ordinal }) => ordinal));
  }
  assert.deepEqual(pages, [[1, 3, 2, 4]]);
});
