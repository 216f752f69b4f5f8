import { splitClusters, splitReadings, withoutReadings } from './clusters.ts';
import type { Box, FontFace, MeasureCluster, TextIssue, TextStyle } from './types.ts';

/** Points in a millimetre. */
export const pointsPerMm = 72 / 25.4;

/** A piece of text at its place: millimetres to the left end of the baseline. */
export interface PlacedText {
  readonly clusters: readonly string[];
  readonly x: number;
  readonly baseline: number;
  readonly sizePt: number;
  /** Horizontal scale (長体), 1 = as designed. */
  readonly stretch: number;
  /** Space added after each character, millimetres (均等割付). */
  readonly trackingMm: number;
}

/** The lines of a text in its box, and what a person should know about them. */
export interface TextLayout {
  readonly pieces: readonly PlacedText[];
  readonly issues: readonly TextIssue[];
  /** The size it was set in; smaller than asked where the text was long. */
  readonly sizePt: number;
}

interface Setting {
  readonly lines: readonly (readonly string[])[];
  readonly sizePt: number;
  readonly stretch: number;
}

/** The share of the em above the baseline: the ideographic em box that Japanese fonts are drawn in. */
const ascent = 0.88;
/** 長体: the narrowest that a character is set before the size is reduced. */
const stretchMin = 0.8;
const sizeStepPt = 0.25;

/**
 * Sets a text into a box: as asked where it fits; else narrower to four fifths; else smaller down to the style's
 * minimum; else as small as needed, whole, with an issue. Nothing is ever cut.
 */
export function layOutText(text: string, box: Box, style: TextStyle, measure: MeasureCluster): TextLayout {
  const face = style.face ?? 'regular';
  const plain = withoutReadings(text);
  const paragraphs = plain.split('\n').map(splitClusters);
  const width = (line: readonly string[]) => line.reduce((sum, cluster) => sum + measure(cluster, face), 0) / 1000;
  const setting = findSetting(paragraphs, box, style, width);
  const leadingMm = lineHeightMm(setting.sizePt, style);
  const isWithReadings = style.hasReadings === true && text.includes('{');
  const pieces = placeLines(setting, box, { style, leadingMm, isWithReadings }, width);
  const issues: TextIssue[] = [];
  if (setting.sizePt < minimumSize(style)) issues.push({ kind: 'textTooLong', text: plain, sizePt: setting.sizePt });
  const readings = isWithReadings ? placeReadings(text, pieces, face, measure) : [];
  return { pieces: [...pieces, ...readings], issues, sizePt: setting.sizePt };
}

function minimumSize(style: TextStyle): number {
  return style.sizeMinPt ?? style.sizePt * 0.75;
}

function lineHeightMm(sizePt: number, style: TextStyle): number {
  return (sizePt * (style.leading ?? 1.35)) / pointsPerMm;
}

function findSetting(
  paragraphs: readonly (readonly string[])[],
  box: Box,
  style: TextStyle,
  width: (line: readonly string[]) => number,
): Setting {
  const tries = [1, 0.9, stretchMin];
  for (let sizePt = style.sizePt; ; sizePt -= sizeStepPt) {
    // One line that fits a smaller size unsqueezed would have fitted a larger one squeezed; several lines may not.
    const isOnlySqueezed = style.isWrapped !== true && sizePt !== style.sizePt && sizePt > minimumSize(style);
    for (const stretch of isOnlySqueezed ? [stretchMin] : tries) {
      const lineEm = (box.width * pointsPerMm) / (sizePt * stretch);
      const lines = style.isWrapped === true ? paragraphs.flatMap((p) => wrap(p, lineEm, width)) : paragraphs;
      const heightMm = (lines.length - 1) * lineHeightMm(sizePt, style) + sizePt / pointsPerMm;
      const isWideEnough = lines.every((line) => width(withoutHangingBlank(line)) <= lineEm + 1e-9);
      if (isWideEnough && (lines.length === 1 || heightMm <= box.height + 0.01)) return { lines, sizePt, stretch };
    }
    if (sizePt - sizeStepPt < 1) return { lines: paragraphs, sizePt: 1, stretch: squeeze(paragraphs, box, width) };
  }
}

function squeeze(
  paragraphs: readonly (readonly string[])[],
  box: Box,
  width: (line: readonly string[]) => number,
): number {
  const widest = Math.max(...paragraphs.map(width), 1e-6);
  return Math.min(1, (box.width * pointsPerMm) / widest);
}

/** 行頭禁則: never first in a line. */
const notFirst = new Set(
  '、。，．”’…・：；？！）］｝」』】〉》ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々,.:;?!)]}%％℃',
);
/** 行末禁則: never last in a line. */
const notLast = new Set('（［｛「『【〈《([{');

function withoutHangingBlank(line: readonly string[]): readonly string[] {
  return line.at(-1) === ' ' ? line.slice(0, -1) : line;
}

function wrap(
  paragraph: readonly string[],
  lineEm: number,
  width: (line: readonly string[]) => number,
): (readonly string[])[] {
  const lines: (readonly string[])[] = [];
  let line: string[] = [];
  let used = 0;
  for (const cluster of paragraph) {
    const em = width([cluster]);
    const isFull = line.length > 0 && used + em > lineEm + 1e-9;
    // A blank hangs at the end of a full line and begins none.
    if (cluster === ' ' && isFull) {
      lines.push([...line, cluster]);
      line = [];
      used = 0;
      continue;
    }
    if (isFull) {
      const carried = breakBefore(line, cluster);
      lines.push(line);
      line = carried;
      used = width(line);
    }
    line.push(cluster);
    used += em;
  }
  lines.push(line);
  return lines;
}

/** Takes from the end of a full line what must stand with the next character (禁則処理, Latin words, numbers). */
function breakBefore(line: string[], next: string): string[] {
  let at = line.length;
  const mayBreak = (index: number): boolean => {
    const before = line[index - 1] ?? '';
    const after = index === line.length ? next : (line[index] ?? '');
    return !notFirst.has(after) && !notLast.has(before) && !(isWordPart(before) && isWordPart(after));
  };
  while (at > 0 && !mayBreak(at)) at -= 1;
  return at === 0 ? [] : line.splice(at);
}

function isWordPart(cluster: string): boolean {
  return /^(?:[0-9'-]|[\p{Script=Latin}\p{Script=Hangul}]\p{M}*)$/u.test(cluster) && !/^[ａ-ｚＡ-Ｚ]$/u.test(cluster);
}

function placeLines(
  setting: Setting,
  box: Box,
  { style, leadingMm, isWithReadings }: { style: TextStyle; leadingMm: number; isWithReadings: boolean },
  width: (line: readonly string[]) => number,
): PlacedText[] {
  const { lines, sizePt, stretch } = setting;
  const emMm = sizePt / pointsPerMm;
  const heightMm = (lines.length - 1) * leadingMm + emMm;
  const spare = box.height - heightMm;
  // Characters and the readings above them stand in the middle together, where there is room for both.
  const drop = isWithReadings ? Math.max(0, Math.min(spare / 2, emMm / 4)) : 0;
  const above = style.verticalAlign === 'top' ? 0 : style.verticalAlign === 'bottom' ? spare : spare / 2 + drop;
  const top = box.y + above;
  return lines.flatMap((clusters, i) => {
    if (clusters.length === 0) return [];
    const lineMm = width(clusters) * emMm * stretch;
    const free = Math.max(0, box.width - lineMm);
    const isSpread = style.align === 'spread' && clusters.length > 1;
    const x = box.x + (style.align === 'right' ? free : style.align === 'center' ? free / 2 : 0);
    const trackingMm = isSpread ? free / (clusters.length - 1) : 0;
    return [{ clusters, x, baseline: top + i * leadingMm + emMm * ascent, sizePt, stretch, trackingMm }];
  });
}

/** The readings above their characters: half the size, centred; a reading longer than its word is narrowed. */
function placeReadings(
  text: string,
  pieces: readonly PlacedText[],
  face: FontFace,
  measure: MeasureCluster,
): PlacedText[] {
  const readingOf = new Map<number, { reading: string; length: number }>();
  let index = 0;
  for (const run of splitReadings(text)) {
    const length = splitClusters(run.text.replaceAll('\n', '')).length;
    if (run.reading !== '') readingOf.set(index, { reading: run.reading, length });
    index += length;
  }
  const placed: PlacedText[] = [];
  let start = 0;
  for (const piece of pieces) {
    placed.push(...readingsOfLine(piece, start, readingOf, face, measure));
    start += piece.clusters.length;
  }
  return placed;
}

function readingsOfLine(
  piece: PlacedText,
  start: number,
  readingOf: ReadonlyMap<number, { reading: string; length: number }>,
  face: FontFace,
  measure: MeasureCluster,
): PlacedText[] {
  const mm = (cluster: string, sizePt: number) => (measure(cluster, face) / 1000) * (sizePt / pointsPerMm);
  const placed: PlacedText[] = [];
  let x = piece.x;
  piece.clusters.forEach((cluster, i) => {
    const entry = readingOf.get(start + i);
    if (entry !== undefined) {
      const word = piece.clusters.slice(i, i + entry.length);
      const wordMm = word.reduce((sum, c) => sum + mm(c, piece.sizePt) * piece.stretch + piece.trackingMm, 0);
      const clusters = splitClusters(entry.reading);
      const sizePt = piece.sizePt / 2;
      const readingMm = clusters.reduce((sum, c) => sum + mm(c, sizePt), 0);
      const stretch = Math.min(1, (wordMm * 1.1) / readingMm);
      const baseline = piece.baseline - (piece.sizePt / pointsPerMm) * (ascent + 0.06);
      const at = x + (wordMm - readingMm * stretch) / 2;
      placed.push({ clusters, x: at, baseline, sizePt, stretch, trackingMm: 0 });
    }
    x += mm(cluster, piece.sizePt) * piece.stretch + piece.trackingMm;
  });
  return placed;
}
