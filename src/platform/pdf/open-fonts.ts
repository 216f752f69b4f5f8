import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Font, Glyph } from 'fontkit';
import { joinsPrevious, splitClusters, withoutReadings } from './clusters.ts';
import { fontReader } from './load-when-drawing.ts';
import { readVariantGlyphs, type VariantGlyphs, variantKey } from './read-variants.ts';
import type { FontFace, TextIssue } from './types.ts';

/** A font file that is read when the first character needs it. */
export interface FontFile {
  readonly path: string;
  open(): OpenFont;
}

/** A font in memory with its variant glyphs. */
export interface OpenFont {
  readonly font: Font;
  readonly variants: VariantGlyphs;
}

/** The fonts in the order in which a character is looked for, per face. */
export type FontSet = Readonly<Record<FontFace, readonly FontFile[]>>;

/** The glyph that stands for a cluster, and whether it is not quite what was asked. */
export interface FoundGlyph {
  readonly file: FontFile;
  readonly glyph: Glyph;
  readonly issue: 'characterMissing' | 'variantReplaced' | null;
}

/** What is printed where no font has a character: geta (〓), which nobody takes for a name. */
const geta = '〓';

/** Where IPAmj Mincho (文字情報基盤) lies when the operating system's package or a person installed it. */
const systemFonts = [
  '/usr/share/fonts/truetype/ipamj/ipamjm.ttf',
  '/usr/share/fonts/ipamj/ipamjm.ttf',
  '/usr/share/fonts/opentype/ipamj/ipamjm.ttf',
  '/usr/local/share/fonts/ipamjm.ttf',
  '/Library/Fonts/ipamjm.ttf',
  'C:/Windows/Fonts/ipamjm.ttf',
];

/**
 * The fonts of every document: BIZ UDGothic, Noto Sans JP for what it lacks (all of JIS X 0213), then the fonts of
 * the given folders in the order of their names (a municipality's 外字), then IPAmj Mincho where it is installed. The
 * faces of other languages begin with their own font. See docs/decisions/2026-11-21-fonts.md.
 */
export function openFonts(folders: readonly string[] = []): FontSet {
  const own = folders.flatMap(listFontFiles);
  const system = systemFonts.filter((path) => existsSync(path)).slice(0, 1);
  const further = [...own, ...system].map(fontFile);
  const gothic = fontFile(packagedFont('@expo-google-fonts/biz-udgothic', '400Regular/BIZUDGothic_400Regular.ttf'));
  const noto = fontFile(packagedFont('@expo-google-fonts/noto-sans-jp', '400Regular/NotoSansJP_400Regular.ttf'));
  const regular = [gothic, noto, ...further];
  return {
    regular,
    latin: [noto, ...regular],
    chinese: [fontFile(ownFont('noto-sans-sc-regular.ttf')), ...regular],
    korean: [fontFile(ownFont('noto-sans-kr-regular.ttf')), ...regular],
    ocrB: [fontFile(ownFont('ocr-b.ttf')), ...regular],
    bold: [
      fontFile(packagedFont('@expo-google-fonts/biz-udgothic', '700Bold/BIZUDGothic_700Bold.ttf')),
      fontFile(packagedFont('@expo-google-fonts/noto-sans-jp', '700Bold/NotoSansJP_700Bold.ttf')),
      ...further,
    ],
  };
}

/** The glyph of a cluster from the first font that has it; a variant no font has falls back to its base glyph. */
export function findGlyph(fonts: FontSet, face: FontFace, cluster: string): FoundGlyph {
  const codePoints = Array.from(cluster, (character) => character.codePointAt(0) ?? 0);
  const [base = 0x20, selector] = codePoints;
  const files = fonts[face];
  if (selector !== undefined && joinsPrevious(selector)) {
    for (const file of files) {
      const glyph = findVariant(file.open(), base, selector, codePoints);
      if (glyph !== undefined) return { file, glyph, issue: null };
    }
  }
  for (const file of files) {
    const { font } = file.open();
    if (!font.hasGlyphForCodePoint(base)) continue;
    const composed = selector === undefined ? undefined : findComposed(font, cluster);
    const glyph = composed ?? font.glyphForCodePoint(base);
    return { file, glyph, issue: selector === undefined || composed !== undefined ? null : 'variantReplaced' };
  }
  return { ...findGlyph(fonts, face, geta), issue: 'characterMissing' };
}

/** The characters of a text that would not print as they stand, found before anything is printed. */
export function checkText(fonts: FontSet, text: string, face: FontFace = 'regular'): TextIssue[] {
  return splitClusters(withoutReadings(text)).flatMap((character) => {
    const { issue } = findGlyph(fonts, face, character);
    return issue === null ? [] : [{ kind: issue, character, text }];
  });
}

function findVariant(open: OpenFont, base: number, selector: number, codePoints: number[]): Glyph | undefined {
  const glyphId = open.variants.get(variantKey(base, selector));
  if (glyphId === undefined) return undefined;
  return glyphId === 0 ? open.font.glyphForCodePoint(base) : open.font.getGlyph(glyphId, codePoints);
}

/** A base letter with combining marks that Unicode also has as one character (か゛ → が). */
function findComposed(font: Font, cluster: string): Glyph | undefined {
  const composed = cluster.normalize('NFC');
  const codePoint = composed.codePointAt(0) ?? 0;
  if (String.fromCodePoint(codePoint) !== composed || !font.hasGlyphForCodePoint(codePoint)) return undefined;
  return font.glyphForCodePoint(codePoint);
}

function fontFile(path: string): FontFile {
  let opened: OpenFont | undefined;
  return {
    path,
    open() {
      opened ??= readFont(path);
      return opened;
    },
  };
}

function readFont(path: string): OpenFont {
  const bytes = readFileSync(path);
  const font = fontReader()(bytes);
  if (!('glyphForCodePoint' in font)) throw new Error(`a collection of fonts, not one font: ${path}`);
  return { font, variants: readVariantGlyphs(bytes) };
}

function ownFont(file: string): string {
  return fileURLToPath(new URL(`fonts/${file}`, import.meta.url));
}

function packagedFont(packageName: string, file: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), file);
}

function listFontFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.(?:ttf|otf)$/iu.test(name));
  return names.toSorted().map((name) => join(folder, name));
}
