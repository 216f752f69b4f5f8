import { createInterface } from 'node:readline';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { judge, parseScheduleLine, ScheduleAnswerBytes } from '#schedule';
import type { Command } from '../command.ts';
import { loadRules } from '../rules-folder.ts';
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
    const answers = new ScheduleAnswerBytes((found) => explainFinding(tables, found).message);
    let line = 0;
    let errors = 0;
    for await (const text of createInterface({ input: around.input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() === '') continue;
      const read = parseScheduleLine(rules, text, line);
      if ('error' in read) {
        errors += 1;
        answers.appendLine(JSON.stringify(read));
      } else {
        answers.append(read.id, judge(rules, read.person));
      }
      if (answers.size >= bytesAtOnce) await write(answers.take(), around.output);
    }
    await write(answers.take(), around.output);
    return { exitCode: errors > 0 ? 1 : 0, json: null, lines: [] };
  },
};

/** About a hundred answers go out together. */
const bytesAtOnce = 1_000_000;

async function write(bytes: Uint8Array, output: NodeJS.WritableStream): Promise<void> {
  if (bytes.length === 0) return;
  if (!output.write(bytes)) await new Promise<void>((resolve) => output.once('drain', () => resolve()));
}
