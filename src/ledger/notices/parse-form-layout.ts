import { Value } from 'typebox/value';
import { type Decision, decide, type Finding, findIsoDay, finding } from '#kernel';
import type { Picture } from '#platform/pdf';
import { checkLayout } from './check-layout.ts';
import { applyChanges, type RawElement, unreadable } from './compose-layout.ts';
import { fieldsOf, fillText, officePrefix } from './form-fields.ts';
import {
  elementSchemas,
  type LayoutElement,
  layoutChangesSchema,
  layoutSchema,
  officeSchema,
} from './layout-schema.ts';
import type { FormLayout } from './layout-types.ts';
import { readBySchema } from './read-by-schema.ts';

/** The texts from which a layout is read: the form itself, the municipality's changes, its office's texts. */
export interface LayoutSources {
  /** The version of rules/forms that is in force, its base under it. */
  readonly form: string;
  /** `forms/<layoutId>.json` of the municipality's settings, if there is one. */
  readonly changes?: string | undefined;
  /** The version that the municipality made on the screen and that is in force, if there is one. */
  readonly version?: string | undefined;
  /** The municipality's seal on the day. */
  readonly seal?: Picture | undefined;
  /** `municipality.json` of the municipality's settings: its name, its office's address, telephone and hours. */
  readonly municipality?: string | undefined;
}

/**
 * Reads a form's layout. Refused with every fault at once: what cannot be read, an element outside the sheet, an
 * unknown kind, field or list, an office text that the municipality has not given. Nothing prints half.
 */
export function parseFormLayout(layoutId: string, sources: LayoutSources): Decision<FormLayout> {
  const findings: Finding[] = [];
  const form = readBySchema(sources.form, layoutSchema, `rules/forms/${layoutId}.json`, findings);
  const settings = readBySchema(sources.changes ?? '{}', layoutChangesSchema, `forms/${layoutId}.json`, findings);
  const version = readBySchema(sources.version ?? '{}', layoutChangesSchema, layoutId, findings);
  const office = readOffice(sources.municipality, findings);
  const inForceFrom = form === undefined ? undefined : findIsoDay(form.inForceFrom);
  if (form === undefined || settings === undefined || version === undefined) return { answer: 'refused', findings };
  if (inForceFrom === undefined) {
    findings.push(finding('layoutUnreadable', 'refuse', 'inForceFrom', { file: layoutId, reason: form.inForceFrom }));
  }
  const own = { ...form.texts, ...settings.texts, ...version.texts };
  const texts = { ...office, ...own };
  const bySettings = applyChanges(form.elements, settings.elements ?? {}, layoutId, findings);
  const before = [...bySettings, ...(settings.add ?? [])];
  const changed = applyChanges(before, version.elements ?? {}, layoutId, findings);
  const elements = [...changed, ...(version.add ?? [])].flatMap((element, i) => {
    const read = readElement(fillOwnTexts(element, texts), `elements/${i}`, layoutId, findings);
    return read === undefined ? [] : [read];
  });
  const changes = { ...settings, ...version };
  const layout: FormLayout = {
    layoutId,
    title: changes.title ?? form.title,
    programme: form.programme,
    stage: form.stage,
    document: form.document ?? 'screening',
    inForceFrom: inForceFrom ?? (0 as FormLayout['inForceFrom']),
    paper: form.paper,
    isForGuardian: form.isForGuardian,
    isToHouseholder: changes.isToHouseholder ?? form.isToHouseholder,
    hasReadings: changes.hasReadings ?? form.hasReadings,
    size: form.size,
    face: form.face,
    copaymentClasses: changes.copaymentClasses ?? form.copaymentClasses ?? [],
    elements,
    window: changes.window ?? form.window ?? null,
    repeat: form.repeat ?? null,
    flow: form.flow ?? null,
    inputs: form.inputs ?? [],
    texts: own,
    seal: sources.seal ?? null,
  };
  return decide([...findings, ...checkLayout(layout)], layout);
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
    const { lgCode, name, office, coupon } = value;
    const postalCode = office.postalCode.replace(/^(\d{3})-?(\d{4})$/u, '$1-$2');
    const texts = {
      name,
      department: office.name,
      postalCode,
      address: office.address,
      phone: office.phone,
      hours: office.hours,
      lgCode,
      ...(coupon && { couponVaccinationKind: coupon.vaccinationKind, couponInterviewKind: coupon.interviewKind }),
    };
    return Object.fromEntries(Object.entries(texts).map(([key, entry]) => [officePrefix + key, entry]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.push(unreadable(file, '', error.message));
    return {};
  }
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
