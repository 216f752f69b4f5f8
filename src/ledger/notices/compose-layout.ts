import { Value } from 'typebox/value';
import { type Day, type Finding, findIsoDay, finding } from '#kernel';
import { baseSchema, derivedSchema, type LayoutChanges } from './layout-schema.ts';

/** An element before it is checked by its kind. */
export type RawElement = Readonly<Record<string, unknown>> & { readonly kind: string };

/** The files of rules/forms by their path inside: `<layout>.json`, `<layout>@<day>.json`, `bases/<base>.json`. */
export type LayoutFiles = ReadonlyMap<string, string>;

const layoutFile = /^([a-z0-9-]+)(?:@\d{4}-\d{2}-\d{2})?\.json$/u;

/** The layouts that the files hold, each once however many versions it has. */
export function listLayoutIds(files: LayoutFiles): string[] {
  return [...new Set([...files.keys()].flatMap((path) => layoutFile.exec(path)?.[1] ?? []))];
}

/**
 * The text of the version of a layout that is in force on a day: the one whose `inForceFrom` is the last on or
 * before it. Before the first version the first is answered, which says itself from when it is in force.
 */
export function findLayoutFile(files: LayoutFiles, layoutId: string, on: Day): string | undefined {
  const versions = [...files]
    .filter(([path]) => layoutFile.exec(path)?.[1] === layoutId)
    .map(([, text]) => ({ text, from: inForceFrom(text) }))
    .toSorted((a, b) => a.from - b.from);
  return (versions.findLast(({ from }) => from <= on) ?? versions[0])?.text;
}

/** What a layout calls itself on a day, also where it cannot be printed; undefined where its file does not say. */
export function findLayoutTitle(files: LayoutFiles, layoutId: string, on: Day): string | undefined {
  return /"title"\s*:\s*"([^"]*)"/u.exec(findLayoutFile(files, layoutId, on) ?? '')?.[1];
}

function inForceFrom(text: string): number {
  const found = /"inForceFrom"\s*:\s*"([^"]*)"/u.exec(text)?.[1];
  return (found === undefined ? undefined : findIsoDay(found)) ?? Infinity;
}

/**
 * The layout with its base under it, as one text to be read like any other; a layout without a base is answered as
 * it is. Faults of the base are findings.
 */
export function composeLayout(files: LayoutFiles, layoutId: string, text: string, findings: Finding[]): string {
  const derived = parse(text);
  if (!Value.Check(derivedSchema, derived)) {
    if (typeof derived === 'object' && derived !== null && 'base' in derived) {
      for (const error of Value.Errors(derivedSchema, derived)) {
        findings.push(unreadable(layoutId, error.instancePath, error.message));
      }
    }
    return text;
  }
  const { base: baseId, elements, add, texts, ...own } = derived;
  const base = parse(files.get(`bases/${baseId}.json`) ?? '');
  if (!Value.Check(baseSchema, base)) {
    findings.push(unreadable(`bases/${baseId}`, '', 'not a base'));
    return text;
  }
  const changed = applyChanges(base.elements, elements ?? {}, layoutId, findings);
  return JSON.stringify({
    ...base,
    ...own,
    texts: { ...base.texts, ...texts },
    elements: [...changed, ...(add ?? [])],
  });
}

/** Elements with changes by their ids; null takes one away. An id that does not exist is a finding. */
export function applyChanges(
  elements: readonly RawElement[],
  changes: NonNullable<LayoutChanges['elements']>,
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

/** A file, or a place in it, that cannot be read. */
export function unreadable(file: string, path: string, reason: string): Finding {
  return finding('layoutUnreadable', 'refuse', path === '' ? null : path, { file, place: path || '/', reason });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
