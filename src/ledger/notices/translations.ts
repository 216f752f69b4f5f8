import { type Static, Type } from 'typebox';
import { type Decision, type Finding, findIsoDay, finding } from '#kernel';
import { withoutReadings } from '#platform/pdf';
import { unreadable } from './compose-layout.ts';
import { translationPrefix } from './form-fields.ts';
import type { FormLayout, FormValues } from './layout-types.ts';
import { readBySchema } from './read-by-schema.ts';

const sentences = Type.Record(Type.String(), Type.String({ minLength: 1 }));
const nobody = Type.Union([Type.String({ minLength: 1 }), Type.Null()]);
const strict = { additionalProperties: false } as const;

/** A language's file (`rules/forms/translations/<language>.json`). */
const translationSchema = Type.Object(
  {
    language: Type.String({ pattern: '^[a-z]{2}$' }),
    name: Type.String({ minLength: 1 }),
    ownName: Type.String({ minLength: 1 }),
    face: Type.Union([Type.Literal('latin'), Type.Literal('chinese'), Type.Literal('korean')]),
    words: Type.Object(
      {
        title: Type.String(),
        lead: Type.String(),
        number: Type.String(),
        question: Type.String(),
        answers: Type.String(),
        ofForm: Type.String(),
        authority: Type.String(),
        unchecked: Type.String(),
      },
      strict,
    ),
    checkedBy: nobody,
    checkedOn: nobody,
    sentences,
  },
  strict,
);

/** What a municipality adds or puts in other words (`translations/<language>.json` of its settings). */
const ownSentencesSchema = Type.Object({ sentences }, strict);

/** What a municipality decides on each language (`translations.json` of its settings). */
const acceptanceSchema = Type.Object(
  {
    languages: Type.Array(
      Type.Object(
        {
          language: Type.String({ pattern: '^[a-z]{2}$' }),
          isUncheckedAccepted: Type.Boolean(),
          checkedBy: nobody,
          checkedOn: nobody,
          note: Type.Optional(Type.String()),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** Who compared a translation with the Japanese, and whether the municipality sends it out before anybody did. */
export interface TranslationState {
  readonly checkedBy: string | null;
  /** ISO day; null where no medical translator has checked it yet. */
  readonly checkedOn: string | null;
  readonly isUncheckedAccepted: boolean;
}

/** The sentences of the screening questionnaires in one language (翻訳). */
export interface Translation extends Omit<Static<typeof translationSchema>, 'sentences' | 'checkedBy' | 'checkedOn'> {
  readonly state: TranslationState;
  /** Translated sentences by the Japanese one without its blanks. */
  readonly sentences: ReadonlyMap<string, string>;
}

/** The parts of a questionnaire beside its questions that must be understood before it is signed. */
const consentParts = ['consentAsk', 'consentChoices', 'consentSubmission', 'signature', 'proxySignature'] as const;

/** Reads a language's file with what the municipality says to it; everything that cannot be read is named. */
export function parseTranslation(
  language: string,
  texts: { readonly release: string; readonly own?: string | undefined; readonly acceptance?: string | undefined },
): Decision<Translation> {
  const findings: Finding[] = [];
  const file = `translations/${language}.json`;
  const release = readBySchema(texts.release, translationSchema, `rules/forms/${file}`, findings);
  const own = readBySchema(texts.own ?? '{"sentences":{}}', ownSentencesSchema, file, findings);
  const acceptance = readBySchema(
    texts.acceptance ?? '{"languages":[]}',
    acceptanceSchema,
    'translations.json',
    findings,
  );
  if (release === undefined || own === undefined || acceptance === undefined) return { answer: 'refused', findings };
  const ours = acceptance.languages.find((one) => one.language === language);
  const checkedOn = ours?.checkedOn ?? release.checkedOn;
  if (checkedOn !== null && findIsoDay(checkedOn) === undefined) {
    return { answer: 'refused', findings: [unreadable('translations.json', 'checkedOn', checkedOn)] };
  }
  const state = {
    checkedBy: ours?.checkedBy ?? release.checkedBy,
    checkedOn,
    isUncheckedAccepted: ours?.isUncheckedAccepted ?? false,
  };
  const all = Object.entries({ ...release.sentences, ...own.sentences });
  const translated = new Map(all.map(([japanese, text]) => [keyOf(japanese), text]));
  return { answer: 'accepted', value: { ...release, state, sentences: translated }, findings: [] };
}

/**
 * What a translation sheet of a questionnaire says beside the person's own values. Refused where a sentence of the form
 * has no translation, each named: half a translation would be taken for a whole one.
 */
export function deriveTranslation(
  form: FormLayout,
  translation: Translation,
): Decision<Pick<FormValues, 'texts' | 'lists'>> {
  const missing = new Set<string>();
  const say = (japanese: string): string => {
    const found = translation.sentences.get(keyOf(japanese));
    if (found === undefined) missing.add(withoutReadings(japanese).replaceAll('\n', ''));
    return found ?? '';
  };
  const [heading = '', ...rest] = (form.texts['heading'] ?? form.title).split('　');
  const { words, state, name } = translation;
  const consent = consentParts.map((id) => [id, say1(form, id, say)]);
  const notices = (form.texts['notice'] ?? '').split('\n').filter((line) => line !== '');
  const texts = {
    ...words,
    unchecked: state.checkedOn === null ? words.unchecked : '',
    language: name,
    heading: say(heading),
    headingJa: [heading, ...rest].join('　'),
    ...Object.fromEntries(consent),
    notice: notices.map(say).join('\n'),
  };
  const rows = rowsOf(form, say);
  if (missing.size > 0) {
    const findings = [...missing].map((sentence) =>
      finding('translationSentenceMissing', 'question', null, { language: name, sentence }),
    );
    return { answer: 'refused', findings };
  }
  const prefixed = Object.entries(texts).map(([key, text]) => [translationPrefix + key, String(text)]);
  return {
    answer: 'accepted',
    value: { texts: Object.fromEntries(prefixed), lists: { translation: rows } },
    findings: [],
  };
}

/** Whether a translation may be sent out: somebody checked it, or the municipality takes it as it is. */
export function mayBeSent({ state }: Translation): boolean {
  return state.checkedOn !== null || state.isUncheckedAccepted;
}

function say1(form: FormLayout, id: string, say: (japanese: string) => string): string {
  const element = form.elements.find((one) => one.id === id);
  if (element?.kind === 'text') return say(element.text);
  return element?.kind === 'choices' ? element.options.map(({ label }) => say(label)).join('　／　') : '';
}

/** The questions under their numbers on the Japanese form; one that continues stands under the number above it. */
function rowsOf(form: FormLayout, say: (japanese: string) => string): Readonly<Record<string, string>>[] {
  let number = 0;
  return form.elements.flatMap((element) =>
    element.kind !== 'questions'
      ? []
      : element.items.map((item) => {
          if (item.continued !== true) number += 1;
          const ask = item.note === undefined ? [say(item.ask)] : [say(item.ask), say(item.note)];
          return {
            number: item.continued === true ? '' : String(number),
            ask: ask.join(' '),
            answers: item.answers.map(say).join('　／　'),
          };
        }),
  );
}

/** A sentence without its blanks, whose width says nothing, and without readings. */
function keyOf(japanese: string): string {
  return withoutReadings(japanese).replaceAll(/\s/gu, '');
}
