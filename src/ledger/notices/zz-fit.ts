import { readFileSync } from 'node:fs';
import { openFonts } from '#platform/pdf';
import { layOutText } from '../../platform/pdf/lay-out-text.ts';
import { findGlyph } from '../../platform/pdf/open-fonts.ts';
import { prepareForm } from './draw-form.ts';
import { parseFormLayout } from './parse-form-layout.ts';
const fonts = openFonts();
const measure = (c: string, w: 'regular'|'bold') => { const f = findGlyph(fonts, w, c); return f.glyph.advanceWidth * 1000 / f.file.open().font.unitsPerEm; };
for (const m of ['wakabadai','aobadai','wakakusa']) for (const id of ['screening-dpt-ipv-hib-primary','screening-influenza-older']) {
  const d = parseFormLayout(id, { form: readFileSync(`rules/forms/${id}.json`,'utf8'), municipality: readFileSync(`settings/${m}/municipality.json`,'utf8') });
  if (d.answer==='refused') throw new Error(JSON.stringify(d.findings));
  const nop = () => {};
  prepareForm(d.value).background({ line: nop, rectangle: nop, ellipse: nop, tick: nop, barCode: nop, text(t, box, style) { const l = layOutText(t, box, style, measure); const p = l.pieces[0]; if (p && (p.stretch < 1 || p.sizePt < style.sizePt)) console.log(m, id, p.sizePt, p.stretch, JSON.stringify(t), box.width.toFixed(1), 'lines', l.pieces.length); return []; } });
}
