import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRulesFolder } from '#platform/files';
import { formatScheduleAnswer, judge, parseRules, ScheduleAnswerBytes } from '#schedule';
import { people } from './random-people.ts';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));

const explain = ({ code }: { readonly code: string }): string => `「${code}」\n"x"`;

test('the bytes written are the answers formatted, line by line', () => {
  const lines = fc.array(fc.tuple(fc.oneof(fc.string({ unit: 'binary' }), fc.integer()), people()), { maxLength: 5 });
  fc.assert(
    fc.property(lines, (each) => {
      const answers = new ScheduleAnswerBytes(explain);
      let wanted = '';
      for (const [id, person] of each) {
        const judgement = judge(rules, person);
        answers.append(id, judgement);
        wanted += `${JSON.stringify(formatScheduleAnswer(id, judgement, explain))}\n`;
      }
      answers.appendLine('{"誤り":1}');
      assert.equal(Buffer.from(answers.take()).toString(), `${wanted}{"誤り":1}\n`);
      assert.equal(answers.size, 0);
    }),
    { numRuns: Math.min(300, Number(process.env['SESSHU_RANDOM_HISTORIES'] ?? 300)) },
  );
});
