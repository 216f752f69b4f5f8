import { type Html, html } from './html.ts';
import { type IconName, icon } from './icon.ts';

/** What a status means to the eye; the word and the drawing say the same without colour. */
export type Tone = 'success' | 'warning' | 'error' | 'info' | 'neutral' | 'strong';

const icons: Readonly<Record<Tone, IconName>> = {
  success: 'check',
  warning: 'alert',
  error: 'crossCircle',
  info: 'info',
  neutral: 'dash',
  strong: 'shield',
};

/** A status: a drawing and a word, never colour alone. */
export function statusTag(label: string, tone: Tone, drawing: IconName = icons[tone]): Html {
  return html`<span class="tag tag-${tone}">${icon(drawing)}${label}</span>`;
}

/** What the tag of a state shows. */
export interface TagWords {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

/** A status whose words stand in a table of states. */
export function tagOf({ word, tone, icon: drawing }: TagWords): Html {
  return statusTag(word, tone, drawing);
}

/** How many wait; `isUrgent` where somebody should look today. */
export function countBadge(count: number, options: { readonly isUrgent?: boolean; readonly unit?: string } = {}): Html {
  const look = options.isUrgent === true ? 'count count-urgent' : 'count';
  return html`<span class="${look}">${count.toLocaleString('ja-JP')}<span class="visually-hidden">${options.unit ?? '件'}</span></span>`;
}
