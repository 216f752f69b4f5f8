import { type Finding, finding } from '#kernel';
import { fourStateQuietMm } from '#platform/pdf';
import {
  type FormField,
  fieldsOf,
  formFields,
  formLists,
  inputPrefix,
  officePrefix,
  translationFields,
  translationPrefix,
} from './form-fields.ts';
import type { LayoutElement } from './layout-schema.ts';
import type { FormLayout } from './layout-types.ts';

/** The bars of a customer barcode, and the sizes in points that the post reads (郵便番号・バーコードマニュアル). */
const customerBarCount = 67;
const customerPointsMin = 8;
const customerPointsMax = 11.5;
const mmPerPoint = 0.12;

/**
 * What is wrong with a layout that could be read: elements outside the sheet or the envelope's window, fields and
 * lists that do not exist, a seal that nobody registered, a customer barcode of a size the post does not read.
 */
export function checkLayout(layout: FormLayout): Finding[] {
  return [...layout.elements.flatMap((element) => checkElement(element, layout)), ...checkWindow(layout)];
}

function checkElement(element: LayoutElement, layout: FormLayout): Finding[] {
  const found = (code: string, params: Record<string, string>) =>
    finding(code, 'refuse', element.id ?? null, { layout: layout.title, ...params });
  const findings: Finding[] = [];
  const { widthMm, heightMm } = layout.paper;
  const [left, top, right, bottom] = extentOf(element);
  if (left < 0 || top < 0 || right > widthMm + 0.001 || bottom > heightMm + 0.001) {
    findings.push(found('layoutOutsidePage', { place: `${left},${top} – ${right},${bottom}` }));
  }
  if (element.kind === 'picture' && layout.seal === null) findings.push(found('layoutSealMissing', {}));
  if (element.kind === 'barCode' && element.symbology === 'fourState') {
    const points = (element.at[2] - 2 * fourStateQuietMm) / (customerBarCount - 0.5) / mmPerPoint;
    const isHighEnough = element.at[3] >= 3 * mmPerPoint * points + 2 * fourStateQuietMm - 0.05;
    if (points < customerPointsMin - 0.005 || points > customerPointsMax + 0.005 || !isHighEnough) {
      findings.push(found('layoutBarCodeSize', { points: points.toFixed(1) }));
    }
  }
  return [...findings, ...checkFields(element, layout)];
}

function checkFields(element: LayoutElement, layout: FormLayout): Finding[] {
  const findings: Finding[] = [];
  const place = { layout: layout.layoutId };
  const list = element.kind === 'rows' ? element.list : undefined;
  if (list !== undefined && !Object.hasOwn(formLists, list)) {
    findings.push(finding('layoutFieldUnknown', 'refuse', element.id ?? null, { ...place, field: list }));
  }
  const rowFields: readonly string[] = list !== undefined && isList(list) ? formLists[list] : [];
  const own = [
    ...layout.inputs.map(({ name }) => inputPrefix + name),
    ...(layout.document === 'translation'
      ? Object.keys(translationFields).map((name) => translationPrefix + name)
      : []),
  ];
  const inputs = new Set(own);
  for (const field of new Set(fieldsIn(element))) {
    if (Object.hasOwn(formFields, field) || rowFields.includes(field) || inputs.has(field)) continue;
    const code = field.startsWith(officePrefix) ? 'layoutOfficeTextMissing' : 'layoutFieldUnknown';
    findings.push(finding(code, 'refuse', element.id ?? null, { ...place, field }));
  }
  return findings;
}

function isList(list: string): list is keyof typeof formLists {
  return Object.hasOwn(formLists, list);
}

/** Name, address and their bar code stand in the window whole; nothing else about the person shows through it. */
function checkWindow({ window, elements, layoutId }: FormLayout): Finding[] {
  if (window === null) return [];
  const [x, y, width, height] = window;
  return elements.flatMap((element): Finding[] => {
    const [left, top, right, bottom] = extentOf(element);
    const fields = fieldsIn(element);
    if (fields.length === 0) return [];
    const isAddress = fields.every((field) => field.startsWith('recipient') || field === 'customerBarcode');
    const isInside = left >= x && top >= y && right <= x + width + 0.001 && bottom <= y + height + 0.001;
    const isTouching = left < x + width && right > x && top < y + height && bottom > y;
    const place = `${left},${top} – ${right},${bottom}`;
    const found = (code: string) => [finding(code, 'refuse', element.id ?? null, { layout: layoutId, place })];
    if (isAddress && isTouching && !isInside) return found('layoutOutsideWindow');
    return !isAddress && isTouching ? found('layoutShowsThroughWindow') : [];
  });
}

/** Whether a layout prints a field anywhere. */
export function usesField({ elements }: FormLayout, field: FormField): boolean {
  return fieldsIn(elements).includes(field);
}

function fieldsIn(value: unknown): string[] {
  if (typeof value === 'string') return fieldsOf(value);
  if (Array.isArray(value)) return value.flatMap(fieldsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    key === 'field' && typeof entry === 'string' ? [entry] : fieldsIn(entry),
  );
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

/** Left, top, right and bottom of an element in millimetres. */
function extentOf(element: LayoutElement): readonly [number, number, number, number] {
  switch (element.kind) {
    case 'line': {
      const [[x1, y1], [x2, y2]] = [element.from, element.to];
      return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
    }
    case 'table': {
      const [x, y] = element.at;
      return [x, y, x + sum(element.columns), y + sum(element.rows.map((row) => row.height))];
    }
    case 'questions': {
      const [x, y] = element.at;
      const heights = element.items.map((item) => item.height ?? element.rowHeight);
      return [x, y, x + sum(element.columns), y + (element.headingHeight ?? element.rowHeight) + sum(heights)];
    }
    default: {
      const [x, y, width, height] = element.at;
      return [x, y, x + width, y + height];
    }
  }
}
