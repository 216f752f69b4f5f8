import type { Day, Finding, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Insert } from './lay-out-pages.ts';
import type { FormLayout, FormValues } from './layout-types.ts';
import type { NoticeLibrary } from './library.ts';
import { loadTranslationSheet, ownLanguage, type TranslationSheet } from './load-translation-sheet.ts';
import { loadWishes } from './wish-store.ts';

/** A sheet about to be printed, by whose language it gets a translation. */
export interface SheetToTranslate {
  readonly personId: PersonId;
  readonly values: FormValues;
}

/** The translation sheets that go behind some sheets, and what a clerk must know of those that cannot. */
export interface TranslationBundle {
  readonly layouts: readonly FormLayout[];
  readonly inserts: readonly Insert[];
  /** Why a sheet has no translation though its person asked for a language. */
  readonly findings: ReadonlyMap<PersonId, readonly Finding[]>;
}

const nothing: TranslationBundle = { layouts: [], inserts: [], findings: new Map() };

/**
 * Puts behind each questionnaire the translation sheet in the language that its person asked for (通知の希望). Letters and
 * vouchers have none: only the questions of a questionnaire must be understood to be answered.
 */
export async function bundleTranslations(
  tx: Tx,
  { library, layout, on }: { readonly library: NoticeLibrary; readonly layout: FormLayout; readonly on: Day },
  sheets: readonly SheetToTranslate[],
): Promise<TranslationBundle> {
  if (layout.document !== 'screening') return nothing;
  const personIds = sheets.map(({ personId }) => personId);
  const wishes = await loadWishes(tx, personIds);
  const ready = new Map<string, { readonly at: number; readonly sheet: TranslationSheet }>();
  const refused = new Map<string, readonly Finding[]>();
  const inserts: Insert[] = [];
  const findings = new Map<PersonId, readonly Finding[]>();
  for (const [after, { personId, values }] of sheets.entries()) {
    const language = wishes.get(personId)?.language ?? ownLanguage;
    if (language === ownLanguage) continue;
    if (!ready.has(language) && !refused.has(language)) {
      const decision = await loadTranslationSheet(tx, library, layout, language, on);
      if (decision.answer === 'refused') refused.set(language, decision.findings);
      else ready.set(language, { at: ready.size, sheet: decision.value });
    }
    const known = ready.get(language);
    if (known === undefined) findings.set(personId, refused.get(language) ?? []);
    else inserts.push({ after, layout: known.at, values: known.sheet.valuesFor(values) });
  }
  const layouts = [...ready.values()].map(({ sheet }) => sheet.layout);
  return { layouts, inserts, findings };
}
