import type { Canvas, FontFace, TextIssue, TextStyle } from '#platform/pdf';
import { fieldsOf, fillText } from './form-fields.ts';
import type { ElementOf, TextLook } from './layout-schema.ts';
import type { FormValues } from './layout-types.ts';

/** One thing to draw: the same on every sheet, or personal. */
export interface Mark {
  readonly isPersonal: boolean;
  draw(canvas: Canvas, values: FormValues): readonly TextIssue[];
}

/** What the layout says for all its texts. */
export interface Setting {
  readonly size: number;
  readonly hasReadings: boolean;
  readonly face?: FontFace | undefined;
}

/** x, y, width, height in millimetres. */
export type Place = readonly [number, number, number, number];

/** A text at its place; personal as soon as it names a field. */
export function textMark(text: string, at: Place, look: TextLook, setting: Setting): Mark {
  const [x, y, width, height] = at;
  const style = styleOf(look, setting);
  return {
    isPersonal: fieldsOf(text).length > 0,
    draw: (canvas, values) => canvas.text(fillText(text, values.texts), { x, y, width, height }, style),
  };
}

/**
 * Boxes to tick side by side: box and label are shared, the tick is the person's. Options without a width share
 * what the others leave.
 */
export function choiceMarks(
  { field, options }: Pick<ElementOf<'choices'>, 'field' | 'options'>,
  [x, y, width, height]: Place,
  look: TextLook,
  setting: Setting,
): Mark[] {
  const size = look.size ?? setting.size;
  const boxMm = Math.min(height * 0.8, size * 0.34);
  const fixed = options.reduce((sum, option) => sum + (option.width ?? 0), 0);
  const open = options.filter((option) => option.width === undefined).length;
  let at = x;
  return options.flatMap((option) => {
    const optionMm = option.width ?? (width - fixed) / open;
    const box = { x: at, y: y + (height - boxMm) / 2, width: boxMm, height: boxMm };
    const labelPlace = [at + boxMm + 0.8, y, optionMm - boxMm - 1.2, height] as const;
    at += optionMm;
    const label = textMark(option.label, labelPlace, { ...look, align: 'left' }, setting);
    const frame: Mark = {
      isPersonal: false,
      draw(canvas) {
        canvas.rectangle(box, { line: { widthMm: 0.25 } });
        return [];
      },
    };
    const tick: Mark = {
      isPersonal: true,
      draw(canvas, values) {
        if (field !== null && values.texts[field] === option.value) canvas.tick(box);
        return [];
      },
    };
    return [frame, label, ...(field === null ? [] : [tick])];
  });
}

function styleOf(look: TextLook, setting: Setting): TextStyle {
  return {
    sizePt: look.size ?? setting.size,
    ...(look.sizeMin === undefined ? {} : { sizeMinPt: look.sizeMin }),
    face: look.face ?? (look.bold === true ? 'bold' : (setting.face ?? 'regular')),
    align: look.align ?? 'left',
    verticalAlign: look.valign ?? 'middle',
    ...(look.leading === undefined ? {} : { leading: look.leading }),
    isWrapped: look.wrap ?? false,
    ...(look.grey === undefined ? {} : { grey: look.grey }),
    hasReadings: setting.hasReadings,
  };
}
