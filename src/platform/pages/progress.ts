import { attributes, type Html, html } from './html.ts';

/** How far long work is; total null while it is not known. */
export interface ProgressOptions {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit?: string;
  /** The label stands beside it already and is only read aloud. */
  readonly isLabelHidden?: boolean;
}

/** How far long work is, as a bar and in figures. */
export function progress(options: ProgressOptions): Html {
  const { done, total } = options;
  const unit = options.unit ?? '件';
  const figures =
    total === null
      ? `${done.toLocaleString('ja-JP')}${unit}`
      : `${done.toLocaleString('ja-JP')} / ${total.toLocaleString('ja-JP')}${unit}（${percentText(done, total)}）`;
  const tag = attributes({
    class: 'progress',
    max: total ?? 1,
    value: total === null ? null : Math.min(done, total),
    'aria-label': options.label,
  });
  const label = options.isLabelHidden === true ? null : html`<span>${options.label}</span>`;
  return html`<div><div class="progress-label">${label}<span class="figures">${figures}</span></div><progress ${tag}></progress></div>`;
}

/** A share as a bar; a second share, of the same whole, is drawn paler behind it. */
export function meterBar(share: number, label: string, behind = 0): Html {
  const width = (value: number) => `${Math.round(Math.max(0, Math.min(1, value)) * 1000) / 10}%`;
  return html`<svg class="meter" role="img" aria-label="${label}" preserveAspectRatio="none"
    ><rect class="meter-ground" width="100%" height="100%" /><rect class="meter-bar-2" width="${width(behind)}" height="100%" /><rect class="meter-bar" width="${width(share)}" height="100%" /></svg
  >`;
}

/** `72.3%`; a dash where there is no whole. */
export function percentText(part: number, whole: number): string {
  return whole === 0 ? '－' : `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)}%`;
}
