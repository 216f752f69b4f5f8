import { createInterface } from 'node:readline';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { formatScheduleAnswer, judge, parseScheduleLine } from '#schedule';
import type { Command } from '../command.ts';
import { loadRules } from '../open-office.ts';
import { findOption } from '../run-command.ts';

/** Pure evaluation and forecast without a database: one JSON object per line in, one per line out, in order. */
export const scheduleCommand: Command = {
  path: 'schedule',
  usage: '[--rules DIR]',
  summary: '接種歴を判定し、次の接種を求める（NDJSON、データベースなし）',
  options: { rules: 'text' },
  run: async (call, around) => {
    const rules = await loadRules(findOption(call, 'rules'));
    const tables = await loadFindingsTables();
    let line = 0;
    let errors = 0;
    const written: string[] = [];
    for await (const text of createInterface({ input: around.input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() === '') continue;
      const read = parseScheduleLine(rules, text, line);
      if ('error' in read) errors += 1;
      const answer =
        'error' in read
          ? read.error
          : formatScheduleAnswer(read.id, judge(rules, read.person), (found) => explainFinding(tables, found).message);
      written.push(JSON.stringify(answer));
      if (written.length >= 200) await flush(written, around.output);
    }
    await flush(written, around.output);
    return { exitCode: errors > 0 ? 1 : 0, json: null, lines: [] };
  },
};

async function flush(lines: string[], output: NodeJS.WritableStream): Promise<void> {
  if (lines.length === 0) return;
  const text = `${lines.join('\n')}\n`;
  lines.length = 0;
  if (!output.write(text)) await new Promise<void>((resolve) => output.once('drain', () => resolve()));
}
