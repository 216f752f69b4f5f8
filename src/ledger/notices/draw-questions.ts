import type { Cell, ElementOf, Question } from './layout-schema.ts';

const headingFill = 0.9;
const numberColumnMm = 6;

/**
 * The questions as a table (番号, 質問事項, 回答欄, 医師記入欄). Numbers run by themselves; a continued question
 * stands under the number of the one above.
 */
export function questionsTable(element: ElementOf<'questions'>): ElementOf<'table'> {
  const { columns, headings, items, rowHeight, headingHeight, kind: _, ...rest } = element;
  const [ask, answer, doctor] = columns;
  const answersMax = Math.max(...items.map((item) => item.answers.length));
  const head = headings.map((text, i): Cell => {
    const span = i === 0 ? 2 : i === 1 ? answersMax : 1;
    return { text, span, align: 'center', fill: headingFill, bold: true };
  });
  const rows = items.map((item, i) => ({
    height: item.height ?? rowHeight,
    cells: [...numberCell(items, i), ...questionCells(item, answersMax)],
  }));
  return {
    ...rest,
    kind: 'table',
    columns: [
      numberColumnMm,
      ask - numberColumnMm,
      ...Array.from({ length: answersMax }, () => answer / answersMax),
      doctor,
    ],
    rows: [{ height: headingHeight ?? rowHeight, cells: head }, ...rows],
  };
}

function numberCell(items: readonly Question[], index: number): Cell[] {
  if (items[index]?.continued === true) return [];
  const number = items.slice(0, index + 1).filter((item) => item.continued !== true).length;
  let down = 1;
  while (items[index + down]?.continued === true) down += 1;
  return [{ text: String(number), align: 'center', down, padding: 0.3 }];
}

function questionCells(item: Question, answersMax: number): Cell[] {
  const question: Cell = {
    text: item.note === undefined ? item.ask : `${item.ask}\n${item.note}`,
    wrap: true,
    ...(item.answers.length === 0 ? { span: 1 + answersMax } : {}),
  };
  const answers = item.answers.map((text, i): Cell => {
    const isLast = i === item.answers.length - 1;
    return { text, align: 'center', ...(isLast ? { span: answersMax - i } : {}) };
  });
  return [question, ...answers, {}];
}
