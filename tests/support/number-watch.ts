import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from '#platform/postgres';

/**
 * Rule 4 of the house over the whole test run: every individual number that a test puts in is noted here, and whatever
 * leaves the system in that process afterwards (answers with their addresses, PDFs, every table of every test's database)
 * is searched for all of them. What was searched is counted, so that the end of the run can tell that it was enough.
 */
const noted = new Set<string>();

/** The variable by which the runner names the folder of the counts. */
export const numberWatchVariable = 'SESSHU_NUMBER_WATCH';

/** What is searched: pages with their addresses, texts of PDFs, databases. */
type Searched = 'answers' | 'pdfs' | 'databases' | 'rows' | 'numbers';

/** Notes numbers that a test is about to put in. */
export function noteNumbers(numbers: Iterable<string>): void {
  let fresh = 0;
  for (const number of numbers) {
    if (!/^\d{12}$/u.test(number) || noted.has(number)) continue;
    noted.add(number);
    fresh += 1;
  }
  if (fresh > 0) count('numbers', fresh);
}

/** The first noted number that stands in a text, in the clear, spaced or as a hexadecimal dump of its digits. */
export function findNumber(text: string): string | undefined {
  if (noted.size === 0) return undefined;
  const decoded = text.replaceAll(/\\x([0-9a-f]{24,})/gu, (_, hex: string) =>
    Buffer.from(hex, 'hex').toString('latin1'),
  );
  for (const each of new Set([text, decoded])) {
    const found = findInDigits(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Twelve digits behind each other, or parted as people part them (1234-5678-9012, or with spaces, full-width too). */
function findInDigits(text: string): string | undefined {
  for (const [run] of text.normalize('NFKC').matchAll(/\d(?:[ -]?\d){11,}/gu)) {
    const digits = run.replaceAll(/[ -]/gu, '');
    for (let i = 0; i + 12 <= digits.length; i += 1) {
      const number = digits.slice(i, i + 12);
      if (noted.has(number)) return number;
    }
  }
  return undefined;
}

/** Whoever may show a number: the one guarded page, after its purpose was given. */
const guardedPage = /\/individual-number\/reveal$/u;

/** Holds an answer of a server to the rule: its address, its headers and its text. */
export async function watchAnswer(answer: {
  readonly url: string;
  readonly headers: object;
  readonly body: Uint8Array;
}): Promise<void> {
  if (noted.size === 0) return;
  count('answers', 1);
  refuse(findNumber(decodeURIComponentSafely(answer.url)), `the address ${answer.url.replaceAll(/\d/gu, '#')}`);
  refuse(findNumber(JSON.stringify(answer.headers)), `a header of ${answer.url}`);
  if (guardedPage.test(answer.url)) return;
  refuse(findNumber(Buffer.from(answer.body).toString('utf8')), answer.url);
  if (Buffer.from(answer.body.subarray(0, 5)).toString('latin1') !== '%PDF-') return;
  await watchPdf(answer.body, answer.url);
}

/** Holds the text of a PDF to the rule. */
export async function watchPdf(pdf: Uint8Array, place: string): Promise<void> {
  const { textsOfPages } = await import('./notices.ts');
  count('pdfs', 1);
  for (const text of await textsOfPages(pdf)) refuse(findNumber(text), `a page of ${place}`);
}

/** Holds every row of every table of a database to the rule, those of the queue and of the vault among them. */
export async function watchDatabase(ownerUrl: string, jobsUrl: string): Promise<void> {
  if (noted.size === 0) return;
  count('databases', 1);
  await withClient(ownerUrl, async (owner) => {
    const { rows } = await owner.query<{ name: string; queue: boolean }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relowner = 'sesshu_jobs'::regrole AS queue
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
    );
    await withClient(jobsUrl, async (jobs) => {
      for (const { name, queue } of rows) {
        // Rows with twelve digits in a line or their dump: the rest cannot hold one.
        const held = await (queue ? jobs : owner).query<{ text: string }>(
          `SELECT t::text AS text FROM ${name} t WHERE t::text ~ '[0-9]{12}|(3[0-9]){12}|[0-9]{4}[ -][0-9]{4}[ -]'`,
        );
        count('rows', held.rows.length);
        for (const { text } of held.rows) refuse(findNumber(text), `the table ${name}`);
      }
    });
  });
}

function refuse(found: string | undefined, place: string): void {
  assert.equal(found, undefined, `an individual number stands in ${place}`);
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function count(what: Searched, by: number): void {
  const folder = process.env[numberWatchVariable];
  if (folder !== undefined && by > 0) appendFileSync(join(folder, `${process.pid}.txt`), `${what} ${by}\n`);
}

/** What the processes of a run searched, added up. */
export function summariseWatch(folder: string): Record<Searched, number> {
  const sum = { answers: 0, pdfs: 0, databases: 0, rows: 0, numbers: 0 };
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const [what = '', by = '0'] = line.split(' ');
      if (Object.hasOwn(sum, what)) sum[what as Searched] += Number(by);
    }
  }
  return sum;
}
