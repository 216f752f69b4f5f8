import { errorOf, type FormError, type Html, selectField } from '#platform/pages';
import type { StageName } from '#schedule';
import type { DocumentKind, LayoutInput } from '../layout-schema.ts';

/** A form that can be printed, as the choice shows it. */
export interface LayoutChoice {
  readonly layoutId: string;
  readonly title: string;
  readonly programme: string;
  readonly stage: string;
  readonly inputs: readonly LayoutInput[];
  /** Null where the layout cannot be read. */
  readonly document: DocumentKind | null;
  /** What is wrong with it, in sentences; it cannot be printed then. */
  readonly faults: readonly string[];
}

/** Which vaccination a paper is about, where the paper serves any. */
export function stageField(stages: readonly StageName[], value: string, errors: readonly FormError[]): Html {
  const choices = stages.map((each) => ({
    value: `${each.programme}/${each.stage}`,
    label: `${each.programmeName}　${each.stageName}`,
  }));
  return selectField({
    name: 'stage',
    label: '予防接種',
    choices: [{ value: '', label: '様式のとおり' }, ...choices],
    value,
    hint: 'お知らせ、接種券など、どの予防接種にも使う様式のときに選びます',
    error: errorOf(errors, 'stage'),
  });
}
