import type { Stage } from './stage.ts';

/** One measured figure with what it was measured on. */
export interface Figure {
  /** What was done, in the office's words. */
  readonly what: string;
  /** On which data: how many people, rows, bytes. */
  readonly data: string;
  readonly value: number;
  /** Rows a second, milliseconds, mebibytes … */
  readonly unit: string;
  /** What issue and plan aim at; null where there is no aim. */
  readonly aim?: { readonly atLeast: number } | { readonly atMost: number };
  /** Rows a second of a bare COPY of the same file in the same run, for the ratio. */
  readonly copyRowsPerSecond?: number;
}

/** One benchmark: it makes its data on the stage, measures, and answers its figures. It is no test and fails nothing. */
export interface Bench {
  readonly title: string;
  run(stage: Stage): Promise<readonly Figure[]>;
}

/** A line of figures as staff and developers read it. */
export function formatFigure(figure: Figure): string {
  const parts = [`${figure.what}: ${formatNumber(figure.value)} ${figure.unit}`];
  if (figure.aim !== undefined) parts.push(formatAim(figure.value, figure.aim));
  if (figure.copyRowsPerSecond !== undefined) {
    const ratio = figure.copyRowsPerSecond / figure.value;
    parts.push(`素の COPY (${formatNumber(figure.copyRowsPerSecond)} 行/秒) の 1/${ratio.toFixed(1)}`);
  }
  return `  ${parts.join('  ')}  [${figure.data}]`;
}

function formatAim(value: number, aim: NonNullable<Figure['aim']>): string {
  const isMet = 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost;
  const text = 'atLeast' in aim ? `${formatNumber(aim.atLeast)} 以上` : `${formatNumber(aim.atMost)} 以下`;
  return `(目標 ${text}: ${isMet ? '達成' : '未達'})`;
}

/** Whole numbers with thousands, small ones with two significant decimals. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return value.toLocaleString('ja-JP', { maximumFractionDigits: digits });
}
