import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';

const dayColumn = '接種年月日';
const rowsInHand = 5000;

/**
 * Parts the forms of many months as they arrive in an office: all months but the last (`2026-10`) as one file, month after
 * month, and the last by itself. A form whose day is none, or lies after the last month, stays with the form before it.
 */
export async function partByMonth(
  path: string,
  folder: string,
  lastMonth: string,
): Promise<{ backlog: string; lastMonth: string }> {
  const { header, piles } = await pileUp(path, folder, lastMonth.replace('-', ''));
  const parts = { backlog: join(folder, 'backlog.csv'), lastMonth: join(folder, 'last-month.csv') };
  await joinFiles(parts.backlog, header, piles.slice(0, -1));
  await joinFiles(parts.lastMonth, header, piles.slice(-1));
  return parts;
}

/** A file for each month, in their order. */
async function pileUp(path: string, folder: string, lastMonth: string): Promise<{ header: string; piles: string[] }> {
  const inHand = new Map<string, string[]>();
  const pathOf = (month: string): string => join(folder, `pile-${month}.csv`);
  let header: string | undefined;
  let at = 0;
  let month = lastMonth;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    const cells = line.split(',');
    if (header === undefined) {
      header = `${line}\r\n`;
      at = cells.indexOf(dayColumn);
      continue;
    }
    const told = (cells[at] ?? '').slice(0, 6);
    if (told.length === 6 && told <= lastMonth) month = told;
    const pile = inHand.get(month) ?? [];
    inHand.set(month, pile);
    pile.push(`${line}\r\n`);
    if (pile.length >= rowsInHand) await appendFile(pathOf(month), pile.splice(0).join(''));
  }
  for (const [name, pile] of inHand) await appendFile(pathOf(name), pile.join(''));
  return { header: header ?? '', piles: [...inHand.keys()].sort().map(pathOf) };
}

async function joinFiles(to: string, header: string, parts: readonly string[]): Promise<void> {
  await writeFile(to, header);
  for (const part of parts) await pipeline(createReadStream(part), createWriteStream(to, { flags: 'a' }));
}
