import { Value } from 'typebox/value';
import { type Decision, decide, type Finding, findIsoDay, finding } from '#kernel';
import { fieldsOf, fillText, formFields, formLists, officePrefix } from './form-fields.ts';
import {
  elementSchemas,
  type LayoutElement,
  layoutChangesSchema,
  layoutSchema,
  officeSchema,
} from './layout-schema.ts';
import type { FormLayout } from './layout-types.ts';

/** The texts from which a layout is read: the form itself, the municipality's changes, its office's texts. */
export interface LayoutSources {
  /** `<layoutId>.json` of rules/forms. */
  readonly form: string;
  /** `forms/<layoutId>.json` of the municipality's settings, if there is one. */
  readonly changes?: string | undefined;
  /** `municipality.json` of the municipality's settings: its name, its office's address, telephone and hours. */
  readonly municipality?: string | undefined;
}

/**
 * Reads a form's layout. Refused with every fault at once: what cannot be read, an element outside the sheet, an
 * unknown kind, field or list, an office text that the municipality has not given. Nothing prints half.
 */
export function parseFormLayout(layoutId: string, sources: LayoutSources): Decision<FormLayout> {
  const findings: Finding[] = [];
  const form = readJson(sources.form, layoutSchema, `rules/forms/${layoutId}.json`, findings);
  const changes = readJson(sources.changes ?? '{}', layoutChangesSchema, `forms/${layoutId}.json`, findings);
  const office = readOffice(sources.municipality, findings);
  const inForceFrom = form === undefined ? undefined : findIsoDay(form.inForceFrom);
  if (form === undefined || changes === undefined) return { answer: 'refused', findings };
  if (inForceFrom === undefined) {
    findings.push(finding('layoutUnreadable', 'refuse', 'inForceFrom', { file: layoutId, reason: form.inForceFrom }));
  }
  const texts = { ...office, ...form.texts, ...changes.texts };
  const changed = applyChanges(form.elements, changes.elements ?? {}, layoutId, findings);
  const elements = [...changed, ...(changes.add ?? [])].flatMap((element, i) => {
    const read = readElement(fillOwnTexts(element, texts), `elements/${i}`, layoutId, findings);
    return read === undefined ? [] : [read];
  });
  const layout: FormLayout = {
    layoutId,
    title: changes.title ?? form.title,
    programme: form.programme,
    stage: form.stage,
    inForceFrom: inForceFrom ?? (0 as FormLayout['inForceFrom']),
    paper: form.paper,
    isForGuardian: form.isForGuardian,
    hasReadings: changes.hasReadings ?? form.hasReadings,
    size: form.size,
    copaymentClasses: changes.copaymentClasses ?? form.copaymentClasses ?? [],
    elements,
  };
  return decide([...findings, ...elements.flatMap((element) => checkElement(element, layout))], layout);
}

function readJson<Schema extends typeof layoutSchema | typeof layoutChangesSchema>(
  text: string,
  schema: Schema,
  file: string,
  findings: Finding[],
) {
  try {
    const value: unknown = JSON.parse(text);
    if (Value.Check(schema, value)) return value;
    for (const error of Value.Errors(schema, value)) findings.push(unreadable(file, error.instancePath, error.message));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.push(unreadable(file, '', error.message));
  }
  return undefined;
}

function readOffice(text: string | undefined, findings: Finding[]): Record<string, string> {
  if (text === undefined) return {};
  const file = 'municipality.json';
  try {
    const value: unknown = JSON.parse(text);
    if (!Value.Check(officeSchema, value)) {
      for (const error of Value.Errors(officeSchema, value))
        findings.push(unreadable(file, error.instancePath, error.message));
      return {};
    }
    const { name, office } = value;
    const postalCode = office.postalCode.replace(/^(\d{3})-?(\d{4})$/u, '$1-$2');
    const texts = {
      name,
      department: office.name,
      postalCode,
      address: office.address,
      phone: office.phone,
      hours: office.hours,
    };
    return Object.fromEntries(Object.entries(texts).map(([key, entry]) => [officePrefix + key, entry]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.push(unreadable(file, '', error.message));
    return {};
  }
}

function unreadable(file: string, path: string, reason: string): Finding {
  return finding('layoutUnreadable', 'refuse', path === '' ? null : path, { file, place: path || '/', reason });
}

type RawElement = Readonly<Record<string, unknown>> & { readonly kind: string };

function applyChanges(
  elements: readonly RawElement[],
  changes: Readonly<Record<string, object | null>>,
  layoutId: string,
  findings: Finding[],
): RawElement[] {
  const ids = new Set(elements.map((element) => element['id']));
  for (const id of Object.keys(changes)) {
    if (!ids.has(id)) findings.push(finding('layoutElementUnknown', 'refuse', id, { layout: layoutId, element: id }));
  }
  return elements.flatMap((element) => {
    const id = element['id'];
    const change = typeof id === 'string' ? changes[id] : undefined;
    return change === null ? [] : [{ ...element, ...change }];
  });
}

/** Fills the municipality's own texts, so that only a person's fields are left open. */
function fillOwnTexts<T>(value: T, texts: Readonly<Record<string, string>>): T {
  if (typeof value === 'string') {
    const own = new Set(fieldsOf(value).filter((field) => field in texts));
    const kept = Object.fromEntries(
      fieldsOf(value).map((field) => [field, own.has(field) ? texts[field] : `\${${field}}`]),
    );
    return fillText(value, kept as Record<string, string>) as T;
  }
  if (Array.isArray(value)) return value.map((entry: unknown) => fillOwnTexts(entry, texts)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fillOwnTexts(entry, texts)])) as T;
}

function readElement(
  element: RawElement,
  path: string,
  layoutId: string,
  findings: Finding[],
): LayoutElement | undefined {
  const schema = Object.hasOwn(elementSchemas, element.kind)
    ? elementSchemas[element.kind as keyof typeof elementSchemas]
    : undefined;
  if (schema === undefined) {
    findings.push(unreadable(layoutId, path, `unknown kind ${element.kind}`));
    return undefined;
  }
  if (Value.Check(schema, element)) return element;
  for (const error of Value.Errors(schema, element)) {
    findings.push(unreadable(layoutId, path + error.instancePath, error.message));
  }
  return undefined;
}

/** What is wrong with an element that could be read: outside the sheet, fields and lists that do not exist. */
function checkElement(element: LayoutElement, layout: FormLayout): Finding[] {
  const findings: Finding[] = [];
  const { widthMm, heightMm } = layout.paper;
  const [left, top, right, bottom] = extentOf(element);
  if (left < 0 || top < 0 || right > widthMm + 0.001 || bottom > heightMm + 0.001) {
    const place = `${left},${top} – ${right},${bottom}`;
    findings.push(finding('layoutOutsidePage', 'refuse', element.id ?? null, { layout: layout.layoutId, place }));
  }
  const list = element.kind === 'rows' ? element.list : undefined;
  if (list !== undefined && !Object.hasOwn(formLists, list)) {
    findings.push(
      finding('layoutFieldUnknown', 'refuse', element.id ?? null, { layout: layout.layoutId, field: list }),
    );
  }
  const rowFields: readonly string[] = list !== undefined && list in formLists ? formLists[list as 'pastDoses'] : [];
  for (const field of new Set(fieldsIn(element))) {
    if (Object.hasOwn(formFields, field) || rowFields.includes(field)) continue;
    const code = field.startsWith(officePrefix) ? 'layoutOfficeTextMissing' : 'layoutFieldUnknown';
    findings.push(finding(code, 'refuse', element.id ?? null, { layout: layout.layoutId, field }));
  }
  return findings;
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
