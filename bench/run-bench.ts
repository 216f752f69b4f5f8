import { parseArgs } from 'node:util';
import { formatFigure } from './bench.ts';
import { benches } from './benches.ts';
import { describeMachine, withStage } from './stage.ts';

/** Runs the one benchmark of its argument and prints its figures. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { large: { type: 'boolean', default: false }, rows: { type: 'string' }, home: { type: 'string' } },
});
const load = benches[positionals[0] ?? ''];
if (load === undefined) throw new Error('no such benchmark');
const { default: bench } = await load();
const rows = values.rows === undefined ? null : Number(values.rows);
await withStage({ isLarge: values.large, rows, home: values.home ?? null }, async (stage) => {
  const machine = await describeMachine(stage);
  process.stdout.write(`\n== ${positionals[0] ?? ''}: ${bench.title}\n  計算機: ${machine}\n`);
  for (const figure of await bench.run(stage)) process.stdout.write(`${formatFigure(figure)}\n`);
});
