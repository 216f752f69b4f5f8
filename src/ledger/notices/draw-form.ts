import type { Canvas, Drawing, Picture, TextIssue } from '#platform/pdf';
import { questionsTable } from './draw-questions.ts';
import { tableMarks } from './draw-table.ts';
import { fillText } from './form-fields.ts';
import type { ElementOf, LayoutElement } from './layout-schema.ts';
import type { FormLayout, FormValues } from './layout-types.ts';
import { choiceMarks, type Mark, type Setting, textMark } from './marks.ts';

/** A text of a sheet that could not be printed as it stands. */
export type FormIssue = TextIssue;

/** A layout made ready to print: what all sheets share, and what each sheet gets. */
export interface PreparedForm {
  readonly background: Drawing;
  /** Draws one person's values and says what could not be printed as it stands. */
  drawValues(canvas: Canvas, values: FormValues): FormIssue[];
}

const hairline = 0.15;

/** Sorts everything on the sheet into the shared background and the person's own marks. */
export function prepareForm(layout: FormLayout): PreparedForm {
  const marks = layout.elements.flatMap((element) => marksOf(element, layout));
  const shared = marks.filter((mark) => !mark.isPersonal);
  const personal = marks.filter((mark) => mark.isPersonal);
  const nobody: FormValues = { texts: {}, lists: {} };
  return {
    background: (canvas) => {
      for (const mark of shared) mark.draw(canvas, nobody);
    },
    drawValues: (canvas, values) => personal.flatMap((mark) => [...mark.draw(canvas, values)]),
  };
}

function marksOf(element: LayoutElement, layout: FormLayout): Mark[] {
  const setting: Setting = layout;
  switch (element.kind) {
    case 'text':
      return [textMark(element.text, element.at, element, setting)];
    case 'line':
      return [lineMark(element)];
    case 'box':
      return [boxMark(element)];
    case 'table':
      return tableMarks(element, setting);
    case 'questions':
      return tableMarks(questionsTable(element), setting);
    case 'choices':
      return choiceMarks(element, element.at, element, setting);
    case 'cells':
      return [cellsMark(element)];
    case 'barCode':
      return [barCodeMark(element)];
    case 'picture':
      return layout.seal === null ? [] : [pictureMark(element, layout.seal)];
    case 'rows':
      return [rowsMark(element, setting)];
    default:
      return element satisfies never;
  }
}

function lineMark(element: ElementOf<'line'>): Mark {
  const [[x1, y1], [x2, y2]] = [element.from, element.to];
  const style = {
    widthMm: element.width ?? hairline,
    ...(element.grey === undefined ? {} : { grey: element.grey }),
    ...(element.dash === undefined ? {} : { dashMm: element.dash }),
  };
  return {
    isPersonal: false,
    draw(canvas) {
      canvas.line(x1, y1, x2, y2, style);
      return [];
    },
  };
}

function boxMark(element: ElementOf<'box'>): Mark {
  const [x, y, width, height] = element.at;
  const style = {
    ...(element.fill === undefined ? {} : { fillGrey: element.fill }),
    ...(element.radius === undefined ? {} : { radiusMm: element.radius }),
    ...(element.line === undefined && element.fill !== undefined
      ? {}
      : { line: { widthMm: element.line ?? hairline } }),
  };
  return {
    isPersonal: false,
    draw(canvas) {
      canvas.rectangle({ x, y, width, height }, style);
      return [];
    },
  };
}

/** Boxes for one character each (医療機関コード, 日付): thin between, heavier around a group. */
function cellsMark({ at: [x, y, width, height], count, group }: ElementOf<'cells'>): Mark {
  const cell = width / count;
  return {
    isPersonal: false,
    draw(canvas) {
      canvas.rectangle({ x, y, width, height }, { line: { widthMm: 0.25 } });
      for (let i = 1; i < count; i += 1) {
        const isGroupEnd = group !== undefined && i % group === 0;
        const style = isGroupEnd ? { widthMm: 0.25 } : { widthMm: hairline, dashMm: [0.6, 0.6] };
        canvas.line(x + i * cell, y, x + i * cell, y + height, style);
      }
      return [];
    },
  };
}

function pictureMark({ at: [x, y, width, height] }: ElementOf<'picture'>, picture: Picture): Mark {
  return {
    isPersonal: false,
    draw(canvas) {
      canvas.picture(picture, { x, y, width, height });
      return [];
    },
  };
}

function barCodeMark({ at: [x, y, width, height], symbology, text }: ElementOf<'barCode'>): Mark {
  return {
    isPersonal: true,
    draw(canvas, values) {
      const filled = fillText(text, values.texts);
      if (filled !== '') canvas.barCode(symbology, filled, { x, y, width, height });
      return [];
    },
  };
}

/**
 * A list of rows (接種の記録); what does not fit is counted in the last row, never left out in silence. `newest` says
 * how many of the newest rows the form asks for (前回の記録).
 */
function rowsMark(element: ElementOf<'rows'>, setting: Setting): Mark {
  const [x, y, width, height] = element.at;
  const rowsMax = Math.max(1, Math.floor((height + 0.01) / element.rowHeight));
  return {
    isPersonal: true,
    draw(canvas, values) {
      const rows = (values.lists[element.list] ?? []).slice(-(element.newest ?? Infinity));
      if (rows.length === 0) return [...textMark(element.empty, element.at, element, setting).draw(canvas, values)];
      const shown = rows.length > rowsMax ? rows.slice(rows.length - rowsMax + 1) : rows;
      const issues: FormIssue[] = [];
      shown.forEach((row, i) => {
        let at = x;
        for (const column of element.columns) {
          const place = [at, y + i * element.rowHeight, column.width, element.rowHeight] as const;
          const mark = textMark(column.text, place, { ...element, ...column }, setting);
          issues.push(...mark.draw(canvas, { texts: { ...values.texts, ...row }, lists: {} }));
          at += column.width;
        }
      });
      if (shown.length < rows.length) {
        const place = [x, y + shown.length * element.rowHeight, width, element.rowHeight] as const;
        const more = `ほか${rows.length - shown.length}件`;
        issues.push(...textMark(more, place, element, setting).draw(canvas, values));
      }
      return issues;
    },
  };
}
